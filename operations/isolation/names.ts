/** Docker network without a way out, in which nothing reaches anything. */
export const isolationNetwork = (stack: string): string => `${stack}-isolation`;

/** Name of a piece of evidence: of its volume, of its keeper, and what the containers begin with that stand aside for it. */
export const evidenceName = (stack: string, at: Date): string =>
  `${stack}-evidence-${at.toISOString().replace(/[-:]|\.\d+/g, "")}`;

/** Name of an isolated container once a fresh one has its own. */
export const asideName = (stack: string, evidence: string, container: string): string =>
  `${evidence}-${container.slice(stack.length + 1)}`;

/** Whether a container is evidence that stands aside, or the keeper of such: no part of the stack any more. */
export const isEvidence = (stack: string, container: string): boolean => container.startsWith(`${stack}-evidence-`);
