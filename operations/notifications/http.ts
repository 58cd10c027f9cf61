/** How an attempt went. `refused`: the sink will never take it as it is. */
export type Attempt =
  | { readonly kind: "delivered" }
  | { readonly kind: "retry"; readonly error: string /** What the sink asks for. */; readonly afterMs?: number }
  | { readonly kind: "refused"; readonly error: string };

/** What a sink gets for one attempt, in ms. */
export const attemptMs = 10_000;

/** Posts a body once. Never throws: whatever goes wrong is what the attempt came to. */
export async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
  timeoutMs = attemptMs,
): Promise<Attempt> {
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = (await response.text()).slice(0, 200);
    return judge(response.status, response.headers.get("retry-after"), text, Date.now());
  } catch (error) {
    return { kind: "retry", error: describe(error as Error) };
  }
}

/** What an answer means: 429, 408 and 500 and above may go better later, another 4xx will not. */
export function judge(status: number, retryAfter: string | null, text: string, now: number): Attempt {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  const error = `expected 2xx, got ${status}${text.trim() && `: ${text.trim()}`}`;
  if (status >= 400 && status < 500 && status !== 429 && status !== 408) return { kind: "refused", error };
  const afterMs = readRetryAfter(retryAfter, now);
  return { kind: "retry", error, ...(afterMs !== undefined && { afterMs }) };
}

/** Retry-After in ms from now: seconds, or a date. */
function readRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function describe(error: Error): string {
  if (error.name === "TimeoutError") return "expected an answer in time, got none";
  const { cause } = error;
  return cause instanceof Error
    ? `${(cause as NodeJS.ErrnoException).code ?? cause.name}: ${cause.message}`
    : error.message;
}
