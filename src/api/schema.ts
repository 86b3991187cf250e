// Puts the schema together: classes → TypeGraphQL → directives declared → rules compiled and checked → guards.

import {
  type GraphQLField,
  type GraphQLNamedType,
  GraphQLSchema,
  getDirectiveValues,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  validateSchema,
} from 'graphql';
import { buildSchemaSync, type NonEmptyArray, type PubSub } from 'type-graphql';
import {
  BlockCommentFields,
  CommentFields,
  CommentQueries,
  DiscussionFields,
  PageCommentFields,
} from '../comment/comment.resolver.js';
import { CommentMutations } from '../comment/lifecycle.resolver.js';
import { ApprovalFields, ApprovalMutations, PolicyApprovalFields } from '../connection/approval.resolver.js';
import { Bot } from '../connection/bot.js';
import {
  BotFields,
  ConnectionFields,
  ConnectionQueries,
  InstallationFields,
  WorkspaceConnectionFields,
} from '../connection/connection.resolver.js';
import { ConnectionMutations } from '../connection/lifecycle.resolver.js';
import { PublishingFields, PublishingMutations } from '../connection/publishing.resolver.js';
import { ConnectionUsageFields, InstallationUsageFields } from '../connection/usage.resolver.js';
import { BLOCK_CLASSES } from '../content/block.js';
import { BlockFields, BlockMutations, LinkToPageBlockFields } from '../content/block-lifecycle.resolver.js';
import {
  ContentQueries,
  DatabaseFields,
  DataSourceFields,
  PageFields,
  RelationPropertyFields,
  RelationValueFields,
  ResourceFields,
  SpanFields,
} from '../content/content.resolver.js';
import { DataSourceMutations } from '../content/data-source-lifecycle.resolver.js';
import { DatabaseMutations } from '../content/database-lifecycle.resolver.js';
import { BreadcrumbFields, PageLinkFields } from '../content/links.resolver.js';
import { MarkdownMutations, PageMarkdownFields } from '../content/markdown.resolver.js';
import { PageMutations } from '../content/page-lifecycle.resolver.js';
import { RowMutations } from '../content/row-lifecycle.resolver.js';
import { SearchHitFields, SearchQueries } from '../content/search.resolver.js';
import { EVENT_CLASSES } from '../feed/event.js';
import { EventFields, EventQueries, EventSubscriptions } from '../feed/event.resolver.js';
import { CoverFields, FileInfoFields, IconFields } from '../file/file-url.resolver.js';
import { FileUploadFields, FileUploadMutations, FileUploadQueries } from '../file/upload.resolver.js';
import type { FieldRule } from '../gate/field-rule.js';
import { describeNeeds, isGuarded } from '../gate/field-rule.js';
import { CapabilityError, FieldError, StaleVersionError } from '../gate/user-error.js';
import { ImportMutations, ImportQueries } from '../importer/import-job.resolver.js';
import { AccountMutations } from '../people/account.resolver.js';
import { Group } from '../people/group.js';
import { GroupMutations, WorkspaceGroupFields } from '../people/group.resolver.js';
import { InvitationMutations } from '../people/invitation.resolver.js';
import {
  GroupMemberFields,
  MemberMutations,
  TeamspaceMemberFields,
  WorkspaceMemberFields,
} from '../people/member.resolver.js';
import { PasskeyMutations } from '../people/passkey.resolver.js';
import {
  PersonalTokenFields,
  PersonalTokenMutations,
  WorkspacePersonalTokenFields,
} from '../people/personal-token.resolver.js';
import { Person } from '../people/user.js';
import { CheckboxKey, DateKey, OptionKey, PageKey, UserKey } from '../property/aggregate.js';
import { AggregateFields, PageKeyFields, RowSummaryFields, UserKeyFields } from '../property/aggregate.resolver.js';
import {
  FormulaProperty,
  NumberProperty,
  PlainProperty,
  RelationProperty,
  RollupProperty,
  SelectProperty,
  StatusProperty,
  UniqueIdProperty,
} from '../property/property-schema.js';
import {
  ButtonValue,
  CheckboxValue,
  CreatedByValue,
  CreatedTimeValue,
  DateValue,
  EmailValue,
  FilesValue,
  FormulaValue,
  LastEditedByValue,
  LastEditedTimeValue,
  MultiSelectValue,
  NumberValue,
  PeopleValue,
  PhoneValue,
  PlaceValue,
  RelationValue,
  RollupValue,
  SelectValue,
  StatusValue,
  TextValue,
  TitleValue,
  UniqueIdValue,
  UrlValue,
  VerificationValue,
} from '../property/property-value.js';
import {
  CreatedByValueFields,
  LastEditedByValueFields,
  PeopleValueFields,
  SyncedPropertyFields,
  VerificationValueFields,
} from '../property/property-value.resolver.js';
import {
  RollupDate,
  RollupDateRange,
  RollupGroups,
  RollupNumber,
  RollupUnsupported,
  RollupValues,
} from '../property/rollup.js';
import { RollupValueFields, RollupValuesFields } from '../property/rollup.resolver.js';
import { AccessExplanationFields, AccessShareFields, ExplainQueries } from '../share/explain.resolver.js';
import { ShareMutations, SharePayloadFields } from '../share/lifecycle.resolver.js';
import {
  BotShareFields,
  InstallationShareFields,
  ResourceAccessFields,
  ResourceShareFields,
  ShareFields,
  WorkspaceShareFields,
} from '../share/share.resolver.js';
import { ShareUseFields } from '../share/usage.resolver.js';
import { WebhookMutations } from '../webhook/lifecycle.resolver.js';
import { RedeliveryMutations } from '../webhook/redelivery.resolver.js';
import {
  AttemptFields,
  ConnectionWebhookFields,
  DeliveryFields,
  InstallationWebhookFields,
  WebhookSubscriptionFields,
} from '../webhook/subscription.resolver.js';
import { TeamspaceMutations, WorkspaceTeamspaceFields } from '../workspace/teamspace.resolver.js';
import { WorkspaceFields, WorkspaceMutations } from '../workspace/workspace.resolver.js';
import { AuditEntryFields, AuditSubscriptions, WorkspaceAuditFields } from './audit.resolver.js';
import { DemoMutations } from './demo.resolver.js';
import { allDirectives } from './directives.js';
import { EffectiveAccessQueries } from './effective-access.resolver.js';
import { guardSchema } from './guard.js';
import { handOverAsIs } from './handlers.js';
import { takeKeys } from './idempotency.js';
import { NodeQueries } from './node.resolver.js';
import { compileRules, type RuleTable, SchemaRuleError } from './rule-table.js';
import { ViewerFields, ViewerQueries } from './viewer.resolver.js';

