// When what did not arrive is tried again.

const MINUTE = 60;
const HOUR = 3_600;

/** Seconds from each attempt to the next: eight attempts within about a day. */
const GAPS = [15, 2 * MINUTE, 10 * MINUTE, HOUR, 3 * HOUR, 7 * HOUR, 13 * HOUR];
export const MAX_ATTEMPTS = GAPS.length + 1;

/** What an endpoint says about when to try again counts up to this. */
const MAX_RETRY_AFTER = HOUR;
/** Deliveries that failed together are not tried again together. */
const JITTER = 0.2;

/** Seconds until the next attempt after attempt number `attempt`, from 1 on; `null` when that was the last. `retryAfter` is
 *  the header of that name; `chance` is from 0 to 1. */
export function secondsToNext(
  attempt: number,
  { retryAfter, now, chance }: { retryAfter?: string | undefined; now: Date; chance: number },
): number | null {
  const gap = GAPS[attempt - 1];
  if (gap === undefined) return null;
  return parseRetryAfter(retryAfter, now) ?? gap * (1 - JITTER + 2 * JITTER * chance);
}

/** Seconds that a Retry-After header asks for, at most an hour; `undefined` when it asks for nothing that makes sense. */
export function parseRetryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  // Dates begin with the name of a day; what else a lenient parser takes for one is garbage.
  const seconds = /^\d{1,15}$/.test(text)
    ? Number(text)
    : /^[A-Z][a-z]{2}/.test(text)
      ? (Date.parse(text) - now.getTime()) / 1_000
      : Number.NaN;
  return seconds > 0 ? Math.min(seconds, MAX_RETRY_AFTER) : undefined;
}
