// The key a mutation may be sent with, by `@idempotent(key:)` or by the header `Idempotency-Key`: the same key gives the same
// result for 24 hours. What is kept is ids (idempotent-result.ts), and what is shown of them is read anew; so only mutations
// whose commands answer with ids take a key. All others refuse one: rather than show a secret twice, or seem to have kept.

import { createHash } from 'node:crypto';
import {
  type DocumentNode,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getDirectiveValues,
  getOperationAST,
  Kind,
  OperationTypeNode,
  type SelectionNode,
} from 'graphql';
import { canonicalJson } from '../audit/chain.js';
import type { Context } from '../context.js';
import { userErrorOf } from '../gate/user-error.js';
import { Refusal } from '../lib/refusal.js';

declare module '../context.js' {
  interface Context {
    /** What came as `Idempotency-Key`: for the one mutation of the operation. */
    idempotencyKey?: string;
  }
}

const MAX_KEY_LENGTH = 255;

/** Extension of a mutation whose command answers with ids alone. */
const REPLAYABLE = 'replayable';

/** Wraps, in place, every mutation: one that comes with a key is carried out once, or refused. */
export function takeKeys(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const inner = field.resolve;
    if (!inner) continue;
    field.resolve = (row, args, ctx: Context, info) => {
      const key = keyOf(ctx, info);
      if (key === undefined) return inner(row, args, ctx, info);
      const refusal = field.extensions[REPLAYABLE] === true ? wrongKey(key) : takesNone(field.name);
      if (refusal) return { userErrors: [userErrorOf(refusal)] };
      ctx.once = { key, mutation: field.name, fingerprint: fingerprintOf(args) };
      return Promise.resolve(inner(row, args, ctx, info)).finally(() => {
        delete ctx.once;
      });
    };
  }
}

/** Why an operation cannot be sent with the key of a header: it has not exactly one mutation. Null when it can. */
export function refuseKeyForMany(document: DocumentNode, operationName: string | undefined): Refusal | null {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.MUTATION) return null;
  const count = rootFields(document, operation.selectionSet.selections);
  if (count === 1) return null;
  return new Refusal(
    'INVALID',
    `Idempotency-Key is for an operation with one mutation, but this one has ${count}. Give each its own by @idempotent(key:).`,
  );
}

function rootFields(document: DocumentNode, selections: readonly SelectionNode[]): number {
  return selections.reduce((count, selection) => {
    if (selection.kind === Kind.FIELD) return count + (selection.name.value === '__typename' ? 0 : 1);
    if (selection.kind === Kind.INLINE_FRAGMENT) return count + rootFields(document, selection.selectionSet.selections);
    const fragment = document.definitions.find(
      (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
    );
    return fragment?.kind === Kind.FRAGMENT_DEFINITION
      ? count + rootFields(document, fragment.selectionSet.selections)
      : count;
  }, 0);
}

/** That of the directive comes first. */
function keyOf(ctx: Context, { schema, fieldNodes, variableValues }: GraphQLResolveInfo): string | undefined {
  const directive = schema.getDirective('idempotent');
  const [given] = directive
    ? fieldNodes.flatMap((node) => getDirectiveValues(directive, node, variableValues) ?? [])
    : [];
  return (given as { key: string } | undefined)?.key ?? ctx.idempotencyKey;
}

function wrongKey(key: string): Refusal | null {
  if (key.length > 0 && key.length <= MAX_KEY_LENGTH && !/\p{Cc}/u.test(key) && key.isWellFormed()) return null;
  return new Refusal(
    'INVALID',
    `An idempotency key should have 1 to ${MAX_KEY_LENGTH} characters, none of them a control character.`,
  );
}

const takesNone = (mutation: string): Refusal =>
  new Refusal('INVALID', `${mutation} takes no idempotency key: its answer is not kept. Send it without one.`);

const fingerprintOf = (args: unknown): Buffer =>
  createHash('sha256')
    .update(canonicalJson(JSON.parse(JSON.stringify(args))))
    .digest();