type Class = new () => object;
type AnyClass = abstract new () => object;

export const RESOLVERS: NonEmptyArray<Class> = [
  ViewerQueries,
  ViewerFields,
  EffectiveAccessQueries,
  NodeQueries,
  ContentQueries,
  ResourceFields,
  BreadcrumbFields,
  PageLinkFields,
  SearchQueries,
  SearchHitFields,
  PageFields,
  DatabaseFields,
  DataSourceFields,
  RelationPropertyFields,
  RelationValueFields,
  AggregateFields,
  RowSummaryFields,
  UserKeyFields,
  PageKeyFields,
  RollupValueFields,
  RollupValuesFields,
  PeopleValueFields,
  CreatedByValueFields,
  LastEditedByValueFields,
  VerificationValueFields,
  SyncedPropertyFields,
  SpanFields,
  BlockFields,
  LinkToPageBlockFields,
  BlockMutations,
  FileInfoFields,
  IconFields,
  CoverFields,
  FileUploadQueries,
  FileUploadMutations,
  FileUploadFields,
  ImportMutations,
  ImportQueries,
  MarkdownMutations,
  PageMarkdownFields,
  CommentQueries,
  CommentMutations,
  PageCommentFields,
  BlockCommentFields,
  DiscussionFields,
  CommentFields,
  PageMutations,
  DatabaseMutations,
  RowMutations,
  DataSourceMutations,
  EventQueries,
  EventSubscriptions,
  EventFields,
  ConnectionQueries,
  ConnectionMutations,
  AccountMutations,
  PasskeyMutations,
  InvitationMutations,
  ConnectionUsageFields,
  InstallationUsageFields,
  ShareUseFields,
  ConnectionFields,
  PublishingFields,
  PublishingMutations,
  WorkspaceConnectionFields,
  BotFields,
  InstallationFields,
  ShareMutations,
  SharePayloadFields,
  ShareFields,
  ResourceAccessFields,
  InstallationShareFields,
  ResourceShareFields,
  WorkspaceShareFields,
  BotShareFields,
  ExplainQueries,
  AccessExplanationFields,
  AccessShareFields,
  WorkspaceMutations,
  WorkspaceFields,
  TeamspaceMutations,
  WorkspaceTeamspaceFields,
  TeamspaceMemberFields,
  GroupMutations,
  WorkspaceGroupFields,
  GroupMemberFields,
  MemberMutations,
  WorkspaceMemberFields,
  PersonalTokenMutations,
  PersonalTokenFields,
  WorkspacePersonalTokenFields,
  ApprovalMutations,
  PolicyApprovalFields,
  ApprovalFields,
  DemoMutations,
  WorkspaceAuditFields,
  AuditEntryFields,
  WebhookMutations,
  RedeliveryMutations,
  ConnectionWebhookFields,
  InstallationWebhookFields,
  WebhookSubscriptionFields,
  DeliveryFields,
  AttemptFields,
  AuditSubscriptions,
];

