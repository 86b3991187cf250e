// Anything with an id, by that id. Missing, out of reach, in another workspace and malformed all answer null,
// after the same statements.

import { Arg, Ctx, Directive, ID, Query, Resolver } from 'type-graphql';
import { entryOf, selectAuditEntries } from '../audit/audit-entries.js';
import type { ChainedRow } from '../audit/chain.js';
import { commentOf, discussionOf, type StoredComment, type StoredDiscussion } from '../comment/comment.js';
import { selectComments, selectDiscussions } from '../comment/comments.js';
import {
  type ConnectionRow,
  connectionOf,
  type InstallationRow,
  installationOf,
  selectConnections,
  selectInstallations,
} from '../connection/connections.js';
import { selectUsers, type UserRow, userFor } from '../connection/users.js';
import { contentById } from '../content/loaders.js';
import type { Batch, Context } from '../context.js';
import { type Id, parseId } from '../lib/id.js';
import { Node } from '../lib/node.js';
import { invalid } from '../lib/refusal.js';
import { sql } from '../lib/sql.js';
import { type PersonalTokenRow, personalTokenOf, selectPersonalTokens } from '../people/personal-tokens.js';
import { type ShareRow, selectShares, shareOf } from '../share/shares.js';
import { selectDeliveries } from '../webhook/deliveries.js';
import type { Delivery } from '../webhook/delivery.js';
import type { WebhookSubscription } from '../webhook/subscription.js';
import { selectWebhookSubscriptions } from '../webhook/subscriptions.js';
import type { Teamspace } from '../workspace/teamspace.js';
import { selectTeamspaces, teamspaceOf } from '../workspace/teamspaces.js';
import type { Workspace } from '../workspace/workspace.js';
import { selectWorkspaces, workspaceOf } from '../workspace/workspaces.js';

const MAX_IDS = 100;

type OtherRow =
  | { kind: 'DISCUSSION'; row: StoredDiscussion }
  | { kind: 'COMMENT'; row: StoredComment }
  | { kind: 'USER'; row: UserRow }
  | { kind: 'CONNECTION'; row: ConnectionRow }
  | { kind: 'INSTALLATION'; row: InstallationRow }
  | { kind: 'SHARE'; row: ShareRow }
  | { kind: 'WORKSPACE'; row: Workspace }
  | { kind: 'TEAMSPACE'; row: Teamspace }
  | { kind: 'PERSONAL_ACCESS_TOKEN'; row: PersonalTokenRow }
  | { kind: 'AUDIT_ENTRY'; row: ChainedRow }
  | { kind: 'WEBHOOK_SUBSCRIPTION'; row: WebhookSubscription }
  | { kind: 'DELIVERY'; row: Delivery };

/** Everything with an id that is no page, database, data source or block, in one statement. */
const otherById: Batch<Id, Node> = {
  name: 'otherById',
  async load(ctx, ids) {
    const rows = await ctx.reader.rows(sql<OtherRow>`
      select 'USER' as kind, to_jsonb(found) as row from (${selectUsers(ctx, ids)}) found
      union all select 'DISCUSSION', to_jsonb(found) from (${selectDiscussions(ctx, ids)}) found
      union all select 'COMMENT', to_jsonb(found) from (${selectComments(ctx, ids)}) found
      union all select 'CONNECTION', to_jsonb(found) from (${selectConnections(ctx, ids)}) found
      union all select 'INSTALLATION', to_jsonb(found) from (${selectInstallations(ctx, ids)}) found
      union all select 'SHARE', to_jsonb(found) from (${selectShares(ctx, ids)}) found
      union all select 'WORKSPACE', to_jsonb(found) from (${selectWorkspaces(ctx, ids)}) found
      union all select 'TEAMSPACE', to_jsonb(found) from (${selectTeamspaces(ctx, ids)}) found
      union all select 'PERSONAL_ACCESS_TOKEN', to_jsonb(found) from (${selectPersonalTokens(ctx, ids)}) found
      union all select 'AUDIT_ENTRY', to_jsonb(found) from (${selectAuditEntries(ctx, ids)}) found
      union all select 'WEBHOOK_SUBSCRIPTION', to_jsonb(found) from (${selectWebhookSubscriptions(ctx, ids)}) found
      union all select 'DELIVERY', to_jsonb(found) from (${selectDeliveries(ctx, ids)}) found`);
    return new Map(rows.map((found) => [found.row.id, nodeOf(ctx, found)]));
  },
};

function nodeOf(ctx: Context, found: OtherRow): Node {
  switch (found.kind) {
    case 'USER':
      return userFor(ctx, found.row);
    case 'DISCUSSION':
      return discussionOf(found.row);
    case 'COMMENT':
      return commentOf(found.row);
    case 'CONNECTION':
      return connectionOf(found.row);
    case 'INSTALLATION':
      return installationOf(found.row);
    case 'SHARE':
      return shareOf(found.row);
    case 'WORKSPACE':
      return workspaceOf(found.row);
    case 'TEAMSPACE':
      return teamspaceOf(found.row);
    case 'PERSONAL_ACCESS_TOKEN':
      return personalTokenOf(found.row);
    case 'AUDIT_ENTRY':
      return entryOf(found.row);
    case 'WEBHOOK_SUBSCRIPTION':
    case 'DELIVERY':
      return found.row;
  }
}

@Resolver()
export class NodeQueries {
  @Directive('@open')
  @Query(() => Node, { nullable: true, description: 'Anything by its id; null when it is missing or out of reach.' })
  async node(
    @Arg('id', () => ID, { description: 'With or without dashes.' }) id: string,
    @Ctx() ctx: Context,
  ): Promise<Node | null> {
    return find(ctx, id);
  }

  @Directive('@open')
  @Directive('@listSize(slicingArguments: ["ids"])')
  @Query(() => [Node], {
    nullable: 'items',
    description: 'Anything by ids, in their order, with null where something is missing or out of reach.',
  })
  async nodes(
    @Arg('ids', () => [ID], { description: 'At most 100.' }) ids: string[],
    @Ctx() ctx: Context,
  ): Promise<(Node | null)[]> {
    if (ids.length > MAX_IDS) throw invalid(`nodes takes at most ${MAX_IDS} ids, but got: ${ids.length}`);
    return Promise.all(ids.map((id) => find(ctx, id)));
  }
}

async function find(ctx: Context, text: string): Promise<Node | null> {
  const id = parseId(text);
  if (id === null) return null;
  return (await ctx.load(contentById, id)) ?? (await ctx.load(otherById, id)) ?? null;
}
