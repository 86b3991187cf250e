// A command sent with a key is carried out once. Its row is written in the transaction of the command and before anything
// else: a twin that comes meanwhile waits for it, and finds either what was answered or nothing at all. So a crash leaves
// neither the change nor the row, and what was refused may be tried again with the same key.

import type { EntityManager } from '@mikro-orm/postgresql';
import { type Actor, userIdOf } from './gate/actor.js';
import type { Id } from './lib/id.js';
import { invariant } from './lib/invariant.js';
import { Refusal } from './lib/refusal.js';

/** How a command is known again. */
export interface Once {
  key: string;
  mutation: string;
  /** Hash of its arguments. */
  fingerprint: Buffer;
  /** Set by the one transaction it is for. */
  isTaken?: boolean;
}

const KEPT_HOURS = 24;
/** Rows past their time that each new one takes away. */
const SWEPT = 20;
const NOBODY: Id = '00000000-0000-0000-0000-000000000000';

/** Makes this command the one of its key, or gives what was answered before. Refused: a key that was used with other
 *  arguments, or for another mutation. */
export async function claim(em: EntityManager, actor: Actor, once: Once): Promise<{ result: unknown } | null> {
  invariant(!once.isTaken, 'A mutation that was sent with a key came with two transactions.');
  once.isTaken = true;
  const { key, mutation, fingerprint } = once;
  const whose = [actor.workspaceId, userIdOf(actor) ?? NOBODY, key];
  const [claimed] = await em.execute<object[]>(
    `with old as (
       delete from idempotent_result where ctid = any(array(
         select ctid from idempotent_result
          where created_at < now() - make_interval(hours => ${KEPT_HOURS}) and (workspace_id, actor, key) <> (?, ?, ?)
          order by created_at limit ${SWEPT} for update skip locked)))
     insert into idempotent_result as kept (workspace_id, actor, key, mutation, fingerprint)
     values (?, ?, ?, ?, decode(?, 'hex'))
     on conflict (workspace_id, actor, key) do update
        set mutation = excluded.mutation, fingerprint = excluded.fingerprint, result = null, created_at = now()
      where kept.created_at < now() - make_interval(hours => ${KEPT_HOURS})
     returning 1`,
    [...whose, ...whose, mutation, fingerprint.toString('hex')],
  );
  if (claimed) return null;
  const [before] = await em.execute<{ mutation: string; isSame: boolean; result: unknown }[]>(
    `select mutation, fingerprint = decode(?, 'hex') as "isSame", result from idempotent_result
      where workspace_id = ? and actor = ? and key = ?`,
    [fingerprint.toString('hex'), ...whose],
  );
  invariant(before, 'The result of a command that was carried out is gone.');
  if (before.mutation !== mutation) {
    throw new Refusal('INVALID', `This idempotency key was used for ${before.mutation} before. Take another one.`);
  }
  if (!before.isSame) {
    throw new Refusal('INVALID', 'This idempotency key was used with other arguments before. Take another one.');
  }
  return { result: before.result };
}

/** Keeps what the command answers: ids, never a secret. */
export async function keepResult(em: EntityManager, actor: Actor, { key }: Once, result: unknown): Promise<void> {
  await em.execute('update idempotent_result set result = ?::jsonb where workspace_id = ? and actor = ? and key = ?', [
    JSON.stringify(result),
    actor.workspaceId,
    userIdOf(actor) ?? NOBODY,
    key,
  ]);
}