/** Types that are only reached through an interface. */
const BEHIND_INTERFACES: AnyClass[] = [
  FieldError,
  CapabilityError,
  StaleVersionError,
  Person,
  Bot,
  Group,
  PlainProperty,
  NumberProperty,
  SelectProperty,
  StatusProperty,
  RelationProperty,
  RollupProperty,
  FormulaProperty,
  UniqueIdProperty,
  TitleValue,
  TextValue,
  NumberValue,
  CheckboxValue,
  DateValue,
  SelectValue,
  MultiSelectValue,
  StatusValue,
  PeopleValue,
  UrlValue,
  EmailValue,
  PhoneValue,
  RelationValue,
  FilesValue,
  FormulaValue,
  UniqueIdValue,
  CreatedTimeValue,
  CreatedByValue,
  LastEditedTimeValue,
  LastEditedByValue,
  VerificationValue,
  ButtonValue,
  PlaceValue,
  OptionKey,
  UserKey,
  CheckboxKey,
  DateKey,
  PageKey,
  RollupValue,
  RollupNumber,
  RollupDate,
  RollupDateRange,
  RollupGroups,
  RollupValues,
  RollupUnsupported,
  ...BLOCK_CLASSES,
  ...EVENT_CLASSES,
];

export interface GuardedSchema {
  schema: GraphQLSchema;
  rules: RuleTable;
}

/** The schema of the gateway, guarded. Throws `SchemaRuleError` when something in it has no rule or a wrong one. */
export const buildGatewaySchema = (): GuardedSchema => guard(buildUnguardedSchema());

/** The same without a single guard. For benches, which say what the guards cost; nothing that answers clients calls it. */
export const buildUnguardedSchema = (): GraphQLSchema => finish(bare(RESOLVERS, BEHIND_INTERFACES));

