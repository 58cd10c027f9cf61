/** Longest time a probe may take: an outage must not stop the way back. @throws as {@link probeSeconds} */
export const probeMilliseconds = (): number => probeSeconds(process.env.SWITCHBACK_PROBE_SECONDS) * 1000;

/** What a probe found, or why it found nothing. */
export type Probed<T> = { readonly value: T } | { readonly unknown: string };

/** Runs a probe, which never throws and never takes longer than its bound. */
export async function bounded<T>(
  probe: () => Promise<T>,
  milliseconds: number = probeMilliseconds(),
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

/**
 * Reads what a machine sets where its Docker engine is slow or far away.
 *
 * @returns seconds
 * @throws when it is no number from 1 to 60
 */
export function probeSeconds(text: string | undefined): number {
  if (!text) return 2;
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= 60) return seconds;
  throw new Error(`expected SWITCHBACK_PROBE_SECONDS to be a number from 1 to 60, got "${text}"`);
}
