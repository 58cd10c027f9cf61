import * as pulumi from "@pulumi/pulumi";

export interface ConfigSetArgs {
  /** `<set>-<first 8 hex of the hash of its content>`. */
  readonly id: string;
}

/** The ConfigSet component records, by content, the files and values that a color or the platform uses. */
export class ConfigSet extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;

  constructor(name: string, args: ConfigSetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:ConfigSet", name, {}, opts);
    this.id = pulumi.output(args.id);
    this.registerOutputs({ id: this.id });
  }
}
