import { basename, extname } from "node:path";
import { parseAllDocuments } from "yaml";
import { checkGrafana } from "./set-files/grafana.ts";

/** Checks a file of a set by its name, as far as that needs no tool: YAML, JSON, and grafana.ini. Pushes what is wrong. */
export function checkSetFile(file: string, content: string, errors: string[]): void {
  const check = basename(file) === "grafana.ini" ? checkGrafana : checks[extname(file)];
  check?.(file, content, errors);
}

type Check = (file: string, content: string, errors: string[]) => void;

const yaml: Check = (file, content, errors) => {
  for (const { errors: found } of parseAllDocuments(content, { logLevel: "error" }))
    for (const { message } of found) errors.push(`${file}: expected YAML, got: ${message.split("\n")[0]}`);
};

const json: Check = (file, content, errors) => {
  try {
    JSON.parse(content);
  } catch (error) {
    errors.push(`${file}: expected JSON, got: ${(error as Error).message}`);
  }
};

const checks: Readonly<Record<string, Check>> = { ".yaml": yaml, ".yml": yaml, ".json": json };
