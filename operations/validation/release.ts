import type { Answer } from "./ask.ts";
import { type Check, judged } from "./check.ts";

/** Whether an answer names a release, as a word of its own. */
export function holdsRelease(name: string, { status, error, body }: Answer, release: string, remedy: string): Check {
  const found = new RegExp(`(^|[^\\w.-])${release.replace(/[.+]/g, "\\$&")}($|[^\\w.-]|\\.(\\s|$))`).test(body);
  const value = status === 0 ? error : `${status} ${body.replace(/\s+/g, " ").trim().slice(0, 80)}`;
  return judged(status >= 200 && status < 300 && found, name, found ? `${status}, ${release}` : value, release, remedy);
}
