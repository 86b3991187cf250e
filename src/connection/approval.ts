// Public connections that owners approve of: where policy says so, members install no others.

import { Directive, Extensions, Field, ID, ObjectType } from 'type-graphql';
import type { Context } from '../context.js';
import { mayKnowTheWorkspace } from '../gate/rules.js';
import { DateTime } from '../lib/datetime.js';
import type { Id } from '../lib/id.js';
import { listOf, type Window } from '../lib/list.js';
import { sql } from '../lib/sql.js';

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'A public connection that owners of this workspace approve of.' })
export class Approval {
  approvedById!: Id | null;

  @Field(() => ID, { description: 'Id of the connection.' })
  connectionId!: Id;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => DateTime, { description: 'Since when.' })
  approvedAt!: Date;
}

export const ApprovalList = listOf(Approval, 'Approval');

const approved = ({ actor }: Context) => sql`
  approved_connection a join connection c on c.id = a.connection_id
   where a.workspace_id = ${actor.workspaceId} and ${mayKnowTheWorkspace(actor)} and c.status <> 'DELETED'`;

/** Up to `limit + 1`, in the order of their ids. */
export async function listApprovedConnections(ctx: Context, { limit, backwards, from }: Window): Promise<Approval[]> {
  const [compare, direction] = backwards ? [sql`<`, sql`desc`] : [sql`>`, sql`asc`];
  return ctx.reader.rows(sql<Approval>`
    select a.connection_id as "connectionId", c.name, a.approved_at as "approvedAt", a.approved_by as "approvedById"
      from ${approved(ctx)} and ${from ? sql`a.connection_id ${compare} ${from[0]}::uuid` : sql`true`}
     order by a.connection_id ${direction} limit ${limit + 1}`);
}

export async function countApprovedConnections(ctx: Context): Promise<number> {
  const [row] = await ctx.reader.rows(sql<{ count: number }>`select count(*)::int as count from ${approved(ctx)}`);
  return row?.count ?? 0;
}
