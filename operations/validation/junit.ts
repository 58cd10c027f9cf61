import type { Check } from "./check.ts";
import type { ValidationReport } from "./report.ts";

/** A report as JUnit XML: one test case each; what is unknown is an error, so that no CI takes it for passed. */
export function renderJunit({ stack, checks, at, depth, milliseconds }: ValidationReport): string {
  const count = (verdict: Check["verdict"]) => checks.filter((check) => check.verdict === verdict).length;
  const suite = attributes({
    name: `validate --${depth} ${stack}`,
    tests: `${checks.length}`,
    failures: `${count("fail")}`,
    errors: `${count("unknown")}`,
    skipped: "0",
    time: (milliseconds / 1000).toFixed(3),
    timestamp: at,
  });
  const cases = checks.map((check) => testCase(stack, check));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite${suite}>\n${cases.join("")}  </testsuite>\n</testsuites>\n`;
}

function testCase(stack: string, { name, verdict, value = "", threshold, remedy }: Check): string {
  const head = `    <testcase${attributes({ classname: `switchback.${stack}`, name, time: "0" })}`;
  if (verdict === "ok") return `${head}/>\n`;
  const lines = [
    `got: ${value}`,
    ...(threshold === undefined ? [] : [`expected: ${threshold}`]),
    ...(remedy === undefined ? [] : [`remedy: ${remedy}`]),
  ];
  const tag = verdict === "fail" ? "failure" : "error";
  return `${head}>\n      <${tag}${attributes({ message: value, type: verdict })}>${escaped(lines.join("\n"))}</${tag}>\n    </testcase>\n`;
}

const attributes = (values: Readonly<Record<string, string>>) =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(value).replace(/[\n\t\r]/g, (found) => `&#${found.charCodeAt(0)};`)}"`)
    .join("");

/** Characters that XML 1.0 cannot hold at all become a replacement character. */
const escaped = (text: string) =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML forbids.
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "\uFFFD")
    .replace(/[&<>"']/g, (found) => entities[found]!);

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};
