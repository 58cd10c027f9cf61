/** Longest time a probe may take: an outage must not stop the way back. */
export const probeMilliseconds = 2000;

/** What a probe found, or why it found nothing. */
export type Probed<T> = { readonly value: T } | { readonly unknown: string };

/** Runs a probe, which never throws and never takes longer than its bound. */
export async function bounded<T>(
  probe: () => Promise<T>,
  milliseconds: number = probeMilliseconds,
): Promise<Probed<T>> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Probed<T>>((resolve) => {
    timer = setTimeout(() => resolve({ unknown: `no answer within ${milliseconds / 1000} s` }), milliseconds);
  });
  try {
    return await Promise.race([probe().then((value) => ({ value })), timeout]);
  } catch (error) {
    return { unknown: (error as Error).message };
  } finally {
    clearTimeout(timer);
  }
}
