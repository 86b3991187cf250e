// Bodies of deliveries, made at the moment of sending: the envelope, and beside it what the endpoint's document shows, executed
// as the oldest installation that the event may be told to. So what is posted passes the guards that everything passes.

import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  validate,
} from 'graphql';
import type { Context, Reader } from '../context.js';
import { boundsOf, cursorOf } from '../feed/cursor.js';
import { listEvents } from '../feed/events.js';
import type { ConnectionActor } from '../gate/actor.js';
import { envelopeOf } from '../webhook/envelope.js';
import { type Sending, type Suppression, type Told, toldBy } from '../webhook/told.js';
import { executeOperation } from './execute.js';
import { type Limits, MAX_ERRORS } from './limits.js';

/** A body to post, or why there is none: then nothing may be sent. */
export type Rendered = { body: string } | { suppressed: Suppression };

/** Makes the body of a delivery of an event. Never throws for what the document does wrong: its errors are in the body. */
export type RenderDelivery = (reader: Reader, sending: Sending) => Promise<Rendered>;

export interface Rendering {
  schema: GraphQLSchema;
  limits: Limits;
  parse(text: string): DocumentNode;
  contextFor(actor: ConnectionActor, reader: Reader): Context;
  publish(error: GraphQLError, ctx: Context): GraphQLFormattedError;
}

/** Renders deliveries with the schema and contexts of a gateway. */
export function rendering(gateway: Rendering): RenderDelivery {
  return async (reader, sending) => {
    const told = await toldBy(reader, sending);
    if (typeof told === 'string') return { suppressed: told };
    const [actor] = told.installations as [ConnectionActor];
    const ctx = gateway.contextFor(actor, reader);
    const envelope = await envelopeOf(ctx, told, sending);
    if (told.document === null) return { body: JSON.stringify(envelope) };
    const graphql = await shownBy(gateway, ctx, told, told.document);
    return graphql ? { body: JSON.stringify({ ...envelope, graphql }) } : { suppressed: 'OUT_OF_REACH' };
  };
}

/** What a document shows of an event; null where it is not to be seen any more. */
async function shownBy(
  { schema, limits, parse, publish }: Rendering,
  ctx: Context,
  { position }: Told,
  text: string,
): Promise<Record<string, unknown> | null> {
  const bounds = await boundsOf(ctx);
  const [event] = await listEvents(ctx, {}, { after: position - 1, upTo: position }, 1);
  if (!event) return null;
  const document = parse(text);
  const wrong = validate(schema, document, undefined, { maxErrors: MAX_ERRORS });
  if (wrong.length > 0) return { errors: wrong.map((error) => publish(error, ctx)) };
  const { data, errors, extensions } = await executeOperation(schema, ctx, {
    document,
    rootValue: { kind: 'LIVE', cursor: cursorOf(ctx, bounds, position), thing: event },
    maxMs: limits.maxOperationMs,
  });
  return {
    ...(data !== undefined && { data }),
    ...(errors && { errors: errors.map((error) => publish(error, ctx)) }),
    ...(extensions && { extensions: { ...extensions } }),
  };
}
