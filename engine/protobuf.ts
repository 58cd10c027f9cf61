import { createRequire } from "node:module";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import type { RichProps } from "./values.ts";
import { toWire } from "./wire.ts";

// The SDK's generated messages work only with the very copy of google-protobuf that the SDK itself loads.
const require = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi"));
const structs: { Struct: typeof Struct } = require("google-protobuf/google/protobuf/struct_pb.js");
const empties: { Empty: typeof Empty } = require("google-protobuf/google/protobuf/empty_pb.js");

export const emptyMessage = (): Empty => new empties.Empty();

/** Properties as a message of the protocol. */
export function struct(props: RichProps): Struct {
  return structs.Struct.fromJavaScript(toWire(props) as Parameters<typeof Struct.fromJavaScript>[0]);
}
