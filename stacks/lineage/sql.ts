/** A statement with comments removed, literals emptied and white space collapsed; `bodies` are its dollar-quoted texts. */
export interface Statement {
  readonly text: string;
  readonly bodies: readonly string[];
}

/** The statements of an SQL text. It is not a parser: enough to see what each of them does. */
export function statements(sql: string): Statement[] {
  const found: Statement[] = [];
  let text = "";
  let bodies: string[] = [];
  const end = () => {
    const collapsed = text.replace(/\s+/g, " ").trim();
    if (collapsed) found.push({ text: collapsed, bodies });
    text = "";
    bodies = [];
  };
  for (const [token] of sql.matchAll(tokens)) {
    if (token === ";") end();
    else if (token.startsWith("--") || token.startsWith("/*")) text += " ";
    else if (/^[eEnN]?'/.test(token)) text += "''";
    else if (/^\$\w*\$/.test(token)) {
      const tag = token.slice(0, token.indexOf("$", 1) + 1);
      bodies.push(token.slice(tag.length, -tag.length));
      text += "''";
    } else text += token;
  }
  end();
  return found;
}

const tokens = new RegExp(
  [
    String.raw`--[^\n]*`,
    String.raw`/\*[\s\S]*?\*/`,
    String.raw`\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'`,
    "'(?:[^']|'')*'",
    '"(?:[^"]|"")*"',
    String.raw`(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1`,
    ";",
    String.raw`[A-Za-z_]\w*|[^;]`,
  ].join("|"),
  "g",
);

/** Parts of a text between commas that are outside parentheses. */
export function splitCommas(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const char of text) {
    if (char === "(") depth++;
    if (char === ")") depth--;
    if (char === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

/** `"Orders"` and `public.orders` as they are written in `loses`. */
export const plainName = (name: string): string =>
  name
    .split(".")
    .map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase()))
    .join(".")
    .replace(/^public\./, "");
