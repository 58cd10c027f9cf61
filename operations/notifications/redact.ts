/** What looks like a credential, wherever it comes from: the part that is kept, then the part that goes. */
const patterns: readonly RegExp[] = [
  /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:)[^\s@]+(?=@)/gi,
  /(\b(?:password|passwd|secret|token|api[-_]?key|authorization)["']?\s*[=:]\s*(?:bearer\s+)?["']?)[^\s"',;]+/gi,
  /(\bbearer\s+)[\w.~+/=-]{8,}/gi,
  /(https:\/\/hooks\.slack\.com\/services\/)\S+/gi,
];

/** A text without the values of the stack's secrets, and without what looks like a credential. */
export function redact(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length >= 4).sort((a, b) => b.length - a.length);
  const without = known.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
  return patterns.reduce((rest, pattern) => rest.replace(pattern, "$1[secret]"), without);
}
