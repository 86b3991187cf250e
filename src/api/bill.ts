// What an operation costs its actor, from the moment it is weighed to `extensions.cost` of its answer.

import type { Refusal } from '../lib/refusal.js';

declare module '../context.js' {
  interface Context {
    /** What this operation costs; without one nobody asks. */
    bill?: Bill;
    /** Stops what this operation has under way in the database. */
    stop?: AbortController;
  }
}

/** What a request asks for, weighed before anybody knows who is asking. */
export interface Weight {
  /** The most it may cost, in points. */
  requested: number;
  /** Why it is not executed, whoever is asking. */
  refusal?: Refusal;
}

/** The points of whoever pays, right after this operation was charged. */
export interface Account {
  remaining: number;
  /** Points that come back each second. */
  restoreRate: number;
  /** What remains is never more. */
  most: number;
}

export interface Bill {
  requested: number;
  /** Taken from the account: all that was requested, or nothing. */
  charged: number;
  /** Never more than was requested; 0 until something was executed. */
  actual: number;
  /** `null`: nobody pays, as on the command line. */
  account: Account | null;
  /** Whether the limits were seen to already. */
  weighed: boolean;
}

/** As clients read it, in `extensions.cost`. */
export interface CostReport {
  requested: number;
  actual: number;
  remaining?: number;
  restoreRate?: number;
}

export const unweighed = (): Bill => ({ requested: 0, charged: 0, actual: 0, account: null, weighed: false });

export const reportOf = ({ requested, charged, actual, account }: Bill): CostReport => ({
  requested,
  actual,
  ...(account && {
    remaining: Math.max(0, Math.floor(Math.min(account.most, account.remaining + charged - actual))),
    restoreRate: Math.round(account.restoreRate * 100) / 100,
  }),
});
