// tail --as <connection or installation>: what happens, as the connection is told of it, until it is stopped.

import type { Command } from 'commander';
import { createGateway, type Gateway } from '../api/gateway.js';
import { NOTICES } from '../events/settler.js';
import { cursorOf } from '../feed/cursor.js';
import type { EventEnvelope } from '../feed/envelope.js';
import type { Live } from '../feed/follow.js';
import type { Actor } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { harmless } from '../lib/log.js';
import { ERROR_CODES, notFound, Refusal } from '../lib/refusal.js';
import { actAs } from '../server/authenticate.js';
import { keepEventLog } from '../server/keep-event-log.js';
import { LiveLog } from '../server/live-log.js';
import {
  type CommonOptions,
  EXIT,
  idArgument,
  inSession,
  type Session,
  type Terminal,
  withCommonOptions,
} from './shell.js';

interface TailOptions extends CommonOptions {
  as: Id;
  after?: string;
}

/** What was read may be told for so long after it was asked who reads. */
const LEASE_MS = 1_000;

const FOLLOW = `subscription ($after: String) {
  events(after: $after) {
    kind
    cursor
    event {
      type resourceId sequence occurredAt
      ... on PageEvent { page { title } }
      ... on PagePropertiesEvent { page { title } }
      ... on CommentEvent { page { title } }
      ... on DatabaseEvent { database { title } }
      ... on DataSourceEvent { dataSource { title } }
      ... on DataSourceSchemaEvent { dataSource { title } }
    }
  }
}`;

export function tailCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  withCommonOptions(
    program
      .command('tail')
      .description(
        'print what happens as a connection is told of it, until it is stopped; with --json one object a line',
      ),
  )
    .requiredOption('--as <id>', 'a connection or installation', idArgument)
    .option('--after <cursor>', 'what came after this cursor first; without it, from now on')
    .action(async ({ as, after, ...options }: TailOptions) =>
      done(
        await inSession(terminal, options, async (session) => {
          const cursor = await tail(session, { as, after: after ?? null, json: options.json === true });
          if (cursor !== null && !options.json) terminal.err(`Go on from here with: --after ${cursor}`);
          return EXIT.OK;
        }),
      ),
    );
}

/** Prints until a signal comes, or nobody reads any more. Throws when the connection may not follow, or not any more, and
 *  when the database does not answer for 5 s. Answers how far it came. */
async function tail(
  { store, log, configuration, terminal }: Session,
  { as, after, json }: { as: Id; after: string | null; json: boolean },
): Promise<string | null> {
  const over = new AbortController();
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure ??= error;
    over.abort();
  };
  const reader = store.reader();
  let actor = await actAs(as, reader);
  if (!actor) throw notFound('The connection or installation');
  let askedAt = performance.now();
  const ask = async (): Promise<Actor> => {
    const at = performance.now();
    const now = await actAs(as, reader);
    if (!now) throw new Refusal('FORBIDDEN', 'The connection or installation works no longer.');
    askedAt = at;
    actor = now;
    return now;
  };
  const known = (): Actor => {
    invariant(actor, 'Nobody follows.');
    return actor;
  };
  const news = new LiveLog({ reader: () => store.reader(), log });
  const listener = {
    actor: known,
    askAgain: () => void ask().catch(fail),
    giveUp: () => fail(new Refusal('UNAVAILABLE', 'The database does not answer any more.')),
  };
  const gateway = await createGateway({
    store,
    log,
    limits: configuration.limits,
    contentLimits: configuration.contentLimits,
  });
  // Whether a server runs or not: any process may make events of what is committed.
  const keeper = keepEventLog({ store, log, days: configuration.eventDays, settled: () => news.news() });
  const hearing = store.hear(NOTICES, (text) => void news.hint(text));
  const stop = untilStopped(over);
  let cursor = after;
  try {
    await news.listen(listener);
    await ask(); // what was changed before anybody listened
    const { workspaceId } = known();
    const contextFor = (who: Actor) => gateway.contextFor(who, reader, { stop: over });
    const live: Live = {
      bounds: (log) => news.boundsOf(workspaceId, log),
      beyond: (log, position, ms) => news.beyond(workspaceId, { log, position, ms }, over.signal),
      renew: () => ask(),
      cursorAt: (name, bounds, position) => cursorOf(contextFor(known()), bounds, position, name),
      isFresh: () => performance.now() - askedAt < LEASE_MS,
      together: (who, _question, read) => read(contextFor(who)),
      reached: () => {},
      get isOver() {
        return over.signal.aborted;
      },
    };
    for await (const envelope of envelopes(gateway, live, { after, contextFor: () => contextFor(known()) })) {
      if (json) terminal.out(harmless(JSON.stringify(envelope)));
      else for (const line of linesOf(envelope)) terminal.out(harmless(line));
      ({ cursor } = envelope);
    }
  } catch (error) {
    if (!over.signal.aborted) throw error;
  } finally {
    stop.forget();
    news.forget(listener);
    await hearing.stop();
    await keeper.stop();
    await gateway.stop();
  }
  if (failure !== undefined) throw failure;
  return cursor;
}

interface Told extends Pick<EventEnvelope, 'kind' | 'cursor'> {
  event: {
    type: string;
    resourceId: Id;
    occurredAt: string;
    page?: Titled;
    database?: Titled;
    dataSource?: Titled;
  } | null;
}

type Titled = { title: string | null } | null;

async function* envelopes(
  gateway: Gateway,
  live: Live,
  { after, contextFor }: { after: string | null; contextFor: () => ReturnType<Gateway['contextFor']> },
): AsyncGenerator<Told, void, undefined> {
  const asking = gateway.subscriptionIn({ query: FOLLOW, variables: { after } });
  invariant(asking, 'What is asked for is a subscription.');
  const opened = await gateway.subscribe(asking, Object.assign(contextFor(), { live }));
  if ('errors' in opened) throw refusalOf(opened.errors);
  for await (const root of opened.source) {
    const { data, errors } = (await opened.deliver(contextFor(), root)).delivery;
    const envelope = (data as { events?: Told | null } | null | undefined)?.events;
    if (!envelope) throw refusalOf(errors ?? []);
    yield envelope;
  }
}

function refusalOf(errors: readonly { message: string; extensions?: Record<string, unknown> }[]): Error {
  const [error] = errors;
  const code = ERROR_CODES.find((known) => known === error?.extensions?.code);
  return code ? new Refusal(code, error?.message ?? '') : new Error(error?.message ?? 'Nothing was delivered.');
}

function linesOf({ kind, event }: Told): string[] {
  if (kind === 'GAP') return ['Events that were asked for are not kept any more; it goes on with the oldest there is.'];
  if (!event) return [];
  const title = (event.page ?? event.database ?? event.dataSource)?.title;
  return [`${event.occurredAt}  ${event.type.padEnd(28)}  ${event.resourceId}${title ? `  ${title}` : ''}`];
}

/** Ends it at the first SIGINT or SIGTERM, and when what is printed is not read any more; a second signal ends the process
 *  as usual. */
function untilStopped(over: AbortController): { forget(): void } {
  const stop = (): void => over.abort();
  const signals = ['SIGTERM', 'SIGINT'] as const;
  for (const signal of signals) process.once(signal, stop);
  process.stdout.on('error', stop);
  return {
    forget: () => {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
