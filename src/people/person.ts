// A person's record as an actor holds it. Whether a name or an address shows is decided on the record's bits.

import type { Context } from '../context.js';
import { bitsOnUser } from '../gate/rules.js';
import type { Id } from '../lib/id.js';
import type { Person } from './user.js';

export interface PersonRow {
  id: Id;
  name: string;
  email: string;
  avatarUrl: string | null;
}

export const personFor = (ctx: Context, row: PersonRow): Person & { __typename: 'Person' } => ({
  __typename: 'Person',
  ...row,
  access: bitsOnUser(ctx.actor, row.id),
});
