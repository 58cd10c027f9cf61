import * as pulumi from "@pulumi/pulumi";

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  readonly custom: boolean;
}

/** Replaces the engine: resources are only recorded, and get `<name>-id`. Await {@link settled} before looking. */
export function recordResources(): Registered[] {
  const registered: Registered[] = [];
  // The mocks are in place before the returned promise settles.
  void pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => {
        registered.push({ type, name, inputs, custom: custom ?? false });
        return { id: `${name}-id`, state: inputs };
      },
      call: ({ inputs }) => inputs,
    },
    "switchback",
    "test",
  );
  // The SDK's mock monitor knows no hooks; it only has to accept their registration.
  const monitor = pulumi.runtime.getMonitor() as unknown as { registerResourceHook: unknown };
  monitor.registerResourceHook = (_request: unknown, done: (error: null, response: object) => void) => done(null, {});
  return registered;
}

/** Waits until every registration has reached the mocks. */
export const settled = (): Promise<void> =>
  (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
