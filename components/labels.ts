/** Labels in the shape that @pulumi/docker wants, prefixed with `switchback.`. */
export const labels = (values: Readonly<Record<string, string>>): { label: string; value: string }[] =>
  Object.entries(values).map(([key, value]) => ({ label: `switchback.${key}`, value }));
