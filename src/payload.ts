// What a mutation answers: the noun it made or changed, or `userErrors` that say why it did nothing.

import { Directive, Field, InterfaceType } from 'type-graphql';
import type { Context } from './context.js';
import { UserError, userErrorOf } from './gate/user-error.js';
import { Refusal } from './lib/refusal.js';

@InterfaceType({ description: 'What every mutation answers.' })
export abstract class MutationPayload {
  @Directive('@open')
  @Field(() => [UserError], { description: 'Why nothing was done; empty when it was.' })
  userErrors!: UserError[];
}

/** Carries out a command for a mutation. What it refuses becomes `userErrors`, with nothing changed; faults pass on.
 *  Whatever was loaded before is forgotten, so that the payload and the next mutation see the new state. */
export async function carryOut<T extends object>(
  ctx: Context,
  command: () => Promise<T>,
): Promise<T | { userErrors: UserError[] }> {
  try {
    return { ...(await command()), userErrors: [] };
  } catch (error) {
    // A caller who is gone, or out of time, gets no payload.
    if (!(error instanceof Refusal) || ctx.stop?.signal.aborted) throw error;
    return { userErrors: [userErrorOf(error)] };
  } finally {
    ctx.forget();
  }
}
