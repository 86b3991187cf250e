// How mutations on content answer: the command gives an id, and what is shown is read anew, as the actor reaches it now. So a
// command that was carried out before can be answered again, and whoever may not read sees the id alone.

import type { Context } from '../context.js';
import type { Id } from '../lib/id.js';
import { carryOut } from '../payload.js';
import { resourceById } from './loaders.js';
import type { Resource } from './resource.js';

/** Of `expectedVersion` in every input that has it. */
export const EXPECTED_VERSION = 'Refused with `STALE_VERSION` when it has another by now. Needs CONTENT_READ on it.';

/** What a command wrote, as the actor reaches it now; null when she does not. Nothing that was loaded before counts. */
export async function shown(ctx: Context, id: Id): Promise<Resource | null> {
  ctx.forget();
  return (await ctx.load(resourceById, id)) ?? null;
}

/** A payload whose `noun` is the page, database or data source the command names. */
export const answerWith = (ctx: Context, noun: string, command: () => Promise<{ id: Id }>): Promise<object> =>
  carryOut(ctx, async () => ({ [noun]: await shown(ctx, (await command()).id) }));

/** A payload with the id of what is gone. */
export const answerWithId = (ctx: Context, command: () => Promise<{ id: Id }>): Promise<object> =>
  carryOut(ctx, async () => ({ deletedId: (await command()).id }));
