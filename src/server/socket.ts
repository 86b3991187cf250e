// One socket, from its first message to its end. Whoever opens it says who she is in its first message, by what she would
// send over HTTP; each operation is weighed, looked up and charged for like a request, and whoever follows is asked for again
// before each delivery. Nothing waits here for a slow reader: what happens stays in the log until she takes it.

import { hash, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
  Kind,
  parse,
  visit,
} from 'graphql';
import { CloseCode, makeServer } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Asking } from '../api/answer.js';
import type { Bill } from '../api/bill.js';
import type { Asked, Gateway } from '../api/gateway.js';
import type { Delivered, Subscribed } from '../api/subscribing.js';
import type { Context, Reader } from '../context.js';
import { cursorOf } from '../feed/cursor.js';
import type { Live, Told } from '../feed/follow.js';
import { type Actor, userIdOf } from '../gate/actor.js';
import { newId } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import type { Logger } from '../lib/log.js';
import { Refusal } from '../lib/refusal.js';
import type { Store } from '../store/store.js';
import type { ActingAs } from './act-as.js';
import type { Admitted } from './admit-together.js';
import { type Credential, type Credentials, unauthenticated } from './authenticate.js';
import { HttpError } from './body.js';
import { isDatabaseTrouble } from './database-trouble.js';
import type { LiveLog } from './live-log.js';
import type { ClaimedSession, SessionDoor } from './session-door.js';
import type { Together } from './together.js';

/** Close codes of our own; the others are the protocol's. */
export const CLOSE = { REVOKED: 4403, SLOW: 4008, STOPPING: 1012, NO_DATABASE: 1013 } as const;

const INIT_TIMEOUT_MS = 3_000;
const PING_EVERY_MS = 12_000;
/** A message that is not taken for so long, or so much that is not, closes the socket. */
const SLOW_MS = 10_000;
const SLOW_BYTES = 1_000_000;
/** Whoever was asked for is asked for again after that, before anything is told her. */
const LEASE_MS = 1_000;
/** What was asked to close is cut off after that. */
const CLOSING_MS = 1_000;
const MAX_ON_SOCKET = 50;
const MAX_OF_PAYER = 200;
const KEPT_CURSORS = 1_000;
/** Operations a payer may not afford yet are looked at again after this at the latest. */
const MAX_WAIT_SECONDS = 60;

/** Looks somebody up, and takes points from her when she has as many. */
export type Admit = (
  request: IncomingMessage,
  credential: Credential | ClaimedSession,
  reader: Reader,
  points: number,
) => Promise<Admitted>;

/** The same for whoever is there already, which is no use of a session. */
export type AskAgain = (
  request: IncomingMessage,
  credential: Credential | ClaimedSession,
  points: number,
) => Promise<Admitted>;

export interface ConversationOptions {
  gateway: Gateway;
  store: Pick<Store, 'reader'>;
  log: Logger;
  sessions: SessionDoor;
  credentials: Credentials;
  acting: ActingAs;
  admit: Admit;
  askAgain: AskAgain;
  live: LiveLog;
  together: Together;
  /** How many subscriptions each payer has open in this process. */
  ofPayer: Map<string, number>;
  /** Cursors that were sealed lately, by payer and place. */
  cursors: Map<string, string>;
}

interface Extra {
  conversation: Conversation;
}

/** A place for results that are there already: graphql-ws wants a document to tell what they came of. */
const ANSWERED = parse('{ __typename }');

