// A person's record as an actor holds it. Whether a name or an address shows is decided on the record's bits.

import type { Batch, Context } from '../context.js';
import { bitsOnUser } from '../gate/rules.js';
import type { Id } from '../lib/id.js';
import { sql } from '../lib/sql.js';
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

/** People who are or were in the workspace, by id. */
export const personById: Batch<Id, Person> = {
  name: 'personById',
  load: async (ctx, ids) => {
    const rows = await ctx.reader.rows(sql<PersonRow>`
      select p.id, p.name, p.email, p.avatar_url as "avatarUrl"
        from membership m join person p on p.id = m.person_id
       where m.workspace_id = ${ctx.actor.workspaceId} and p.id = any(${ids}::uuid[])`);
    return new Map(rows.map((row) => [row.id, personFor(ctx, row)]));
  },
};
