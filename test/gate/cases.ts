// How many cases a property has, from which seed, and for how long.

import type { Parameters } from 'fast-check';

const LIMIT_MS = 45_000; // for each property in `npm test`; full counts run in `npm run soak`

const factor = Number(process.env.GATEHOUSE_CASES ?? 1);
const seed = process.env.GATEHOUSE_SEED ? Number(process.env.GATEHOUSE_SEED) : Date.now() | 0;

/** Settings of a property of `runs` worlds. The seed is printed, and GATEHOUSE_SEED sets it. */
export function cases(title: string, runs: number): Parameters<unknown> & { numRuns: number; timeout: number } {
  const numRuns = Math.max(1, Math.round(runs * factor));
  process.stderr.write(`${title}: up to ${numRuns} worlds, seed ${seed} (again with GATEHOUSE_SEED=${seed})\n`);
  return {
    seed,
    numRuns,
    interruptAfterTimeLimit: LIMIT_MS * Math.max(1, factor),
    markInterruptAsFailure: false,
    timeout: 30_000,
  };
}

/** What vitest may wait for it. */
export const CASES_TIMEOUT_MS = LIMIT_MS * Math.max(1, factor) * 2 + 60_000;

/** Says how many cases there were in the end. */
export const tally = (title: string, count: { worlds: number; cases: number }, since: number): void =>
  void process.stderr.write(
    `${title}: ${count.cases} cases in ${count.worlds} worlds, ${((Date.now() - since) / 1000).toFixed(1)} s\n`,
  );
