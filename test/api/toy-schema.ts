// Small schemas to try the gate on: SDL with the real directives, resolvers that give back what they are handed.

import { readFileSync } from 'node:fs';
import {
  buildASTSchema,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  isObjectType,
  Kind,
  parse,
} from 'graphql';
import { executeOperation } from '../../src/api/execute.js';
import { guard } from '../../src/api/schema.js';
import { DEFAULT_CONTENT_LIMITS } from '../../src/content/limits.js';
import { type Context, createContext } from '../../src/context.js';
import type { Actor } from '../../src/gate/actor.js';
import { bitsOf, type Capability } from '../../src/gate/capability.js';
import { Redactions } from '../../src/gate/redactions.js';
import { CursorSeal } from '../../src/lib/cursor.js';
import { newId } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { KeyRing } from '../../src/lib/secret.js';
import { DEFAULT_WEBHOOK_SETTINGS } from '../../src/webhook/settings.js';

const WORDS = new Set(['Capability', 'Denial', 'ActorKind', 'WorkspaceRole', 'DataClass', 'EventType']);

/** The directives and their enums, as the committed schema declares them. */
const declarations = parse(readFileSync('schema/gatehouse.graphql', 'utf8')).definitions.filter(
  (definition) =>
    definition.kind === Kind.DIRECTIVE_DEFINITION ||
    (definition.kind === Kind.ENUM_TYPE_DEFINITION && WORDS.has(definition.name.value)),
);

/** A schema of this SDL, not yet guarded. */
export function toySchema(sdl: string): GraphQLSchema {
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [...parse(sdl).definitions, ...declarations] };
  return buildASTSchema(document, { assumeValidSDL: true });
}

/** Guards it, after giving its fields these resolvers (`Type.field`). */
export function guardedToy(
  sdl: string,
  resolvers: Record<string, (row: never, args: never) => unknown> = {},
): GraphQLSchema {
  const schema = toySchema(sdl);
  for (const [coordinate, resolve] of Object.entries(resolvers)) {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const type = schema.getType(typeName);
    if (!isObjectType(type)) throw new Error(`No type ${typeName}`);
    type.getFields()[fieldName]!.resolve = resolve as never;
  }
  return guard(schema).schema;
}

export const connectionWith = (...capabilities: Capability[]): Actor => ({
  kind: 'CONNECTION',
  workspaceId: newId(),
  connectionId: newId(),
  installationId: newId(),
  botId: newId(),
  installedById: null,
  bits: bitsOf(capabilities),
});

const KEYS = new KeyRing(Buffer.alloc(32));
const noStore = () => {
  throw new Error('A toy has no store.');
};

/** Executes as this actor, on no store at all. */
export function askToy(
  schema: GraphQLSchema,
  actor: Actor,
  document: string,
  variables?: Record<string, unknown>,
): Promise<ExecutionResult> {
  const ctx: Context = createContext({
    actor,
    em: noStore,
    keys: KEYS,
    reader: { rows: () => Promise.reject(new Error('A toy has no store.')), sent: 0 },
    content: undefined as never,
    contentLimits: DEFAULT_CONTENT_LIMITS,
    webhooks: DEFAULT_WEBHOOK_SETTINGS,
    judgeDocument: () => [],
    maxRollupCandidates: 10_000,
    cursors: new CursorSeal(KEYS, 'toy'),
    redactions: new Redactions(),
    denied: () => {},
    log: createLog({ level: 'silent' }),
    requestId: newId(),
    publicUrl: () => 'http://toy',
    slice: () => schema,
    ruleOf: () => undefined,
    contentOf: () => null,
  });
  return executeOperation(schema, ctx, { document: parse(document), variables });
}
