import { writeFileSync } from "node:fs";
import { z } from "zod";
import { releaseSchema } from "../stacks/release.ts";
import { stackSchema } from "../stacks/schema.ts";
import { platformSetSchema, releaseSetSchema } from "../stacks/sets.ts";

interface JsonSchema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly const?: unknown;
}

/** docs/config.md, from the schemas that check the config. */
export function renderConfigDoc(): string {
  return `# What a stack may say

Made from the schema by \`npm run fix\`; a test says whether it is current.

## \`Pulumi.<stack>.yaml\`, under \`switchback:\`

${table(stackSchema)}

Set a top-level value with \`pulumi config set activeColor blue\`, a deeper one with \`pulumi config set --path router.maintenance true\`, a secret with \`pulumi config set --secret --path secrets.dbPassword\`. Quote every tag in YAML: an unquoted \`1.10\` arrives as the number 1.1 and is refused.

## \`releases/<imageTag>.yaml\`

${table(releaseSchema)}

## \`sets/<name>/set.yaml\` of a release set

${table(releaseSetSchema)}

Beside it, \`nginx.conf\` holds the color's own nginx directives, valid in a \`location\`.

## \`sets/<name>\` of the platform set

| file | meaning |
|---|---|
| \`maintenance.html\` | The page shown while \`router.maintenance\` is on. Required. |
| \`nginx.conf\` | nginx directives, valid in \`http\`. |
| \`set.yaml\` | What the router's HTTPS listeners and the services of the platform get. |

\`set.yaml\` of the platform set:

${table(platformSetSchema)}

Files of both kinds of set are checked before anything changes: \`*.yaml\`, \`*.yml\` and \`*.json\` for their syntax, \`grafana.ini\` for its syntax and for slips of known names, the certificate against its key, a \`prometheus.yml\` by \`promtool\` in the service's own image, and nginx directives by \`nginx -t\` in the router. A certificate that has expired is refused when it would serve anew, never when it serves already.
`;
}

function table(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  return ["| key | value | default | meaning |", "|---|---|---|---|", ...rows("", json, true)].join("\n");
}

function rows(path: string, schema: JsonSchema, required: boolean): string[] {
  const inner = schema.anyOf?.find((option) => option.properties) ?? schema;
  const own =
    path === "" || !shown(path)
      ? []
      : [
          `| \`${named(path)}\` | ${cell(typeOf(schema))} | ${defaultOf(schema, required)} | ${cell(schema.description ?? inner.description ?? "")} |`,
        ];
  const children = Object.entries(inner.properties ?? {}).flatMap(([key, child]) =>
    rows(join(path, key), child, inner.required?.includes(key) ?? false),
  );
  const values = inner.additionalProperties;
  const entries =
    typeof values === "object" && (values.properties || values.anyOf) ? rows(join(path, "<name>"), values, true) : [];
  return [...own, ...children, ...entries];
}

// Both colors say the same, and their overrides repeat the keys of a service.
const shown = (path: string) => !path.startsWith("colors.green") && !path.startsWith("colors.blue.services.");
const named = (path: string) => path.replace("colors.blue", "colors.<color>");

const join = (path: string, key: string) => (path === "" ? key : `${path}.${key}`);

function defaultOf(schema: JsonSchema, required: boolean): string {
  if (required) return "required";
  if (schema.default === undefined) return "";
  const text = JSON.stringify(schema.default);
  return text === "{}" ? "" : `\`${text}\``;
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(" or ");
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(" or ");
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  if (schema.type === "integer") return range(schema);
  return [schema.type ?? "any"].flat().join(" or ").replace("object", "map");
}

function range({ minimum, maximum }: JsonSchema): string {
  const bounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  return bounded ? `integer, ${minimum} to ${maximum}` : `integer, ${minimum} or more`;
}

const cell = (text: string) => text.replaceAll("|", "\\|");

if (import.meta.main) writeFileSync("docs/config.md", renderConfigDoc());
