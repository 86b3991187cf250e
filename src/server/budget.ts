// Who has how many points left. A bucket for each installation or person, filled evenly, kept in the database so that
// every process counts the same. It is charged by the statement that looks up the token; what an operation did not use
// is remembered here and given back by the next charge.

import type { Account } from '../api/bill.js';
import { type Sql, sql } from '../lib/sql.js';

/** Refunds of so many tokens are remembered; older ones come back with time alone. */
const KEPT_REFUNDS = 10_000;
const SECONDS_IN_MINUTE = 60;

/** What the statement adds to its rows: points before and after the charge; none after where there were too few. */
export interface ChargedRow {
  before: number;
  after: number | null;
}

export interface Charged {
  account: Account;
  /** How many were taken: all that were asked for, or none. */
  points: number;
  /** When there were too few points: seconds until there are enough. */
  retryAfter: number | null;
  /** Gives points back, with the next charge of the same token. */
  refund(points: number): void;
}

export interface Charge {
  /** From the common table expression `who` on: its rows with what `ChargedRow` says. */
  statement(workspaceId: Sql, payerId: Sql): Sql;
  settle(row: ChargedRow): Charged;
  /** The statement did not get through. */
  failed(): void;
}

/** Budgets of `maxPerMinute` points. */
export class Budgets {
  private readonly refunds = new Map<string, number>();
  private readonly restoreRate: number;

  constructor(private readonly maxPerMinute: number) {
    this.restoreRate = maxPerMinute / SECONDS_IN_MINUTE;
  }

  /** `who` names the payer in this process, before the database has said which one it is: the hash of the token. */
  charge(who: string, points: number): Charge {
    const { maxPerMinute: most, restoreRate } = this;
    const refund = this.refunds.get(who) ?? 0;
    this.refunds.delete(who);
    return {
      statement: (workspaceId, payerId) => {
        const restored = sql`least(${most}::float8, b.points + ${refund}::float8
          + ${restoreRate}::float8 * greatest(0, extract(epoch from now() - b.counted_at)))`;
        return sql`, paid as (
          insert into budget as b (workspace_id, payer_id, points, counted_at)
          select ${workspaceId}, ${payerId}, ${most}::float8 - ${points}::float8, now()
            from who
           where ${points}::float8 > 0
          on conflict (workspace_id, payer_id) do update
             set points = ${restored} - ${points}::float8, counted_at = greatest(b.counted_at, excluded.counted_at)
           where ${restored} >= ${points}::float8
          returning b.points)
        select who.*, paid.points as "after", coalesce(${restored}, ${most}::float8) as "before"
          from who
          left join paid on true
          left join budget b on b.workspace_id = ${workspaceId} and b.payer_id = ${payerId}`;
      },
      settle: ({ before, after }) => {
        const enough = points === 0 || after !== null;
        if (after === null) this.remember(who, refund); // nothing was written
        return {
          account: { remaining: after ?? before, restoreRate, most },
          points: after === null ? 0 : points,
          retryAfter: enough ? null : Math.max(1, Math.ceil((points - before) / restoreRate)),
          refund: (unused) => this.remember(who, unused),
        };
      },
      failed: () => this.remember(who, refund),
    };
  }

  private remember(who: string, points: number): void {
    if (points <= 0) return;
    const before = this.refunds.get(who) ?? 0;
    this.refunds.delete(who);
    this.refunds.set(who, Math.min(this.maxPerMinute, before + points));
    const [oldest] = this.refunds.keys();
    if (this.refunds.size > KEPT_REFUNDS && oldest !== undefined) this.refunds.delete(oldest);
  }
}
