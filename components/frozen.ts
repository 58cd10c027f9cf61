/** Properties of a container that is kept as evidence: a difference that a refresh brings in must not replace it. */
export const frozenProperties: string[] = [
  "image",
  "command",
  "user",
  "envs",
  "labels",
  "uploads",
  "networksAdvanced",
  "volumes",
  "memory",
  "memorySwap",
  "shmSize",
  "restart",
  "init",
  "securityOpts",
  "logDriver",
  "logOpts",
  "destroyGraceSeconds",
  "healthcheck",
  "mustRun",
  "networkMode",
];

/** Likewise of a generation that stands still: only whether it has to run may change. */
export const standingProperties: string[] = [...frozenProperties.filter((name) => name !== "mustRun"), "start"];
