// Puts workspace models into the database of a world, in one statement each table, and asks the gateway about them.

import { Readable } from 'node:stream';
import pg from 'pg';
import type { Limits } from '../../src/api/limits.js';
import { type Actor, operatorOf } from '../../src/gate/actor.js';
import { ALL_BITS, bitsOf, shareBitsOf } from '../../src/gate/capability.js';
import type { Id } from '../../src/lib/id.js';
import { keyedHash } from '../../src/lib/secret.js';
import { createPerson } from '../../src/people/lifecycle.js';
import { settled } from '../events/settling.js';
import { credentialsOf, openWorld, type SignedIn, type World } from '../world.js';
import type { Document } from './document.js';
import { type AskerModel, actorOf, impliedToo, type PersonModel, type WorkspaceModel } from './model.js';

export const RELATION = { id: 'rel', name: 'Related', type: 'RELATION', dataSourceId: null };
/** Whoever made a row stands in it as well. */
export const PEOPLE = { id: 'who', name: 'Who', type: 'PEOPLE' };
const COLUMNS = [
  { id: 'title', name: 'Name', type: 'TITLE' },
  RELATION,
  { id: 'by', name: 'Made by', type: 'CREATED_BY' },
  { id: 'last', name: 'Changed by', type: 'LAST_EDITED_BY' },
  PEOPLE,
];

export interface Answered {
  status: number;
  /** Status line, headers and body as they came, for the scanner. */
  bytes: string;
  body: {
    data?: Record<string, unknown> | null;
    errors?: {
      message: string;
      path?: (string | number)[];
      extensions?: { code?: string } & Record<string, unknown>;
    }[];
    extensions?: { redactions?: { coordinate: string; path: string; needs: string[][]; count: number }[] };
  };
}

/** Several random questions in one document may cost more than an operation may; what that says is tested elsewhere. */
const AMPLE_COST = 10_000;

/** A database that many small workspaces share, with a gateway in front of it. */
export class Garden implements AsyncDisposable {
  /** Somebody in each workspace who may act as any connection of it. */
  private readonly owners = new Map<Id, Promise<SignedIn>>();

  private constructor(
    readonly world: World,
    private readonly client: pg.Client,
  ) {}

  static async open(limits: Partial<Limits> = {}): Promise<Garden> {
    const world = await openWorld({ limits: { maxCost: AMPLE_COST, ...limits } });
    const client = new pg.Client({ connectionString: world.databaseUrl });
    await client.connect();
    return new Garden(world, client);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.end();
    await this.world[Symbol.asyncDispose]();
  }

  /** Writes the workspaces. What a model leaves to the tables has their defaults. */
  async plant(...workspaces: WorkspaceModel[]): Promise<void> {
    const rows = tablesOf(workspaces, (token) => keyedHash(this.world.store.keys.for('token-hash'), token));
    await this.client.query('begin');
    for (const [table, values] of Object.entries(rows)) {
      const [first] = values;
      if (!first) continue;
      const names = Object.keys(first).join(', ');
      await this.client.query(
        `insert into ${table} (${names}) select ${names} from jsonb_populate_recordset(null::${table}, $1)`,
        [JSON.stringify(values)],
      );
    }
    await this.client.query('commit');
  }

  /** Every page gets a picture that holds its title, under the id of the page. */
  async attach(...workspaces: WorkspaceModel[]): Promise<void> {
    const { files } = this.world.store;
    for (const { id: workspaceId, resources } of workspaces) {
      for (const { id, title } of resources.filter(({ kind }) => kind === 'Page')) {
        const draft = await files.draft(workspaceId, Readable.from([Buffer.from(title)]));
        await draft.keep();
        await this.client.query(
          `insert into file (workspace_id, id, page_id, name, content_type, size, sha256)
           values ($1, $2, $2, 'picture.png', 'image/png', $3, $4)`,
          [workspaceId, id, draft.size, draft.sha256],
        );
        await this.client.query(
          `update page set cover = jsonb_build_object('file', jsonb_build_object('name', 'picture.png', 'fileId', $2::uuid))
            where workspace_id = $1 and id = $2`,
          [workspaceId, id],
        );
      }
    }
  }

  /** Something happens to every resource there is, by whoever made it, and becomes an event. */
  async happen(): Promise<void> {
    await this.client.query(
      `insert into change (workspace_id, id, type, resource_id, resource_version, ancestors, actor_kind, actor_id)
       select r.workspace_id, gen_random_uuid(),
              case r.kind when 'Page' then 'PAGE_CONTENT_UPDATED' when 'Database' then 'DATABASE_MOVED'
                          else 'DATA_SOURCE_MOVED' end,
              r.id, 1, r.ancestors, 'PERSON', r.created_by
         from resource r
        where not exists (select from change c where c.workspace_id = r.workspace_id and c.resource_id = r.id)
       union all
       select m.workspace_id, gen_random_uuid(), 'COMMENT_UPDATED', m.id, 1, p.ancestors, 'PERSON', m.created_by
         from comment m join page p on p.workspace_id = m.workspace_id and p.id = m.page_id
        where not exists (select from change c where c.workspace_id = m.workspace_id and c.resource_id = m.id)`,
    );
    await settled(this.world);
  }

