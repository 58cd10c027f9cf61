export interface IniEntry {
  /** Section it stands in; "": before the first. */
  readonly section: string;
  readonly key: string;
  readonly line: number;
}

/** Takes an INI file apart, or pushes one sentence per broken line. Values between triple quotes may span lines. */
export function readIni(file: string, text: string, errors: string[]): IniEntry[] {
  const entries: IniEntry[] = [];
  const seen = new Map<string, number>();
  let section = "";
  let quote: number | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    if (quote !== undefined) {
      if (raw.includes('"""')) quote = undefined;
      continue;
    }
    const content = raw.trim();
    if (content === "" || /^[;#]/.test(content)) continue;
    if (content.startsWith("[")) {
      const name = /^\[([^[\]]+)\]$/.exec(content)?.[1];
      if (name === undefined) errors.push(`${file}:${line}: expected a section such as [server], got ${content}`);
      section = name ?? section;
      continue;
    }
    const [, key, value = ""] = /^([^=:\s][^=:]*?)\s*[=:]\s*(.*)$/.exec(content) ?? [];
    if (key === undefined) {
      errors.push(`${file}:${line}: expected \`key = value\`, got ${content}`);
      continue;
    }
    const before = seen.get(`${section}\n${key}`);
    if (before !== undefined)
      errors.push(
        `${file}:${line}: expected [${section}] ${key} once, got it on line ${before} too; the last one wins`,
      );
    seen.set(`${section}\n${key}`, line);
    entries.push({ section, key, line });
    if (value.startsWith('"""') && !value.slice(3).includes('"""')) quote = line;
  }
  if (quote !== undefined) errors.push(`${file}:${quote}: expected \`"""\` to end the value, got the end of the file`);
  return entries;
}