/** One socket. */
export class Conversation {
  private readonly stop = new AbortController();
  private readonly reader: Reader;
  private credential: Credential | ClaimedSession | undefined;
  private actAs: string[] = [];
  private who: Actor | undefined;
  /** When the look-up of who asks was begun whose answer came last. */
  private askedAt = Number.NEGATIVE_INFINITY;
  private running = 0;
  private wake: (() => void) | undefined;
  /** A text that belongs into the next message. */
  private announced: string | undefined;
  /** How far each subscription to events is read, and the cursor of it. */
  private readonly places = new Map<string, { position: number; cursor: string }>();
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly ws: WebSocket,
    private readonly request: IncomingMessage,
    private readonly options: ConversationOptions,
  ) {
    this.reader = options.store.reader(this.stop.signal);
    const server = makeServer<Record<string, unknown>, Extra>({
      connectionInitWaitTimeout: INIT_TIMEOUT_MS,
      onConnect: (ctx) => this.connect(ctx.connectionParams ?? {}),
      onSubscribe: (ctx, id, payload) =>
        this.begin(id, payload as Asked, Object.keys(ctx.subscriptions).length) as never,
      execute: (args) => args.contextValue as ExecutionResult,
      subscribe: (args) => args.contextValue as AsyncGenerator<ExecutionResult>,
      onNext: (_ctx, _id, _payload, _args, result) => result as never,
    });
    const closed = server.opened(
      {
        protocol: ws.protocol,
        send: (data) => this.send(data),
        close: (code, reason) => this.close(code ?? 1000, reason ?? ''),
        onMessage: (listen) => {
          ws.on('message', (data, isBinary) => {
            if (this.stop.signal.aborted) return; // closing: nothing is begun any more
            if (isBinary) return this.close(CloseCode.BadRequest, 'Invalid message received');
            listen(String(data)).catch((error: unknown) => this.fail(error));
          });
        },
      },
      { conversation: this },
    );
    this.keepAlive();
    ws.on('error', (error) => this.options.log.debug({ err: error }, 'A socket broke'));
    ws.once('close', (code, reason) => {
      this.over();
      Promise.resolve(closed(code, String(reason))).catch((error: unknown) => this.fail(error));
    });
  }

  actor(): Actor {
    if (!this.who) throw unauthenticated();
    return this.who;
  }

  /** Whoever asks is looked up again; who may not any more loses the socket. */
  askAgain(): void {
    this.admit(0, false).catch((error: unknown) => this.fail(error));
  }

  giveUp(): void {
    this.close(CLOSE.NO_DATABASE, this.cursor());
  }

  /** Closes it for a restart, once what is under way has ended. */
  async leave(graceMs: number): Promise<void> {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    this.ws.once('close', () => resolve());
    if (this.ws.readyState === this.ws.CLOSED) return;
    if (this.running > 0) {
      const { promise: done, resolve: wake } = Promise.withResolvers<void>();
      this.wake = wake;
      const timer = setTimeout(wake, graceMs);
      await done;
      clearTimeout(timer);
    }
    this.close(CLOSE.STOPPING, this.cursor());
    await gone;
  }

  private async connect(params: Record<string, unknown>): Promise<boolean | undefined> {
    const { authorization, csrfToken, workspace, actAs } = params;
    const { sessions, credentials, live } = this.options;
    try {
      if (authorization !== undefined && csrfToken !== undefined) throw unauthenticated();
      const claimed = authorization === undefined ? sessions.claimedOver(this.request, { csrfToken, workspace }) : null;
      this.credential = claimed ?? credentials.of([String(authorization ?? '')]);
      this.actAs = actAs === undefined ? [] : [String(actAs)];
      await this.admit(0, true);
      await live.listen(this);
      await this.admit(0, false); // what was changed before anybody listened
      if (this.stop.signal.aborted) live.forget(this);
    } catch (error) {
      if (isForbidden(error)) return false;
      if (!isUnauthenticated(error)) throw error;
      this.close(CloseCode.Unauthorized, 'Unauthorized');
    }
    return undefined;
  }

  /** Who asks, as she is now, with so many points taken from her. Throws what a request would be refused with. */
  private async admit(points: number, isUse: boolean): Promise<Admitted> {
    if (!this.credential) throw unauthenticated();
    const { admit, askAgain, acting } = this.options;
    const askedAt = performance.now();
    const admitted = isUse
      ? await admit(this.request, this.credential, this.reader, points)
      : await askAgain(this.request, this.credential, points);
    const actor =
      this.actAs.length === 0 ? admitted.actor : await acting.actorFor(admitted.actor, this.actAs, this.reader);
    this.who = actor;
    this.askedAt = askedAt;
    return { ...admitted, actor };
  }

  private isFresh(): boolean {
    return performance.now() - this.askedAt < LEASE_MS;
  }

  /** What comes of an operation, for graphql-ws to send. */
  private async begin(id: string, asked: Asked, open: number): Promise<unknown> {
    if (open > MAX_ON_SOCKET) {
      return [refusal('RATE_LIMITED', `A socket carries up to ${MAX_ON_SOCKET} operations at a time.`)];
    }
    this.running++;
    try {
      const { gateway } = this.options;
      const { requested, refusal: unfit } = gateway.weigh(asked);
      const { actor, charged } = await this.admit(unfit ? 0 : requested, true);
      const bill: Bill = { requested, charged: charged.points, actual: 0, account: charged.account, weighed: true };
      if (unfit) return [refusal(unfit.code, unfit.message)];
      if (charged.retryAfter !== null) {
        const text = `This operation asks for ${requested} points, but fewer are left. Try again in ${charged.retryAfter} s.`;
        return [refusal('RATE_LIMITED', text, { retryAfter: charged.retryAfter })];
      }
      const stop = new AbortController();
      this.stop.signal.addEventListener('abort', () => stop.abort(LEFT), { once: true, signal: stop.signal });
      const ctx = gateway.contextFor(actor, this.options.store.reader(stop.signal), { requestId: newId(), bill, stop });
      const asking = gateway.subscriptionIn(asked);
      if (asking) return await this.follow(id, { asking, ctx, points: requested });
      const { text } = await gateway
        .answer({ method: 'POST', headers: HEADERS, search: '', body: { ...asked } }, ctx)
        .finally(() => charged.refund(bill.charged - bill.actual));
      const answer = JSON.parse(text ?? '{}') as { data?: unknown; errors?: GraphQLFormattedError[] };
      if (answer.data === undefined) return (answer.errors ?? []).map(asError);
      return { document: ANSWERED, contextValue: answer };
    } catch (error) {
      if (isLost(error)) throw error;
      return [asError(this.worded(error))];
    } finally {
      this.running--;
      if (this.running === 0) this.wake?.();
    }
  }

  private async follow(
    id: string,
    {
      asking,
      ctx,
      points,
    }: { asking: NonNullable<ReturnType<Gateway['subscriptionIn']>>; ctx: Context; points: number },
  ): Promise<unknown> {
    const payer = `${ctx.actor.workspaceId} ${userIdOf(ctx.actor)}`;
    const { gateway, ofPayer, cursors } = this.options;
    const count = (ofPayer.get(payer) ?? 0) + 1;
    if (count > MAX_OF_PAYER) {
      return [refusal('RATE_LIMITED', `Up to ${MAX_OF_PAYER} subscriptions may be open at a time.`)];
    }
    ofPayer.set(payer, count);
    const over = new AbortController();
    over.signal.addEventListener('abort', () => {
      this.places.delete(id);
      const left = (ofPayer.get(payer) ?? 1) - 1;
      if (left > 0) ofPayer.set(payer, left);
      else ofPayer.delete(payer);
    });
    const end = (): void => over.abort(LEFT);
    if (this.stop.signal.aborted)
      end(); // it was closed while she was looked up
    else this.stop.signal.addEventListener('abort', end, { once: true, signal: over.signal });
    const live: Live = {
      bounds: (log) => this.options.live.boundsOf(ctx.actor.workspaceId, log),
      beyond: (log, position, ms) =>
        this.options.live.beyond(ctx.actor.workspaceId, { log, position, ms }, over.signal),
      renew: (events) => this.affording(events * points, over.signal),
      cursorAt: (log, { epoch }, position) => {
        const place = `${payer} ${log} ${epoch} ${position}`;
        const known = cursors.get(place);
        if (known !== undefined) return known;
        const cursor = cursorOf(ctx, { epoch }, position, log);
        if (cursors.size >= KEPT_CURSORS) cursors.clear();
        cursors.set(place, cursor);
        return cursor;
      },
      together: (actor, question, run) =>
        this.options.together.ask(actor, question, (as) => run(this.commonContext(as, points))),
      isFresh: () => this.isFresh(),
      reached: (log, position, cursor) => {
        if (log === 'events') this.places.set(id, { position, cursor });
      },
      get isOver() {
        return over.signal.aborted;
      },
    };
    const opened = await gateway.subscribe(asking, Object.assign(ctx, { live })).catch((error: unknown) => {
      end();
      throw error;
    });
    if ('errors' in opened) {
      end();
      return opened.errors.map(asError);
    }
    const deliveries = this.deliveries(opened, { question: questionIn(asking), points, end });
    // A generator alone would end at its next delivery only.
    const iterator: AsyncGenerator<unknown> = {
      next: () => deliveries.next(),
      return: (value) => {
        end();
        return deliveries.return(value as undefined);
      },
      throw: (error) => deliveries.throw(error),
      [Symbol.asyncIterator]: () => iterator,
      [Symbol.asyncDispose]: async () => void (await iterator.return(undefined)),
    };
    return { document: asking.document, operationName: asking.operationName, contextValue: iterator };
  }

  private async *deliveries(
    { source, deliver }: Subscribed,
    { question, points, end }: { question: string; points: number; end: () => void },
  ): AsyncGenerator<unknown, undefined, undefined> {
    try {
      for await (const root of source) {
        const { cursor, ...envelope } = root as Told<object>;
        const { kind, thing } = envelope;
        const actor = this.actor();
        const about = `${kind} ${thing ? numberOf(thing) : ''}`;
        const { counted, texts, refusal } = await this.options.together.ask(
          actor,
          { of: question, about },
          async (as) => written(await deliver(this.commonContext(as, points), { ...envelope, cursor: CURSOR_PLACE })),
        );
        counted(actor);
        if (refusal) throw refusal;
        if (!this.isFresh()) await this.admit(0, false); // it took long to make
        yield { toJSON: () => this.announce(texts.join(cursor)) };
      }
    } catch (error) {
      if (this.stop.signal.aborted || error === LEFT) return;
      if (isLost(error)) {
        this.fail(error);
        return;
      }
      throw error instanceof GraphQLError && error.extensions.code ? error : asError(this.worded(error));
    } finally {
      end();
    }
  }

  /** What is read for everybody who asks the same, and stops with nobody. */
  private commonContext(actor: Actor, points: number): Context {
    const stop = new AbortController();
    const reader = this.options.store.reader(stop.signal);
    return this.options.gateway.contextFor(actor, reader, { requestId: newId(), bill: billOf(points), stop });
  }

  /** Text of an answer that is about to be sent, and what holds its place until then. */
  private announce(text: string): string {
    this.announced = text;
    return TEXT_PLACE;
  }

  /** Whoever asks, once she can afford it. */
  private async affording(points: number, signal: AbortSignal): Promise<Actor> {
    const most = this.options.gateway.limits.maxPointsPerMinute;
    for (;;) {
      const { actor, charged } = await this.admit(Math.min(points, most), false);
      if (charged.retryAfter === null) return actor;
      await pause(Math.min(charged.retryAfter, MAX_WAIT_SECONDS) * 1_000, signal);
      if (signal.aborted) throw LEFT;
    }
  }

  private send(message: string): Promise<void> {
    const { ws, announced } = this;
    this.announced = undefined;
    const data = announced === undefined ? message : withText(message, announced);
    if (ws.readyState !== ws.OPEN) return Promise.resolve();
    if (ws.bufferedAmount > SLOW_BYTES) {
      this.close(CLOSE.SLOW, this.cursor());
      return Promise.resolve();
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.close(CLOSE.SLOW, this.cursor());
      resolve();
    }, SLOW_MS);
    ws.send(data, () => {
      clearTimeout(timer);
      resolve(); // what could not be sent is over, and its socket says so
    });
    return promise;
  }

  private close(code: number, reason: string): void {
    if (this.ws.readyState === this.ws.CLOSED) return;
    this.ws.close(code, reason);
    this.over();
    this.timers.push(setTimeout(() => this.ws.terminate(), CLOSING_MS).unref());
  }

  /** Ends what is under way. */
  private over(): void {
    for (const timer of this.timers.splice(0)) clearTimeout(timer);
    this.options.live.forget(this);
    this.stop.abort(LEFT);
  }

  private keepAlive(): void {
    let isAnswered = true;
    this.ws.on('pong', () => {
      isAnswered = true;
    });
    this.timers.push(
      setInterval(() => {
        if (!isAnswered) return this.ws.terminate();
        isAnswered = false;
        this.ws.ping();
      }, PING_EVERY_MS).unref(),
    );
  }

  /** The place from which nothing is missing, whichever of her subscriptions she goes on with; empty before there is any. */
  private cursor(): string {
    const places = [...this.places.values()].sort((one, other) => one.position - other.position);
    return places[0]?.cursor ?? '';
  }

  private fail(error: unknown): void {
    if (this.stop.signal.aborted || error === LEFT) return;
    if (UNEXPECTED.test((error as Error).message)) this.close(CloseCode.BadRequest, 'Invalid message received');
    else if (isUnauthenticated(error) || isForbidden(error)) this.close(CLOSE.REVOKED, this.cursor());
    else if (isDatabaseTrouble(error) || isUnavailable(error)) this.close(CLOSE.NO_DATABASE, this.cursor());
    else {
      this.options.log.error({ err: error }, 'A socket failed');
      this.close(CloseCode.InternalServerError, 'Internal server error');
    }
  }

  /** What went wrong with one operation, in the words of its error. */
  private worded(error: unknown): GraphQLFormattedError {
    if (error instanceof Refusal) return { message: error.message, extensions: { code: error.code, ...error.facts } };
    if (error instanceof GraphQLError) return error.toJSON();
    const errorId = newId();
    this.options.log.error({ errorId, err: error }, 'An operation failed');
    return {
      message: `Something went wrong here. Quote error ${errorId} to the operator.`,
      extensions: { code: 'INTERNAL', errorId },
    };
  }
}