  /** Asks over HTTP with the connection's token, or in-process as a person. */
  async ask(workspace: WorkspaceModel, asker: AskerModel, document: Document): Promise<Answered> {
    if ('person' in asker) return this.askAs(personActor(workspace, asker.person), document);
    return this.send(credentialsOf(asker.connection.token), document);
  }

  /** Asks over HTTP as an owner, nowhere in the model, who acts as the connection. */
  async askActing(workspace: WorkspaceModel, { connection }: ByConnection, document: Document): Promise<Answered> {
    const owner = this.owners.get(workspace.id) ?? this.enrolOwner(workspace.id);
    this.owners.set(workspace.id, owner);
    return this.send(credentialsOf({ ...(await owner), actAs: connection.installationId }), document);
  }

  private async enrolOwner(workspaceId: Id): Promise<SignedIn> {
    const { world } = this;
    const caller = world.store.callerFor(operatorOf(workspaceId));
    const owner = await createPerson(caller, { name: 'Owner', email: `owner@${workspaceId}.example`, role: 'OWNER' });
    return { ...(await world.signedIn(owner)), workspaceId };
  }

  private async send(credentials: Record<string, string>, document: Document): Promise<Answered> {
    const response = await fetch(`${this.world.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...credentials },
      body: JSON.stringify(document),
    });
    const body = Buffer.from(await response.arrayBuffer()).toString('latin1');
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`);
    return {
      status: response.status,
      bytes: [response.statusText, ...headers, body].join('\r\n'),
      body: JSON.parse(Buffer.from(body, 'latin1').toString('utf8')),
    };
  }

  private async askAs(actor: Actor, { query, variables }: Document): Promise<Answered> {
    const { gateway, store } = this.world;
    const { body, http } = await gateway.apollo.executeOperation(
      { query, variables },
      { contextValue: gateway.contextFor(actor, store.reader()) },
    );
    if (body.kind !== 'single') throw new Error('Incremental delivery is not offered.');
    const bytes = JSON.stringify(body.singleResult);
    return { status: http.status ?? 200, bytes, body: JSON.parse(bytes) };
  }
}

type ByConnection = Extract<AskerModel, { connection: unknown }>;

const personActor = (workspace: WorkspaceModel, person: PersonModel): Actor =>
  actorOf(workspace, person, person.role === 'GUEST' ? ALL_BITS & ~bitsOf(['USER_READ_EMAIL']) : ALL_BITS);

