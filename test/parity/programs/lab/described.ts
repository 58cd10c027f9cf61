/** Options of a resource; resources are named by their logical names. */
export interface Options {
  readonly parent?: string;
  readonly dependsOn?: readonly string[];
  readonly deletedWith?: string;
  readonly aliases?: readonly { readonly name: string }[];
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly replacementTrigger?: string;
  readonly ignoreChanges?: string[];
  readonly replaceOnChanges?: string[];
  readonly deleteBeforeReplace?: boolean;
  readonly additionalSecretOutputs?: string[];
  readonly customTimeouts?: { readonly create?: string };
  readonly hook?: { readonly when: "beforeCreate" | "beforeUpdate" | "afterCreate"; readonly fails?: boolean };
}

/** A resource of the lab program, as its config describes it. */
export interface Described {
  readonly kind: "command" | "container" | "network" | "volume" | "component";
  readonly name: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly options?: Options;
}
