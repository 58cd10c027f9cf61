import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Document, isCollection, isMap, isNode, isScalar, parseDocument, type Scalar, visit, type YAMLMap } from "yaml";
import { type ConfigValue, configPath, getAt, pathValue } from "./config-value.ts";
import { writeAtomic } from "./files.ts";
import type { PathPart } from "./paths.ts";
import { fullKey } from "./project.ts";

/** A stack's file, `Pulumi.<stack>.yaml`: its config and the salt of its secrets. Comments survive changes. */
export class Settings {
  readonly file: string;
  private readonly project: string;
  private readonly document: Document;

  /** @param file another file that is to be taken for it */
  constructor(root: string, stack: string, project: string, file = join(root, `Pulumi.${stack}.yaml`)) {
    this.file = file;
    this.project = project;
    const text = existsSync(this.file) ? readFileSync(this.file, "utf8") : "";
    this.document = parseDocument(text);
    if (this.document.errors.length > 0) throw new Error(`${this.file}: ${this.document.errors[0]!.message}`);
  }

  get salt(): string | undefined {
    const salt = this.document.get("encryptionsalt");
    return typeof salt === "string" ? salt : undefined;
  }

  set salt(value: string) {
    this.top().set("encryptionsalt", value);
    this.save();
  }

  /** All values by full key, in the order of the file. */
  values(): Map<string, ConfigValue> {
    const config = (this.document.toJS() as { config?: Record<string, ConfigValue> } | null)?.config ?? {};
    return new Map(Object.entries(config).map(([key, value]) => [fullKey(key, this.project), value]));
  }

  get(key: string, path: boolean): ConfigValue {
    const place = this.place(key, path);
    return getAt(this.values().get(place.key), place.path);
  }

  /** Sets a text, or with `path` a place inside a value, where booleans and whole numbers are recognised. A secret comes as `{secure}`. */
  set(key: string, value: string | { secure: string }, path: boolean): void {
    const inside = this.place(key, path).path.length > 0;
    this.put(key, inside && typeof value === "string" ? pathValue(value) : value, path);
  }

  /** Sets a value as it is. */
  put(key: string, value: ConfigValue, path: boolean): void {
    const place = this.place(key, path);
    const at = [this.storedKey(place.key), ...place.path];
    const config = this.config();
    checkPlace(config, at, key);
    const old = config.getIn(at, true);
    const node = this.document.createNode(value);
    if (isNode(old) && old.comment) node.comment = old.comment;
    // What was quoted stays so: an unquoted 1.10 would be the number 1.1.
    if (isScalar(old) && isScalar(node) && typeof value === "string" && old.type?.startsWith("QUOTE"))
      node.type = old.type;
    visit(node, { Scalar: (_, scalar) => quoteTime(scalar) });
    config.setIn(at, node);
    this.save();
  }

  /** Removes a key or a place inside a value. Returns whether it was there. */
  remove(key: string, path: boolean): boolean {
    const place = this.place(key, path);
    if (getAt(this.values().get(place.key), place.path) === undefined) return false;
    this.config().deleteIn([this.storedKey(place.key), ...place.path]);
    this.save();
    return true;
  }

  private place(key: string, path: boolean): { key: string; path: readonly PathPart[] } {
    const place = path ? configPath(key) : { key, path: [] };
    return { ...place, key: fullKey(place.key, this.project) };
  }

  /** The key as the file spells it. */
  private storedKey(key: string): string {
    const spelled = this.config().items.map((item) => String((item.key as { value?: unknown }).value ?? item.key));
    return spelled.find((name) => fullKey(name, this.project) === key) ?? key;
  }

  private top(): YAMLMap {
    if (!isMap(this.document.contents)) this.document.contents = this.document.createNode({}) as never;
    return this.document.contents as unknown as YAMLMap;
  }

  private config(): YAMLMap {
    const top = this.top();
    const found = top.get("config");
    if (isMap(found)) return found as YAMLMap;
    const made = this.document.createNode({}) as YAMLMap;
    made.flow = false;
    top.set("config", made);
    return made;
  }

  private save(): void {
    const top = this.top();
    top.flow = false;
    writeAtomic(this.file, this.document.toString({ lineWidth: 0, flowCollectionPadding: false }));
  }
}

/** Pulumi's CLI takes what looks like a time for one, unless it is quoted, and hands it on in another form. */
function quoteTime(scalar: Scalar): void {
  if (typeof scalar.value === "string" && /^\d{4}-\d\d?-\d\d?/.test(scalar.value)) scalar.type = "QUOTE_DOUBLE";
}

/** Makes the maps and lists on the way, and refuses to write into a scalar or past the end of a list. */
function checkPlace(config: YAMLMap, at: readonly PathPart[], key: string): void {
  let node: unknown = config;
  at.forEach((part, i) => {
    if (!isCollection(node))
      throw new Error(`config path ${key}: ${at.slice(0, i).join(".")} is a plain value, not a map or a list`);
    const list = !isMap(node);
    if (list !== (typeof part === "number")) {
      throw new Error(`config path ${key}: expected ${list ? "an index" : "a key"} at ${JSON.stringify(part)}`);
    }
    if (list && (part as number) > node.items.length)
      throw new Error(`config path ${key}: index ${part} is past the end of the list`);
    const next: unknown = node.get(part, true);
    const made = typeof at[i + 1] === "number" ? [] : {};
    if (i + 1 < at.length && !isCollection(next) && isEmpty(next)) node.set(part, new Document(made).contents);
    node = node.get(part, true);
  });
}

function isEmpty(node: unknown): boolean {
  return node === undefined || node === null || (node as { value?: unknown }).value === null;
}