/** What graphql-ws throws over a message that only servers send. */
const UNEXPECTED = /^Unexpected message of type/;

/** Why something is stopped whose socket is gone. */
const LEFT = new Refusal('UNAVAILABLE', 'The client has left.');

/** Where the cursor of each receiver belongs in a text that is common to them, and such a text in a message. Nobody can
 *  have written either. */
const CURSOR_PLACE = `cursor-${randomUUID()}`;
const TEXT_PLACE = `text-${randomUUID()}`;

/** What comes of an execution for all who get it: the text around their cursors, or why their subscription ends. */
function written({ delivery, counted }: Delivered) {
  const { data, errors } = delivery;
  const isRefused = errors && Object.values(data ?? {}).every((value) => value === null);
  return {
    counted,
    texts: JSON.stringify(delivery).split(CURSOR_PLACE),
    refusal: isRefused ? asError(errors[0] ?? { message: '' }) : null,
  };
}

/** A message as graphql-ws writes it, with the text in its place. */
function withText(message: string, text: string): string {
  const end = `"${TEXT_PLACE}"}`;
  invariant(message.endsWith(end), 'The payload is not the last of a message any more.');
  return `${message.slice(0, -end.length)}${text}}`;
}

const numbers = new WeakMap<object, number>();
let last = 0;

