// A connection as its developer configured it, its installation in a workspace, and what was shared with that.
// Which of them somebody holds at all is decided where they are read; whoever holds one may read it whole.

import type { Opt } from '@mikro-orm/core';
import { Directive, Extensions, Field, Int, ObjectType } from 'type-graphql';
import type { Capability } from '../gate/capability.js';
import { CapabilityEnum } from '../gate/enums.js';
import { DateTime } from '../lib/datetime.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import { listOf } from '../lib/list.js';
import { Node } from '../lib/node.js';

export const ConnectionKind = enumType('ConnectionKind', 'Who a connection is for.', {
  INTERNAL: 'Its home workspace alone.',
  PUBLIC: 'Any workspace that installs it.',
});
export type ConnectionKind = keyof typeof ConnectionKind;

export const ConnectionStatus = enumType('ConnectionStatus', 'Whether a connection works.', {
  ACTIVE: 'It works.',
  SUSPENDED: 'Its tokens are refused until it is resumed.',
  DELETED: 'It is gone; its tokens are refused for ever.',
});
export type ConnectionStatus = keyof typeof ConnectionStatus;

export const InstallationScope = enumType('InstallationScope', 'Which workspaces may install a public connection.', {
  ANY: 'Any workspace.',
  SELECTED: 'Only those it names.',
});
export type InstallationScope = keyof typeof InstallationScope;

export const InstallationStatus = enumType('InstallationStatus', 'Whether an installation works.', {
  ACTIVE: 'It works.',
  UPGRADE_PENDING: 'It works as before; the connection asks for more, which waits for consent.',
  SUSPENDED: 'Its tokens are refused until it is resumed.',
  ENDED: 'It was removed from the workspace.',
});
export type InstallationStatus = keyof typeof InstallationStatus;

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A program that asks for a workspace, as its developer configured it.',
})
export class Connection extends Node {
  /** Its home. */
  workspaceId!: Id;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => ConnectionKind, { description: 'Who it is for.' })
  kind!: ConnectionKind;

  @Field(() => ConnectionStatus, { description: 'Whether it works.' })
  status!: ConnectionStatus;

  @Field(() => [CapabilityEnum], { description: 'What it asks for. What was granted stands on the installation.' })
  capabilities!: Capability[];

  /** Under which its picture lies, in hexadecimal digits; `null` without one. */
  logoSha256!: string | null;
  createdById!: Id | null;

  @Field(() => String, { nullable: true, description: 'The company behind it, as people who install it are told.' })
  company!: string | null;

  @Field(() => String, { nullable: true, description: 'Its home page.' })
  websiteUrl!: string | null;

  @Field(() => String, { nullable: true, description: 'What it does with data.' })
  privacyUrl!: string | null;

  @Field(() => String, { nullable: true, description: 'Its terms.' })
  termsUrl!: string | null;

  @Field(() => String, { nullable: true, description: 'Where it can be asked for help.' })
  supportEmail!: string | null;

  @Field(() => InstallationScope, {
    nullable: true,
    description: 'Which workspaces may install it; fixed once it is public.',
  })
  installationScope!: InstallationScope | null;

  /** Which, when only some may. */
  selectedWorkspaces!: Id[];
  redirectUris!: string[];

  @Field(() => DateTime, { nullable: true, description: 'When it became public; null for an internal one.' })
  publishedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Since when it is suspended; null when it is not.' })
  suspendedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was deleted; null while it is there.' })
  deletedAt!: Date | null;

  @Field(() => Int, { description: 'Counts its changes.' })
  version!: Opt<number>;

  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt!: Opt<Date>;
}

export const ConnectionList = listOf(Connection, 'Connection');

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A connection in one workspace, with what was granted there.',
})
export class Installation extends Node {
  workspaceId!: Id;
  connectionId!: Id;
  botId!: Id;
  installedById!: Id | null;

  @Field(() => InstallationStatus, { description: 'Whether it works.' })
  status!: InstallationStatus;

  @Field(() => [CapabilityEnum], { description: 'What it was granted.' })
  capabilities!: Capability[];

  @Field(() => [CapabilityEnum], { description: 'What the connection asks for beyond that; waits for consent.' })
  pendingCapabilities!: Capability[];

  @Field(() => DateTime, { description: 'When it was installed.' })
  createdAt!: Opt<Date>;
}
