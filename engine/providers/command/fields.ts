import { bool, type Fields, list, map, text } from "../field.ts";

/** Every input of command:local:Command 1.2.1. */
export const commandFields: Fields = {
  addPreviousOutputInEnv: bool(),
  archivePaths: list({ refused: true }),
  assetPaths: list({ refused: true }),
  create: text(),
  delete: text(),
  dir: text(),
  environment: map(),
  interpreter: list(),
  logging: text({ pattern: /^(stdout|stderr|stdoutAndStderr|none)$/ }),
  stdin: text(),
  triggers: list(),
  update: text(),
};
