// An entry of the audit log as owners read it. Who may hold one is decided where they are read; whoever holds one may
// read it whole.

import { GraphQLJSONObject } from 'graphql-scalars';
import { Directive, Extensions, Field, ID, Int, ObjectType } from 'type-graphql';
import type { ActorKind } from '../gate/actor.js';
import { ActorKindEnum } from '../gate/enums.js';
import { DateTime } from '../lib/datetime.js';
import type { Id } from '../lib/id.js';
import { listOf } from '../lib/list.js';
import { Node } from '../lib/node.js';

type Values = Record<string, unknown>;

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType('AuditEntry', {
  implements: Node,
  simpleResolvers: true,
  description: 'One administrative change, as it was recorded with it. No entry is ever changed or deleted.',
})
export class LoggedEntry extends Node {
  workspaceId!: Id;
  actorId!: Id | null;
  actingForId!: Id | null;

  @Field(() => Int, { description: 'Counts the entries of the workspace, without gaps, from 1.' })
  position!: number;

  @Field(() => String, { description: 'What was done, like `token.rotated`.' })
  action!: string;

  @Field(() => ActorKindEnum, {
    nullable: true,
    description: 'What kind of actor did it; null when nobody was signed in.',
  })
  actorKind!: ActorKind | null;

  @Field(() => ID, { nullable: true, description: 'Id of what it was done to.' })
  targetId!: Id | null;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'What held before. Sensitive values stand as `[redacted]`, here and below.',
  })
  before!: Values | null;

  @Field(() => GraphQLJSONObject, { nullable: true, description: 'What held after it.' })
  after!: Values | null;

  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Further facts.' })
  details!: Values | null;

  @Field(() => String, { nullable: true, description: 'Where the request came from; null for the command line.' })
  address!: string | null;

  @Field(() => DateTime, { description: 'When it was recorded, by the clock of the database.' })
  occurredAt!: Date | string;

  @Field(() => String, { description: 'Hash of the entry before it; 64 zeros for the first. Hexadecimal.' })
  previousHash!: string;

  @Field(() => String, { description: 'SHA-256 over the bytes of `previousHash` and the text of `canonical`.' })
  hash!: string;

  @Field(() => String, { description: 'The entry as it was hashed: canonical JSON (RFC 8785).' })
  canonical!: string;
}

export const AuditEntryList = listOf(LoggedEntry, 'AuditEntry');
