// /metrics: what this process counts, for Prometheus. Labels have few values, all of them ours: types, codes and
// coordinates, never names, ids or anything a client chose. Served to this machine, and to who has the token.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Observer } from '../api/observe.js';
import { VERSION } from './version.js';

const OPERATION_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const STATEMENT_BUCKETS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Connections to the database. */
export interface PoolUse {
  inUse: number;
  idle: number;
  /** Requests that wait for one. */
  waiting: number;
}

export interface Metrics extends Observer {
  /** A request was refused before GraphQL had a say. */
  refused(code: string): void;
  /** A statement begins; the answer is called when it has ended. */
  statement(): (error?: unknown) => void;
  /** Where to read the pool from, once there is one. */
  watchPool(read: () => PoolUse): void;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
  contentType: string;
}

/** Counters of one server, on a registry of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const operations = new Counter({
    name: 'gatehouse_operations_total',
    help: 'Operations by type and outcome: OK, or the code of the first error. Type none: could not be read.',
    labelNames: ['type', 'outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'gatehouse_operation_duration_seconds',
    help: 'Time from the parsed request to its answer.',
    labelNames: ['type'],
    buckets: OPERATION_BUCKETS_S,
    registers,
  });
  const errors = new Counter({
    name: 'gatehouse_errors_total',
    help: 'Errors in answers by code, those of requests refused before GraphQL included.',
    labelNames: ['code'],
    registers,
  });
  const denials = new Counter({
    name: 'gatehouse_denials_total',
    help: 'Fields, arguments and inputs refused with an error, by schema coordinate.',
    labelNames: ['coordinate'],
    registers,
  });
  const redactions = new Counter({
    name: 'gatehouse_redactions_total',
    help: 'Values answered as null because a capability was missing, by schema coordinate.',
    labelNames: ['coordinate'],
    registers,
  });
  const statements = new Counter({
    name: 'gatehouse_statements_total',
    help: 'Statements sent to PostgreSQL, transaction control included, by how they ended.',
    labelNames: ['outcome'],
    registers,
  });
  const statementDuration = new Histogram({
    name: 'gatehouse_statement_duration_seconds',
    help: 'Time from sending a statement to the end of its answer.',
    buckets: STATEMENT_BUCKETS_S,
    registers,
  });
  let readPool: () => PoolUse = () => ({ inUse: 0, idle: 0, waiting: 0 });
  new Gauge({
    name: 'gatehouse_pool_connections',
    help: 'Connections to PostgreSQL by state.',
    labelNames: ['state'],
    registers,
    collect() {
      const { inUse, idle } = readPool();
      this.set({ state: 'in_use' }, inUse);
      this.set({ state: 'idle' }, idle);
    },
  });
  new Gauge({
    name: 'gatehouse_pool_waiting',
    help: 'Requests waiting for a connection to PostgreSQL.',
    registers,
    collect() {
      this.set(readPool().waiting);
    },
  });
  new Gauge({
    name: 'gatehouse_build_info',
    help: 'Always 1; its labels say what runs.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: VERSION, node: process.versions.node }, 1);

  return {
    operation: ({ type, codes, seconds, redactions: receipts }) => {
      operations.inc({ type: type ?? 'none', outcome: codes[0] ?? 'OK' });
      duration.observe({ type: type ?? 'none' }, seconds);
      for (const code of codes) errors.inc({ code });
      for (const { coordinate, count } of receipts) redactions.inc({ coordinate }, count);
    },
    denied: (coordinate) => denials.inc({ coordinate }),
    refused: (code) => errors.inc({ code }),
    statement: () => {
      const startedAt = performance.now();
      return (error) => {
        statements.inc({ outcome: error === undefined ? 'ok' : 'failed' });
        statementDuration.observe((performance.now() - startedAt) / 1_000);
      };
    },
    watchPool: (read) => {
      readPool = read;
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Answers a scrape; `false`, with nothing sent, when the asker may not know that there is something to scrape. */
export async function answerScrape(
  metrics: Metrics,
  request: IncomingMessage,
  response: ServerResponse,
  token?: string,
): Promise<boolean> {
  if (!(isFromThisMachine(request) || hasToken(request, token))) return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const text = request.method === 'HEAD' ? undefined : await metrics.text();
  response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' });
  response.end(text);
  return true;
}

/** Headers by which a proxy says that it asks for somebody else. */
const FORWARDING = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

/** The other end of the socket is a program here that asks for itself. What headers say about an address only ever
 *  takes the right away. */
function isFromThisMachine({ socket, headers }: IncomingMessage): boolean {
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:/i, '');
  return (peer === '::1' || /^127\./.test(peer)) && !FORWARDING.some((name) => name in headers);
}

function hasToken({ headersDistinct }: IncomingMessage, token: string | undefined): boolean {
  if (!token) return false;
  const [header = '', ...more] = headersDistinct.authorization ?? [];
  const given = /^Bearer +(\S+)$/i.exec(header)?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token)) && more.length === 0;
}

/** Equal lengths, so that comparing tells nothing about the length either. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