/** Tells objects apart: those that are the same one have the same number. */
function numberOf(object: object): number {
  const known = numbers.get(object);
  if (known !== undefined) return known;
  last++;
  numbers.set(object, last);
  return last;
}

/** What a subscription asks of each thing that comes: its document, and all variables that say more than where it begins. */
function questionIn({ document, query, operationName, variables }: Asking): string {
  const values = { ...variables };
  for (const name of namesForAfterOnly(document, operationName)) delete values[name];
  return hash('sha256', JSON.stringify([query, operationName, values]));
}

/** Variables that are used for `after` of a root field and for nothing else. */
function namesForAfterOnly(document: DocumentNode, operationName: string | undefined): Set<string> {
  const operation = getOperationAST(document, operationName);
  const roots: readonly unknown[] = operation?.selectionSet.selections ?? [];
  const [names, elsewhere] = [new Set<string>(), new Set<string>()];
  visit(document, {
    VariableDefinition: () => false,
    Argument: ({ name, value }, _key, _parent, _path, above) => {
      if (name.value !== 'after' || value.kind !== Kind.VARIABLE || !roots.includes(above.at(-1))) return undefined;
      names.add(value.name.value);
      return false;
    },
    Variable: ({ name }) => void elsewhere.add(name.value),
  });
  for (const name of elsewhere) names.delete(name);
  return names;
}

/** Of a request with the same content. */
const HEADERS = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };

const billOf = (points: number): Bill => ({
  requested: points,
  charged: points,
  actual: 0,
  account: null,
  weighed: true,
});

const isUnauthenticated = (error: unknown): boolean => error instanceof Refusal && error.code === 'UNAUTHENTICATED';

const isForbidden = (error: unknown): boolean =>
  (error instanceof Refusal || error instanceof HttpError) && error.code === 'FORBIDDEN';

const isUnavailable = (error: unknown): boolean => error instanceof Refusal && error.code === 'UNAVAILABLE';

/** Whether the whole socket is over by it, and not one operation. */
const isLost = (error: unknown): boolean => isUnauthenticated(error) || isForbidden(error) || isDatabaseTrouble(error);

const refusal = (code: string, message: string, facts: Record<string, unknown> = {}): GraphQLError =>
  new GraphQLError(message, { extensions: { code, ...facts } });

const asError = ({ message, extensions }: GraphQLFormattedError): GraphQLError =>
  new GraphQLError(message, { extensions: { ...extensions } });

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const done = (): void => {
    clearTimeout(timer);
    resolve();
  };
  signal.addEventListener('abort', done, { once: true });
  return promise.finally(() => signal.removeEventListener('abort', done));
}
