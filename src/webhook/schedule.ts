// When a delivery that failed is tried again: nine attempts in about a day, the first ones soon.

/** Seconds between an attempt and the next. */
const GAPS_S = [10, 60, 300, 1_800, 7_200, 18_000, 28_800, 36_000];
export const MAX_ATTEMPTS = GAPS_S.length + 1;
/** So that what failed together does not come back together. */
const JITTER = 0.2;
/** An endpoint that asks for more patience than this gets the usual one. */
const MAX_ASKED_MS = 3_600_000; // an hour

export interface Failure {
  /** Attempts made so far, this one included. */
  attempt: number;
  /** `Retry-After` of its answer, in milliseconds from now; `null` for none. */
  askedMs: number | null;
}

/** How long to wait for the next attempt, in milliseconds; `null` when it was the last. `random` is from 0 to 1. */
export function pauseAfter({ attempt, askedMs }: Failure, random: number): number | null {
  const gap = GAPS_S[attempt - 1];
  if (gap === undefined) return null;
  if (askedMs !== null && askedMs > 0 && askedMs <= MAX_ASKED_MS) return askedMs;
  return Math.round(gap * 1_000 * (1 - JITTER + 2 * JITTER * random));
}

/** `Retry-After` (RFC 9110 §10.2.3): seconds, or a date. `null` for what is neither. */
export function askedPause(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  if (!/^[A-Za-z]{3},/.test(header.trim())) return null;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : at - now.getTime();
}
