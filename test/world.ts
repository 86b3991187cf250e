// A small world to test in: a workspace in a database of its own, a real server on a free port, and builders that
// fill in what a test does not care about. `await using world = await openWorld()` closes everything.

import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { print } from 'graphql';
import pg from 'pg';
import { inject } from 'vitest';
import { createGateway, type Gateway } from '../src/api/gateway.js';
import { DEFAULT_LIMITS, type Limits } from '../src/api/limits.js';
import { createConnection } from '../src/connection/lifecycle.js';
import type { BlockTree } from '../src/content/block-content.js';
import { operatorOf, type WorkspaceRole } from '../src/gate/actor.js';
import type { Capability, ShareAccess } from '../src/gate/capability.js';
import type { ImportPlan, PlannedDatabase, PlannedPage } from '../src/importer/plan.js';
import { writePlan } from '../src/importer/write-plan.js';
import { type Id, newId } from '../src/lib/id.js';
import { createLog } from '../src/lib/log.js';
import { createPerson } from '../src/people/lifecycle.js';
import { startSession } from '../src/people/session.js';
import { type PropertySchema, type StoredProps, TITLE_PROPERTY_ID } from '../src/property/property.js';
import { demoWorkspacesOf } from '../src/server/demo.js';
import { createHttpDoor } from '../src/server/http.js';
import { type EventLogKeeper, keepEventLog } from '../src/server/keep-event-log.js';
import { type LastUse, rememberLastUse } from '../src/server/last-use.js';
import { csrfTokenOf } from '../src/server/session-door.js';
import { grantShare, revokeShare } from '../src/share/lifecycle.js';
import { openStore, type Store } from '../src/store/store.js';
import { createWorkspace } from '../src/workspace/lifecycle.js';
import { TEMPLATE, urlOf } from './global-setup.js';

/** Who asks in a test: a connection with its token. */
export interface Asker {
  connectionId: Id;
  installationId: Id;
  token: string;
}

/** Who asks in a test as a person: she is signed in. */
export interface SignedIn {
  personId: Id;
  sessionId: Id;
  /** Secret of the session, as the cookie carries it. */
  secret: string;
  csrfToken: string;
  /** Sent as `Gatehouse-Workspace`; without it the workspace of the world. */
  workspaceId?: Id;
  /** Sent as `Gatehouse-Act-As`. */
  actAs?: Id;
}

export interface Answer<Data = Record<string, unknown>> {
  status: number;
  headers: Headers;
  /** The bytes of the body as they came. */
  text: string;
  data: Data | null | undefined;
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string; needs?: Capability[][] } }[];
  extensions?: { redactions?: { coordinate: string; path: string; needs: Capability[][]; count: number }[] };
}

export interface PageInput {
  id?: Id;
  title?: string;
  /** A page or a data source of this world; none for the top. */
  under?: Id;
  props?: StoredProps;
  blocks?: BlockTree[];
  lastEditedAt?: Date;
  createdAt?: Date;
}

export interface DatabaseInput {
  id?: Id;
  dataSourceId?: Id;
  title?: string;
  under?: Id;
  properties?: PropertySchema[];
}

