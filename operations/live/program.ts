/** The value of an environment variable that the engine sets for an operation. @throws when it is not there */
export function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`expected the environment variable ${name}, got none; \`up\` sets it`);
}

/** Runs an operation as a program: its error is one line on stderr and exit code 1. */
export function runProgram(main: () => Promise<void>): void {
  main().catch((error: Error) => {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  });
}
