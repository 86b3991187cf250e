// A share, and what all shares of one grantee together open of a resource. Who holds one of these at all is decided where
// they are read; whoever holds one may read it whole. The resource and the people in it keep their own rules.

import { Directive, Extensions, Field, Int, ObjectType } from 'type-graphql';
import type { ShareAccess } from '../gate/capability.js';
import { ShareAccessEnum } from '../gate/enums.js';
import { DateTime } from '../lib/datetime.js';
import type { Id } from '../lib/id.js';
import { listOf } from '../lib/list.js';
import { Node } from '../lib/node.js';

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'A page, database or data source that is open to a connection or a guest, with everything below it. Its id stays while what it opens changes; a share that was revoked or has expired is gone.',
})
export class Share extends Node {
  resourceId!: Id;
  /** Exactly one of these two is given. */
  installationId!: Id | null;
  personId!: Id | null;
  /** The user who holds it: the bot of the installation, or the guest. */
  granteeId!: Id;
  grantedById!: Id | null;

  @Field(() => [ShareAccessEnum], { description: 'What it opens. Capabilities decide how much of that counts.' })
  access!: ShareAccess[];

  @Field(() => DateTime, { nullable: true, description: 'When it ends by itself; null for never.' })
  expiresAt!: Date | string | null;

  @Field(() => DateTime, { description: 'Since when it opens just this.' })
  grantedAt!: Date | string;

  @Field(() => Int, { description: 'Counts its changes.' })
  version!: number;
}

export const ShareList = listOf(Share, 'Share');

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({
  simpleResolvers: true,
  description: 'What one connection or guest may do with one page, database or data source, and by which shares.',
})
export class ResourceAccess {
  resourceId!: Id;
  granteeId!: Id;

  @Field(() => [ShareAccessEnum], { description: 'What the shares open, all together.' })
  granted!: ShareAccess[];

  @Field(() => [ShareAccessEnum], {
    description: 'What is left of that: for a connection, what its capabilities allow as well. Empty is out of reach.',
  })
  effective!: ShareAccess[];

  @Field(() => Boolean, { description: 'Whether it comes from shares above alone, and none is on this very object.' })
  inherited!: boolean;

  @Directive('@listSize(assumedSize: 2)')
  @Field(() => [Share], { description: 'The shares that open it, the nearest first.' })
  shares!: Share[];
}

export const ResourceAccessList = listOf(ResourceAccess, 'ResourceAccess');
