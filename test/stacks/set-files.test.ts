import { describe, expect, it } from "vitest";
import { checkSetFile } from "../../stacks/set-files.ts";

const problems = (file: string, content: string): string[] => {
  const errors: string[] = [];
  checkSetFile(file, content, errors);
  return errors;
};

describe("a file of a set", () => {
  it("is let through when its name says nothing of its syntax", () => {
    expect(problems("sets/a/notes.txt", "{ [")).toEqual([]);
  });

  it("is refused with its place when it is YAML or JSON and cannot be read", () => {
    expect(problems("sets/a/rules.yml", "a: 1\na: 2\n")).toEqual([
      expect.stringMatching(/^sets\/a\/rules\.yml: expected YAML, got: Map keys must be unique at line 2/),
    ]);
    expect(problems("sets/a/rules.yaml", "groups:\n  - name: a\n    rules:\n")).toEqual([]);
    expect(problems("sets/a/flags.json", "{,}")).toEqual([
      expect.stringMatching(/^sets\/a\/flags\.json: expected JSON/),
    ]);
  });
});

describe("a grafana.ini", () => {
  const grafana = (content: string) => problems("sets/p/grafana.ini", content);

  it("passes with known names, comments, values over several lines, and names that nobody knows", () => {
    const text = `# comment
app_mode = production
[server]
http_port = 3000
; another
root_url = %(protocol)s://%(domain)s/
[security]
content_security_policy_template = """script-src 'self';
  object-src [none]"""
[auth.generic_oauth]
client_id = some
[feature_toggles]
anyThing = true
[plugin.my-plugin]
key = value
[section_of_a_later_version]
x = y
[unified_alerting]
key_of_a_later_version = 1
`;
    expect(grafana(text)).toEqual([]);
  });

  it("is refused for every slip of a name and every broken line at once", () => {
    const text = "[servre]\nhttp_port = 1\n[server]\nhttp_prot = 3000\nhttp_port 3000\n[smtp\nhost = a\nhost = b\n";
    expect(grafana(text)).toEqual([
      "sets/p/grafana.ini:5: expected `key = value`, got http_port 3000",
      "sets/p/grafana.ini:6: expected a section such as [server], got [smtp",
      "sets/p/grafana.ini:8: expected [server] host once, got it on line 7 too; the last one wins",
      "sets/p/grafana.ini:2: expected a known section, got [servre]; did you mean [server]?",
      "sets/p/grafana.ini:4: expected a known key of [server], got http_prot; did you mean http_port?",
    ]);
  });
});