export interface World extends AsyncDisposable {
  store: Store;
  gateway: Gateway;
  /** Writes when it is told to. */
  lastUse: LastUse;
  workspaceId: Id;
  /** http://127.0.0.1:…, without a path. */
  url: string;
  databaseUrl: string;
  dataDirectory: string;
  /** Text of every statement sent to PostgreSQL since the last `statements.length = 0`, transaction control included. */
  statements: string[];
  /** Every line that was logged. */
  logLines: string[];
  page(input?: PageInput): Promise<Id>;
  /** Many at once; parents before children. */
  pages(inputs: readonly (PageInput & { id: Id })[]): Promise<void>;
  database(input?: DatabaseInput): Promise<{ id: Id; dataSourceId: Id }>;
  person(input?: {
    name?: string;
    email?: string;
    role?: WorkspaceRole;
  }): Promise<{ id: Id; name: string; email: string }>;
  connection(capabilities: readonly Capability[], name?: string): Promise<Asker>;
  /** Somebody signed in, in this workspace, `minutesAgo` (0 by default: freshly). Spread `workspaceId` into it to ask in
   *  another one. */
  signedIn(person: { id: Id }, options?: { minutesAgo?: number }): Promise<SignedIn>;
  share(asker: Asker, resourceId: Id, options?: { access?: readonly ShareAccess[]; expiresAt?: Date }): Promise<Id>;
  unshare(shareId: Id): Promise<void>;
  /** Begins to make events of what is written, as a server does, until the world ends or what is answered is called. */
  keepLog(): () => Promise<void>;
  /** Asks over HTTP. */
  ask<Data, Variables>(
    asker: Asker | SignedIn,
    document: TypedDocumentNode<Data, Variables> | string,
    variables?: Variables,
  ): Promise<Answer<Data>>;
  /** Runs SQL past the gate: for putting a test's world into a state no command makes. */
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** Tests ask more in a minute than a program would; those of the budget say how much there is. So many that taking some
 *  changes nothing a double can hold: what remains is the same in every answer. */
const AMPLE_POINTS = 1e17;

/** Longer than any test: a statement in the middle of one would be counted. */
const NEVER_MS = 3_600_000;

let databases = 0;

/** Opens a world in a fresh copy of the template database. */
export async function openWorld(
  options: { name?: string; limits?: Partial<Limits>; poolSize?: number; clock?: () => Date } = {},
): Promise<World> {
  const postgres = inject('postgres');
  const database = `world_${process.pid}_${databases++}`;
  await onServer((client) => client.query(`create database ${database} template ${TEMPLATE}`));
  const dataDirectory = await mkdtemp(join(tmpdir(), 'gatehouse-world-'));
  const databaseUrl = urlOf(postgres, database);
  const statements: string[] = [];
  const logLines: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line) => void logLines.push(line) } });
  const store = await openStore({
    dataDirectory,
    databaseUrl,
    keyFile: inject('keyFile'),
    log,
    poolSize: options.poolSize ?? 4,
    onStatement: (text) => statements.push(text),
  });
  const limits = { ...DEFAULT_LIMITS, maxPointsPerMinute: AMPLE_POINTS, ...options.limits };
  let url = '';
  const gateway = await createGateway({
    store,
    log,
    limits,
    publicUrl: () => url,
    createDemoWorkspace: demoWorkspacesOf(store),
    ...(options.clock && { clock: options.clock }),
  });
  const lastUse = rememberLastUse({ em: store.em, log, writeEveryMs: NEVER_MS });
  const door = createHttpDoor({ gateway, store, log, lastUse });
  await new Promise<void>((resolve) => door.server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(door.server.address() as AddressInfo).port}`;
  const workspace = await createWorkspace(store, { name: options.name ?? 'Test' });
  const operating = store.callerFor(operatorOf(workspace.id));

  // The importer knows what it has written and skips it, so every builder writes the whole world again.
  const planned: { pages: PlannedPage[]; databases: PlannedDatabase[] } = { pages: [], databases: [] };
  const bodies = new Map<Id, BlockTree[]>();
  const write = async (): Promise<void> => {
    const plan: ImportPlan = { ...planned, files: [], inferred: [], skipped: [], fileCount: planned.pages.length };
    await writePlan({
      em: store.em,
      files: store.files,
      workspaceId: workspace.id,
      plan,
      blocksOf: async ({ id }) => bodies.get(id) ?? [],
    });
  };
  const plan = ({
    id,
    title = 'Untitled',
    under,
    props,
    lastEditedAt,
    createdAt,
    blocks = [],
  }: PageInput & { id: Id }): void => {
    const isRow = planned.databases.some(({ dataSourceId }) => dataSourceId === under);
    bodies.set(id, blocks);
    planned.pages.push({
      id,
      title,
      parent: under === undefined ? null : { kind: isRow ? 'DATA_SOURCE' : 'PAGE', id: under },
      ...(isRow && { props: props ?? {} }),
      createdAt: createdAt ?? null,
      lastEditedAt: lastEditedAt ?? null,
      sourcePath: null,
    });
  };

  const keepers: EventLogKeeper[] = [];
  const world: World = {
    store,
    gateway,
    lastUse,
    workspaceId: workspace.id,
    url,
    databaseUrl,
    dataDirectory,
    statements,
    logLines,
    page: async (input = {}) => {
      const id = input.id ?? newId();
      plan({ ...input, id });
      await write();
      return id;
    },
    pages: async (inputs) => {
      for (const input of inputs) plan(input);
      await write();
    },
    database: async ({ id = newId(), dataSourceId = newId(), title = 'Untitled', under, properties } = {}) => {
      planned.databases.push({
        id,
        dataSourceId,
        title,
        parent: under === undefined ? null : { kind: 'PAGE', id: under },
        properties: properties ?? [{ id: TITLE_PROPERTY_ID, name: 'Name', type: 'TITLE' }],
        createdAt: null,
        lastEditedAt: null,
        sourcePath: 'world',
      });
      await write();
      return { id, dataSourceId };
    },
    person: ({ name = 'Somebody', email = `${newId()}@example.org`, role = 'MEMBER' } = {}) =>
      createPerson(operating, { name, email, role }),
    connection: async (capabilities, name = 'Reader') => {
      const made = await createConnection(operating, { name, capabilities });
      return { connectionId: made.connection.id, installationId: made.installation.id, token: made.token };
    },
    share: async ({ connectionId }, resourceId, { access, expiresAt } = {}) =>
      (await grantShare(operating, { connectionId, resourceId, access, expiresAt })).share.id,
    unshare: async (shareId) => void (await revokeShare(operating, { id: shareId })),
    signedIn: async ({ id: personId }, { minutesAgo = 0 } = {}) => {
      const started = await store
        .em()
        .transactional((em) =>
          startSession(em as EntityManager, store, { personId, workspaceId: workspace.id }, () => {}),
        );
      await store
        .em()
        .execute('update session set signed_in_at = now() - make_interval(mins => ?) where id = ?', [
          minutesAgo,
          started.id,
        ]);
      const csrfToken = csrfTokenOf(store.keys, started.secret);
      return { personId, sessionId: started.id, secret: started.secret, csrfToken };
    },
    keepLog: () => {
      const keeper = keepEventLog({ store, log, days: 30, settled: door.news });
      keepers.push(keeper);
      return () => keeper.stop();
    },
    ask: (asker, document, variables) => post(`${url}/graphql`, asker, document, variables),
    sql: async (text, values = []) => {
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      try {
        return (await client.query(text, values)).rows;
      } finally {
        await client.end();
      }
    },
    async [Symbol.asyncDispose]() {
      for (const keeper of keepers) await keeper.stop();
      await door.drain(1_000);
      await gateway.stop();
      await store.close();
      await onServer((client) => client.query(`drop database ${database} with (force)`));
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
  return world;
}

/** What a request says about who sends it. */
export const credentialsOf = (asker: string | Asker | SignedIn): Record<string, string> => {
  if (typeof asker === 'string') return { authorization: `Bearer ${asker}` };
  if ('token' in asker) return { authorization: `Bearer ${asker.token}` };
  return {
    cookie: `gatehouse-session=${asker.secret}`,
    'x-csrf-token': asker.csrfToken,
    ...(asker.workspaceId !== undefined && { 'gatehouse-workspace': asker.workspaceId }),
    ...(asker.actAs !== undefined && { 'gatehouse-act-as': asker.actAs }),
  };
};

/** One GraphQL POST, by whoever holds a token or is signed in; the answer both parsed and as it came. */
export async function post<Data, Variables>(
  url: string,
  asker: string | Asker | SignedIn,
  document: TypedDocumentNode<Data, Variables> | string,
  variables?: Variables,
): Promise<Answer<Data>> {
  const query = typeof document === 'string' ? document : print(document);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...credentialsOf(asker) },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    ...(JSON.parse(text) as Pick<Answer<Data>, 'data'>),
  };
}

async function onServer(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ ...inject('postgres'), database: 'postgres' });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