function tablesOf(workspaces: WorkspaceModel[], hashOf: (token: string) => Buffer) {
  const rows: Record<string, object[]> = {
    workspace: [],
    person: [],
    membership: [],
    connection: [],
    installation: [],
    capability_grant: [],
    token: [],
    share: [],
    page: [],
    database: [],
    data_source: [],
    row_value: [],
    property_slot: [],
    block: [],
    discussion: [],
    comment: [],
  };
  let said = 0; // one after the other, a second apart
  const put = (table: string, row: object): void => void rows[table]!.push(row);
  const now = Date.now();
  const at = (minutes: number): string => new Date(now + minutes * 60_000).toISOString();
  const people = new Set<Id>();
  for (const workspace of workspaces) {
    const workspace_id = workspace.id;
    put('workspace', { id: workspace_id, name: workspace.name, version: 1, created_at: at(-900) });
    for (const { id, name, email, role } of workspace.people) {
      if (!people.has(id)) put('person', { id, name, email, created_at: at(-800) });
      people.add(id);
      put('membership', { workspace_id, person_id: id, role, created_at: at(-700) });
    }
    for (const connection of workspace.connections) {
      const { id, installationId, botId, name, token, installedBy } = connection;
      const capabilities = bitsOf(impliedToo(connection.capabilities));
      const made = { created_at: at(-600) };
      const grant = { workspace_id, id: newUuid(), installation_id: installationId, capabilities };
      const common = { workspace_id, id, name, status: 'ACTIVE', version: 1, ...made };
      put('connection', {
        ...common,
        kind: installedBy ? 'PUBLIC' : 'INTERNAL',
        capabilities,
        published_at: installedBy ? at(-600) : null,
        redirect_uris: [],
        selected_workspaces: [],
      });
      put('installation', {
        workspace_id,
        id: installationId,
        connection_id: id,
        bot_id: botId,
        installed_by: installedBy?.id ?? null,
        status: 'ACTIVE',
        ...made,
      });
      put('capability_grant', { ...grant, granted_at: at(-600), revoked_at: null });
      // An earlier, larger interval that has ended: it must count for nothing.
      put('capability_grant', {
        ...grant,
        id: newUuid(),
        capabilities: ALL_BITS,
        granted_at: at(-650),
        revoked_at: at(-600),
      });
      const hash = `\\x${hashOf(token).toString('hex')}`;
      put('token', {
        workspace_id,
        id: newUuid(),
        kind: installedBy ? 'ACCESS' : 'INTERNAL',
        family_id: installedBy ? newUuid() : null,
        installation_id: installationId,
        hash,
        last_four: token.slice(-4),
        ...made,
      });
    }
    const grantees = [
      ...workspace.connections.map((one) => ({
        installation_id: one.installationId,
        person_id: null,
        shares: one.shares,
      })),
      ...workspace.people.map((one) => ({ installation_id: null, person_id: one.id, shares: one.shares })),
    ];
    for (const { shares, ...grantee } of grantees) {
      for (const { resourceId: resource_id, access, state } of shares) {
        const expires_at = state === 'EXPIRED' ? at(-1) : state === 'EXPIRES_LATER' ? at(600) : null;
        const share = { workspace_id, id: newUuid(), ...grantee, resource_id, access: shareBitsOf(access), expires_at };
        put('share', { ...share, granted_at: at(-60), revoked_at: state === 'REVOKED' ? at(-1) : null });
      }
    }
    const ancestors = new Map<Id, Id[]>();
    for (const resource of workspace.resources) {
      const { id, parentId, kind, title } = resource;
      const path = [...(parentId === null ? [] : ancestors.get(parentId)!), id];
      ancestors.set(id, path);
      const parent = workspace.resources.find((one) => one.id === parentId);
      const row = {
        workspace_id,
        id,
        title,
        ancestors: path,
        in_trash: resource.inTrash,
        version: 1,
        created_at: resource.createdAt,
        created_by: resource.createdBy,
        last_edited_at: resource.lastEditedAt,
        last_edited_by: resource.createdBy,
      };
      if (kind === 'DataSource') {
        put('data_source', { ...row, database_id: parentId, properties: [...COLUMNS, ...(resource.columns ?? [])] });
        put('property_slot', { workspace_id, data_source_id: id, property_id: RELATION.id, slot: 'a1' });
        put('property_slot', { workspace_id, data_source_id: id, property_id: PEOPLE.id, slot: 'a2' });
        continue;
      }
      const parent_kind = !parent ? 'WORKSPACE' : parent.kind === 'DataSource' ? 'DATA_SOURCE' : 'PAGE';
      put(kind === 'Page' ? 'page' : 'database', { ...row, parent_kind, parent_id: parentId });
      if (kind === 'Page' && parent_kind === 'DATA_SOURCE') {
        const a1 = resource.relations.length > 0 ? resource.relations : null;
        const a2 = resource.createdBy === null ? null : [resource.createdBy]; // the models have one author for all
        const next = parent?.columns?.some(({ id }) => id === 'next') && a1;
        const props = { ...(a1 && { [RELATION.id]: a1 }), ...(next && { next }), ...(a2 && { [PEOPLE.id]: a2 }) };
        put('row_value', { workspace_id, data_source_id: parentId, page_id: id, props, a1, a2 });
      }
      for (const { id: discussion_id, blockId, isResolved, createdBy: created_by, comments } of resource.discussions) {
        const begun = { workspace_id, page_id: id, created_by };
        const created_at = at(-40 + said / 60);
        const resolved = { resolved_at: isResolved ? at(-1) : null, resolved_by: isResolved ? created_by : null };
        put('discussion', { ...begun, id: discussion_id, block_id: blockId, created_at, ...resolved });
        for (const { id, text, resourceId } of comments) {
          const moment = at(-40 + said++ / 60);
          put('comment', {
            ...begun,
            id,
            discussion_id,
            rich_text: [{ type: 'TEXT', text }, ...(resourceId ? [{ type: 'MENTION', resourceId }] : [])],
            mentions: resourceId ? [resourceId] : [],
            version: 1,
            created_at: moment,
            last_edited_at: moment,
          });
        }
      }
      resource.mentions.forEach(({ blockId, resourceId }, index) => {
        const richText = [
          { type: 'TEXT', text: 'See ' },
          { type: 'MENTION', resourceId },
        ];
        const place = {
          path: String(index).padStart(4, '0'),
          depth: 0,
          version: 1,
          created_at: at(-5),
          last_edited_at: at(-5),
        };
        const content = { type: 'PARAGRAPH', richText };
        put('block', {
          workspace_id,
          id: blockId,
          page_id: id,
          parent_id: null,
          content,
          mentions: [resourceId],
          ...place,
        });
      });
    }
  }
  return rows;
}

const newUuid = (): Id => crypto.randomUUID();