/** Compiles, describes and guards a finished schema, in place. */
export function guard(schema: GraphQLSchema): GuardedSchema {
  const rules = compileRules(schema);
  describeRules(schema, rules);
  takeKeys(schema);
  guardSchema(schema, rules);
  return { schema, rules };
}

/** What TypeGraphQL makes of classes, before it knows our directives. */
export function bare(resolvers: NonEmptyArray<Class>, orphanedTypes: AnyClass[] = []): GraphQLSchema {
  // Parameter decorators run last to first; without this arguments come out in reverse order.
  const storage = (globalThis as { TypeGraphQLMetadataStorage?: { params: { index: number }[] } })
    .TypeGraphQLMetadataStorage;
  storage?.params.sort((one, other) => one.index - other.index);
  // skipCheck: TypeGraphQL would introspect here, and introspection answers only with a context of ours.
  const schema = buildSchemaSync({ resolvers, orphanedTypes, validate: false, skipCheck: true, pubSub: noPubSub });
  handOverAsIs();
  return schema;
}

/** Declares the directives, and mends what TypeGraphQL leaves open: `@oneOf`, and the types of plain rows. */
export function finish(bareSchema: GraphQLSchema): GraphQLSchema {
  const schema = new GraphQLSchema({ ...bareSchema.toConfig(), directives: allDirectives(bareSchema) });
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInputObjectType(type)) {
      type.isOneOf = type.astNode?.directives?.some(({ name }) => name.value === 'oneOf') ?? false;
    }
    if (isAbstractType(type)) type.resolveType = (row: { __typename?: string }) => row.__typename;
  }
  const errors = validateSchema(schema);
  if (errors.length > 0) throw new SchemaRuleError(errors.map(({ message }) => message));
  const undescribed = Object.values(schema.getTypeMap()).flatMap(withoutDescription);
  if (undescribed.length > 0) throw new SchemaRuleError(undescribed.map((at) => `${at} has no description.`));
  return schema;
}

/** "Needs CONTENT_READ." in the description of each guarded field, and "Fires PAGE_CREATED." in that of each mutation:
 *  generated, not typed twice. */
function describeRules(schema: GraphQLSchema, rules: RuleTable): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const rule = rules.fields.get(`${type.name}.${field.name}`);
      const needs = rule && isGuarded(rule) ? needsSentence(rule) : '';
      field.description = [field.description, needs, emitsSentence(schema, field)].filter(Boolean).join(' ');
    }
  }
}

const needsSentence = ({ needs }: FieldRule): string => {
  const text = describeNeeds(needs);
  return text === '' ? '' : `Needs ${text}.`;
};

function emitsSentence(schema: GraphQLSchema, { astNode }: GraphQLField<unknown, unknown>): string {
  const emits = schema.getDirective('emits');
  const events = emits && astNode ? getDirectiveValues(emits, astNode)?.events : undefined;
  return Array.isArray(events) && events.length > 0 ? `Fires ${events.join(', ')}.` : '';
}

function withoutDescription(type: GraphQLNamedType): string[] {
  if (isIntrospectionType(type) || isSpecifiedScalarType(type)) return [];
  const missing: string[] =
    type.description || ['Query', 'Mutation', 'Subscription'].includes(type.name) ? [] : [type.name];
  if (isEnumType(type)) {
    missing.push(
      ...type
        .getValues()
        .filter((value) => !value.description)
        .map((value) => `${type.name}.${value.name}`),
    );
  }
  if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      if (!field.description) missing.push(`${type.name}.${field.name}`);
      for (const arg of 'args' in field ? field.args : []) {
        if (!arg.description) missing.push(`${type.name}.${field.name}(${arg.name}:)`);
      }
    }
  }
  return missing;
}

/** TypeGraphQL demands one as soon as there is a subscription; each of ours brings its own source. */
const noPubSub: PubSub = {
  publish: () => {
    throw new Error('Subscriptions bring their own source.');
  },
  subscribe: () => {
    throw new Error('Subscriptions bring their own source.');
  },
};
