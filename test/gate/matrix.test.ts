// Every query, every mutation and every field that is for some actors only, asked by everybody. The answers are a
// snapshot that is reviewed: whoever adds a field or a rule sees who gains by it.

import { getNamedType, isInputObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildGatewaySchema } from '../../src/api/schema.js';
import { newId } from '../../src/lib/id.js';
import { sealExcerpt } from '../../src/webhook/excerpt.js';
import { mintSigningSecret, sealSigningSecret } from '../../src/webhook/secret.js';
import { openWorld, type World } from '../world.js';
import { type Came, openStage, type Stage } from './stage.js';

const { schema, rules } = buildGatewaySchema();
const queries = Object.values(schema.getQueryType()!.getFields());
const mutations = Object.values(schema.getMutationType()!.getFields());

let world: World;
beforeAll(async () => {
  world = await openWorld();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

/** Input of each mutation, on things made for it; `null` where it takes none. */
const INPUTS: Record<string, ((stage: Stage) => Promise<object>) | null> = {
  addGroupMembers: async (s) => ({ groupId: await group(s), personIds: [await s.person()] }),
  addTeamspaceMember: async (s) => ({ teamspaceId: await teamspace(s), personId: await s.person() }),
  appendBlocks: async (s) => ({ pageId: await s.page(), blocks: [{ divider: true }] }),
  approveConnection: async (s) => ({ connectionId: (await s.connection()).id }),
  approveUpgrade: async (s) => ({ installationId: (await s.connection()).installationId }),
  createComment: async (s) => ({ parent: { pageId: await s.page() }, text: 'New' }),
  completeFileUpload: async () => ({ id: newId() }),
  createFileUpload: async () => ({ name: 'a.txt' }),
  startImport: async () => ({ fileUploadId: newId() }),
  createDataSource: async (s) => ({ databaseId: (await database(s)).id }),
  createDatabase: async () => ({ parent: { workspace: true } }),
  createPage: async () => ({ parent: { workspace: true } }),
  createConnection: async () => ({ name: 'New', capabilities: ['CONTENT_READ'] }),
  createDemoWorkspace: null,
  createGroup: async () => ({ name: `New ${newId()}` }),
  createPasskey: async () => ({ name: 'New', response: {} }),
  createPersonalAccessToken: async () => ({ name: 'New' }),
  createRows: async (s) => ({ dataSourceId: (await database(s)).dataSourceId, rows: [{ title: 'New' }] }),
  createTeamspace: async () => ({ name: 'New' }),
  createWorkspace: async () => ({ name: 'New' }),
  createWebhookSubscription: async (s) => ({
    connectionId: s.connectionId,
    url: 'https://hooks.example.org/in',
    eventTypes: ['PAGE_CREATED'],
  }),
  deleteGroup: async (s) => ({ groupId: await group(s) }),
  deletePasskey: async () => ({ id: newId() }),
  deleteComment: async (s) => ({ id: (await comment(s)).id }),
  deleteBlock: async (s) => ({ id: await block(s) }),
  deleteConnection: async (s) => ({ id: (await s.connection()).id }),
  deleteDataSource: async (s) => ({ id: (await database(s, 'data_source')).dataSourceId }),
  deleteDatabase: async (s) => ({ id: (await database(s, 'database')).id }),
  deletePage: async (s) => ({ id: await pageThat(s, 'in_trash = true, trashed_with = id') }),
  deleteWebhookSubscription: async (s) => ({ id: await endpoint(s) }),
  deleteWorkspace: async (s) => ({ name: s.workspaceName }),
  disapproveConnection: async (s) => ({ connectionId: await approved(s) }),
  endOtherSessions: null,
  endSession: async () => ({ id: newId() }),
  grantShare: async (s) => ({ installationId: s.installationId, resourceId: await s.page() }),
  inviteMember: async () => ({ email: `${newId()}@example.org`, role: 'OWNER' }),
  leaveWorkspace: null,
  lockDatabase: async (s) => ({ id: (await database(s)).id }),
  lockPage: async (s) => ({ id: await s.page() }),
  moveDataSource: async (s) => ({ id: (await database(s)).dataSourceId, databaseId: (await database(s)).id }),
  moveBlock: async (s) => ({ id: await block(s), position: { start: true } }),
  moveDatabase: async (s) => ({ id: (await database(s)).id, parent: { pageId: await s.page() } }),
  movePage: async (s) => ({ id: await s.page(), parent: { pageId: await s.page() } }),
  pauseWebhookSubscription: async (s) => ({ id: await endpoint(s) }),
  publishConnection: async (s) => ({ id: await s.publishable() }),
  removeGroupMembers: async (s) => {
    const personId = await s.person();
    return { groupId: await group(s, personId), personIds: [personId] };
  },
  removeMember: async (s) => ({ personId: await s.person() }),
  removeTeamspaceMember: async (s) => ({ teamspaceId: await teamspace(s), personId: await s.person() }),
  replaceMarkdown: async (s) => ({ pageId: await s.page(), markdown: 'New' }),
  resolveDiscussion: async (s) => ({ id: (await comment(s)).discussionId }),
  redeliver: async (s) => ({ id: await sentEvent(s, await endpoint(s)) }),
  replayDeliveries: async (s) => ({ id: await endpoint(s), fromSequence: 1, toSequence: 9 }),
  resendWebhookVerification: async (s) => ({ id: await endpoint(s, 'PENDING') }),
  restoreDataSource: async (s) => ({ id: (await database(s, 'data_source')).dataSourceId }),
  restoreDatabase: async (s) => ({ id: (await database(s, 'database')).id }),
  restorePage: async (s) => ({ id: await pageThat(s, 'in_trash = true, trashed_with = id') }),
  resumeConnection: async (s) => ({ id: await suspended(s) }),
  resumeWebhookSubscription: async (s) => ({ id: await endpoint(s, 'PAUSED') }),
  revealToken: async (s) => ({ connectionId: (await s.connection()).id }),
  revokePersonalAccessToken: async (s) => ({ id: await foreignToken(s) }),
  revokeShare: async (s) => ({ id: await shared(s) }),
  revokeToken: async (s) => ({ connectionId: (await s.connection()).id }),
  rotateClientSecret: async (s) => ({ connectionId: await published(s) }),
  rotateSigningSecret: async (s) => ({ id: await endpoint(s) }),
  rotateToken: async (s) => ({ connectionId: (await s.connection()).id }),
  startPasskey: null,
  suspendConnection: async (s) => ({ id: (await s.connection()).id }),
  trashDataSource: async (s) => ({ id: (await database(s)).dataSourceId }),
  trashDatabase: async (s) => ({ id: (await database(s)).id }),
  trashPage: async (s) => ({ id: await s.page() }),
  uninstallConnection: async (s) => ({ installationId: await installed(s) }),
  unlockDatabase: async (s) => ({ id: (await database(s)).id }),
  unlockPage: async (s) => ({ id: await pageThat(s, 'locked = true') }),
  updateComment: async (s) => ({ id: (await comment(s)).id, text: 'New' }),
  updateConnection: async (s) => ({ id: s.connectionId, name: `Renamed ${newId()}` }),
  updateGroup: async (s) => ({ groupId: await group(s), name: `Renamed ${newId()}` }),
  updateDataSource: async (s) => ({ id: (await database(s)).dataSourceId, title: 'Renamed' }),
  updateBlock: async (s) => ({ id: await block(s), block: { paragraph: { text: 'New' } } }),
  updateDatabase: async (s) => ({ id: (await database(s)).id, title: 'Renamed' }),
  updateMember: async (s) => ({ personId: await s.person(), role: 'OWNER' }),
  updatePage: async (s) => ({ id: await s.page(), title: 'Renamed' }),
  updatePassword: async () => ({ currentPassword: 'wrong wrong wrong', newPassword: 'correct horse battery staple' }),
  updateProfile: async () => ({ name: 'Renamed' }),
  updateRedirectUris: async (s) => ({
    connectionId: (await s.connection()).id,
    redirectUris: ['https://app.example.org/callback'],
  }),
  updateRows: async (s) => ({ rows: [{ id: await row(s), title: 'Renamed' }] }),
  updateShare: async (s) => ({ id: await shared(s), access: ['READ'] }),
  updateTeamspace: async (s) => ({ teamspaceId: await teamspace(s), name: 'Renamed' }),
  testWebhookSubscription: async (s) => {
    // They are counted by the minute.
    await world.sql(`update delivery set created_at = created_at - interval '1 hour' where kind = 'TEST'`);
    return { id: await endpoint(s) };
  },
  updateWebhookSubscription: async (s) => ({ id: await endpoint(s), lane: 'RESOURCE' }),
  updateWorkspace: async (s) => ({ expectedVersion: await versionOf(s, 'version'), name: s.workspaceName }),
  updateWorkspacePolicy: async (s) => ({
    expectedVersion: await versionOf(s, 'policy_version'),
    webhookActions: (await versionOf(s, 'policy_version')) % 2 === 0,
  }),
  verifyWebhookSubscription: async (s) => {
    const id = await endpoint(s, 'PENDING');
    return { id, token: SECRET };
  },
};

/** What the connection at the door may do: it looks after its own endpoints. */
const OF_ITSELF = /Webhook|SigningSecret|redeliver|replayDeliveries/;

/** These end the workspace, or the place of who asks in it: each visitor gets a stage of her own. */
const FINAL = new Set(['deleteWorkspace', 'leaveWorkspace']);

/** How to ask for what is for some actors only, and stands on something else. */
const FIELDS: Record<string, (stage: Stage) => string | Promise<string>> = {
  'AuditEntry.*': () => '{ viewer { workspace { found: auditEntries(first: 1) { nodes { action } } } } }',
  'Bot.installationId': () =>
    '{ users(filter: { name: { eq: "Board" } }) { nodes { ... on Bot { found: installationId } } } }',
  'Connection.createdBy': (s) => `{ connection(id: "${s.connectionId}") { found: createdBy { id } name } }`,
  'Connection.publishChecklist': (s) => `{ connection(id: "${s.connectionId}") { found: publishChecklist { done } } }`,
  'Connection.redirectUris': (s) => `{ connection(id: "${s.connectionId}") { found: redirectUris } }`,
  'Connection.selectedWorkspaces': (s) => `{ connection(id: "${s.connectionId}") { found: selectedWorkspaces } }`,
  'Connection.usage': (s) => `{ connection(id: "${s.connectionId}") { found: usage { requests } } }`,
  'Group.members': async (s) => `{ user(id: "${await group(s)}") { ... on Group { found: members { totalCount } } } }`,
  'Installation.usage': (s) => `{ connection: installation(id: "${s.installationId}") { found: usage { requests } } }`,
  'Connection.tokens': (s) => `{ connection(id: "${s.connectionId}") { found: tokens { lastFour } } }`,
  'Connection.webhookSubscriptions': (s) =>
    `{ connection(id: "${s.connectionId}") { found: webhookSubscriptions { id } } }`,
  'Installation.webhookDeliveries': (s) =>
    `{ connection: installation(id: "${s.installationId}") { found: webhookDeliveries { totalCount } } }`,
  'Attempt.request': async (s) =>
    `{ connection: node(id: "${await endpoint(s)}") { ... on WebhookSubscription { deliveries { nodes { attempts { found: request { body } } } } } } }`,
  'Attempt.response': async (s) =>
    `{ connection: node(id: "${await endpoint(s)}") { ... on WebhookSubscription { deliveries { nodes { attempts { found: response { body } } } } } } }`,
  'Page.sharedWith': async (s) => `{ page(id: "${await sharedPage(s)}") { found: sharedWith { totalCount } } }`,
  'Viewer.passkeys': () => '{ viewer { found: passkeys { id } } }',
  'Viewer.personalAccessTokens': () => '{ viewer { found: personalAccessTokens { totalCount } } }',
  'Viewer.sessions': () => '{ viewer { found: sessions { id } } }',
  'Workspace.auditEntries': () => '{ viewer { workspace { found: auditEntries(first: 1) { nodes { id } } } } }',
  'Workspace.connections': () => '{ viewer { workspace { found: connections { totalCount } } } }',
  'Workspace.groups': () => '{ viewer { workspace { found: groups { totalCount } } } }',
  'Workspace.members': () => '{ viewer { workspace { found: members { totalCount } } } }',
  'Workspace.personalAccessTokens': () => '{ viewer { workspace { found: personalAccessTokens { totalCount } } } }',
  'Workspace.policy': () => '{ viewer { workspace { found: policy { webhookActions } } } }',
  'Workspace.shareCandidates': () => '{ viewer { workspace { found: shareCandidates { totalCount } } } }',
  'Workspace.teamspaces': () => '{ viewer { workspace { found: teamspaces { totalCount } } } }',
};

/** Arguments of queries. */
const ARGUMENTS: Record<string, (stage: Stage) => Promise<string>> = {
  connection: async (s) => `id: "${s.connectionId}"`,
  dataSource: async () => `id: "${newId()}"`,
  database: async () => `id: "${newId()}"`,
  discussions: async (s) => `pageId: "${await sharedPage(s)}"`,
  explainAccess: async (s) => `question: { about: { connectionId: "${s.connectionId}" } }`,
  effectiveAccess: async (s) => `connectionId: "${s.connectionId}"`,
  fileUpload: async () => `id: "${newId()}"`,
  fieldAccess: async () => 'coordinates: ["Person.email"]',
  installation: async (s) => `id: "${s.installationId}"`,
  node: async (s) => `id: "${await s.page()}"`,
  nodes: async (s) => `ids: ["${await s.page()}"]`,
  page: async (s) => `id: "${await s.page()}"`,
  search: async () => 'query: "page"',
  user: async (s) => `id: "${await s.person()}"`,
};

/** Who got the same answer, in the order of who may more. */
function line(answers: readonly (readonly [visitor: string, answer: string])[]): string {
  const groups = Map.groupBy(answers, ([, answer]) => answer);
  return [...groups].map(([answer, of]) => `${answer}: ${of.map(([visitor]) => visitor).join(', ')}`).join(' | ');
}

const outcome = ({ status, data, code }: Came, key: string): string => {
  if (status === 401) return 'UNAUTHENTICATED';
  const payload = data?.[key] as { userErrors?: { code: string }[] } | null | undefined;
  return payload?.userErrors?.[0]?.code ?? code ?? (payload == null ? 'null' : 'yes');
};

describe('Everybody at every door', () => {
  test('every mutation', { timeout: 300_000 }, async () => {
    expect(Object.keys(INPUTS).sort()).toEqual(mutations.map(({ name }) => name).sort());
    const lines: string[] = [];
    for (const mutation of mutations) {
      const { name, args } = mutation;
      const inputOf = INPUTS[name];
      const type = args.find((arg) => arg.name === 'input')?.type;
      expect(type === undefined || isInputObjectType(getNamedType(type))).toBe(true);
      let stage = await openStage(world);
      const answers: (readonly [string, string])[] = [];
      for (const index of stage.visitors.keys()) {
        if (FINAL.has(name) && index > 0) stage = await openStage(world);
        const visitor = stage.visitors[index]!;
        const input = inputOf ? await inputOf(stage) : undefined;
        const before = await powersOf(stage);
        const came = await visitor.ask(
          input
            ? `mutation M($input: ${String(type)}) { ${name}(input: $input) { userErrors { code } } }`
            : `mutation M { ${name} { userErrors { code } } }`,
          input && { input },
        );
        const answer = outcome(came, name);
        if (answer !== 'yes') expect(await powersOf(stage), `${name} by ${visitor.name}`).toEqual(before);
        // An upload is nobody's but the uploader's, and about nothing, until she puts it somewhere.
        const isItsOwn = name === 'createFileUpload' || (visitor.name === 'connection' && OF_ITSELF.test(name));
        if (['connection', 'client'].includes(visitor.name) && !isItsOwn) expect(answer, name).not.toBe('yes');
        if (visitor.name === 'owner acting as it') expect(answer, name).toBe('FORBIDDEN');
        answers.push([visitor.name, answer]);
      }
      lines.push(`${name}: ${line(answers)}`);
    }
    expect(lines.sort().join('\n')).toMatchSnapshot();
  });

  test('every query', { timeout: 120_000 }, async () => {
    const stage = await openStage(world);
    const lines: string[] = [];
    for (const { name, args, type } of queries) {
      const given = (await ARGUMENTS[name]?.(stage)) ?? '';
      expect(given !== '' || !args.some((arg) => String(arg.type).endsWith('!')), `${name} needs arguments`).toBe(true);
      const leaf = ['String'].includes(getNamedType(type).name);
      const answers: (readonly [string, string])[] = [];
      for (const visitor of stage.visitors) {
        const came = await visitor.ask(`{ ${name}${given ? `(${given})` : ''} ${leaf ? '' : '{ __typename }'} }`);
        const found = came.data?.[name];
        answers.push([visitor.name, Array.isArray(found) && found[0] === null ? 'null' : outcome(came, name)]);
      }
      lines.push(`${name}: ${line(answers)}`);
    }
    expect(lines.sort().join('\n')).toMatchSnapshot();
  });

  test('every field that is for some actors only', { timeout: 120_000 }, async () => {
    // Subscriptions are asked over sockets, in test/server/socket.test.ts.
    const guarded = [...rules.fields.values()]
      .filter(({ coordinate, actors }) => actors.length > 0 && !/^(Mutation|Query|Subscription)\./.test(coordinate))
      .map(({ coordinate }) => coordinate);
    const covered = (coordinate: string) =>
      coordinate in FIELDS || `${coordinate.split('.')[0]}.*` in FIELDS || isOfInterface(coordinate);
    expect(guarded.filter((coordinate) => !covered(coordinate))).toEqual([]);
    const stage = await openStage(world);
    const lines: string[] = [];
    for (const [coordinate, document] of Object.entries(FIELDS)) {
      const answers: (readonly [string, string])[] = [];
      for (const visitor of stage.visitors) {
        const { status, data, code } = await visitor.ask(await document(stage));
        const text = JSON.stringify(data ?? null);
        const shown = status === 401 ? 'UNAUTHENTICATED' : (code ?? (text.includes('"found":null') ? 'null' : 'yes'));
        const missing = /"(connection|page)":null/.test(text) ? 'null' : shown;
        answers.push([visitor.name, missing]);
      }
      lines.push(`${coordinate}: ${line(answers)}`);
    }
    expect(lines.sort().join('\n')).toMatchSnapshot();
  });
});

/** What hangs on the connection at the door: neither it nor anybody who is refused may have changed it. */
const powersOf = ({ installationId }: Stage) =>
  world.sql(
    `select i.status, c.status as of_connection, c.capabilities,
            array(select capabilities from capability_grant g where g.installation_id = i.id and g.revoked_at is null) as grants,
            (select count(*)::int from share s where s.installation_id = i.id and s.revoked_at is null) as shares,
            (select count(*)::int from token t where t.installation_id = i.id and t.revoked_at is null) as tokens
       from installation i join connection c on c.id = i.connection_id where i.id = $1`,
    [installationId],
  );

/** The same field of an interface's types is asked at one of them. */
const isOfInterface = (coordinate: string): boolean => {
  const [type = '', field] = coordinate.split('.');
  return ['Resource', 'Database', 'DataSource'].includes(type) && `Page.${field}` in FIELDS;
};

/** A page that something is said of. */
async function pageThat(stage: Stage, is: string): Promise<string> {
  const id = await stage.page();
  await world.sql(`update page set ${is} where id = $1`, [id]);
  return id;
}

/** A database with a data source, one of which lies in the trash when it is named. */
async function database(
  { workspaceId }: Stage,
  thrownAway?: 'database' | 'data_source',
): Promise<{ id: string; dataSourceId: string }> {
  const [id, dataSourceId] = [newId(), newId()];
  await world.sql(
    `insert into database (workspace_id, id, parent_kind, title, ancestors) values ($1, $2, 'WORKSPACE', 'Database', array[$2::uuid])`,
    [workspaceId, id],
  );
  await world.sql(
    `insert into data_source (workspace_id, id, database_id, title, properties, ancestors)
     values ($1, $2, $3, 'Rows', '[{"id": "title", "name": "Name", "type": "TITLE"}]', array[$3::uuid, $2::uuid])`,
    [workspaceId, dataSourceId, id],
  );
  if (thrownAway) {
    const thrown = thrownAway === 'database' ? id : dataSourceId;
    await world.sql(`update ${thrownAway} set in_trash = true, trashed_with = id where id = $1`, [thrown]);
  }
  return { id, dataSourceId };
}

async function row(stage: Stage): Promise<string> {
  const [id, { id: databaseId, dataSourceId }] = [await stage.page(), await database(stage)];
  await world.sql(
    `update page set parent_kind = 'DATA_SOURCE', parent_id = $2, ancestors = array[$3::uuid, $2::uuid, id] where id = $1`,
    [id, dataSourceId, databaseId],
  );
  return id;
}

/** A page that is shared with the connection at the door. */
async function sharedPage(stage: Stage): Promise<string> {
  const id = await stage.page();
  await shared(stage, id);
  return id;
}

/** A share of the connection at the door. */
async function shared(stage: Stage, pageId?: string): Promise<string> {
  const id = newId();
  await world.sql(
    'insert into share (workspace_id, id, installation_id, resource_id, access) values ($1, $2, $3, $4, 31)',
    [stage.workspaceId, id, stage.installationId, pageId ?? (await stage.page())],
  );
  return id;
}

const SECRET = mintSigningSecret();

/** An endpoint of the connection at the door, to which something was sent. */
async function endpoint({ workspaceId, connectionId }: Stage, state = 'ACTIVE'): Promise<string> {
  const [id, deliveryId] = [newId(), newId()];
  const { keys } = world.store;
  const excerpt = sealExcerpt(keys, { workspaceId, id: deliveryId }, { headers: {}, body: 'Body' });
  await world.sql(`update webhook_subscription set deleted_at = now() where connection_id = $1`, [connectionId]);
  await world.sql(
    `insert into webhook_subscription (workspace_id, id, connection_id, url, event_types, state, secret, handshake_expires_at)
     values ($1, $2, $3, 'https://hooks.example.org/in', '{PAGE_CREATED}', $4, $5, now() + interval '1 day')`,
    [workspaceId, id, connectionId, state, sealSigningSecret(keys, { workspaceId, id }, SECRET)],
  );
  await world.sql('insert into webhook_endpoint (workspace_id, subscription_id) values ($1, $2)', [workspaceId, id]);
  await world.sql(`insert into delivery (workspace_id, id, subscription_id, kind) values ($1, $2, $3, 'TEST')`, [
    workspaceId,
    deliveryId,
    id,
  ]);
  await world.sql(
    `insert into attempt (workspace_id, delivery_id, round, n, started_at, outcome, request, response)
     values ($1, $2, 1, 1, now(), 'DELIVERED', $3, $3)`,
    [workspaceId, deliveryId, excerpt],
  );
  return id;
}

/** An event that arrived there. */
async function sentEvent({ workspaceId }: Stage, subscriptionId: string): Promise<string> {
  const id = newId();
  await world.sql(
    `insert into delivery (workspace_id, id, subscription_id, event_position, event_id, event_type, sequence, state, finished_at)
     values ($1, $2, $3, 1, $2, 'PAGE_CREATED', 1, 'DELIVERED', now())`,
    [workspaceId, id, subscriptionId],
  );
  return id;
}

async function teamspace({ workspaceId }: Stage): Promise<string> {
  const id = newId();
  await world.sql(`insert into teamspace (workspace_id, id, name) values ($1, $2, 'Team')`, [workspaceId, id]);
  return id;
}

async function group({ workspaceId }: Stage, personId?: string): Promise<string> {
  const id = newId();
  await world.sql('insert into person_group (workspace_id, id, name) values ($1, $2::uuid, $2::text)', [
    workspaceId,
    id,
  ]);
  if (personId) {
    await world.sql('insert into person_group_member (workspace_id, group_id, person_id) values ($1, $2, $3)', [
      workspaceId,
      id,
      personId,
    ]);
  }
  return id;
}

async function block(stage: Stage): Promise<string> {
  const id = newId();
  await world.sql(
    `insert into block (workspace_id, id, page_id, path, depth, content) values ($1, $2, $3, 'V', 0, '{"type": "PARAGRAPH", "richText": []}')`,
    [stage.workspaceId, id, await stage.page()],
  );
  return id;
}

/** Of nobody in particular. */
async function comment(stage: Stage): Promise<{ id: string; discussionId: string }> {
  const [id, discussionId, pageId] = [newId(), newId(), await stage.page()];
  await world.sql('insert into discussion (workspace_id, id, page_id, created_at) values ($1, $2, $3, now())', [
    stage.workspaceId,
    discussionId,
    pageId,
  ]);
  await world.sql(
    `insert into comment (workspace_id, id, discussion_id, page_id, rich_text, created_at, last_edited_at)
     values ($1, $2, $3, $4, '[{"type": "TEXT", "text": "Old"}]', now(), now())`,
    [stage.workspaceId, id, discussionId, pageId],
  );
  return { id, discussionId };
}

async function suspended(stage: Stage): Promise<string> {
  const { id } = await stage.connection();
  await world.sql(`update connection set status = 'SUSPENDED', suspended_at = now() where id = $1`, [id]);
  return id;
}

async function published(stage: Stage): Promise<string> {
  const id = await stage.publishable();
  await world.sql(`update connection set kind = 'PUBLIC', published_at = now() where id = $1`, [id]);
  return id;
}

/** A public connection that somebody else installed. */
async function installed(stage: Stage): Promise<string> {
  const [id, person, connectionId] = [newId(), await stage.person(), await published(stage)];
  await world.sql(
    `insert into installation (workspace_id, id, connection_id, bot_id, installed_by, status) values ($1, $2, $3, $4, $5, 'ACTIVE')`,
    [stage.workspaceId, id, connectionId, newId(), person],
  );
  return id;
}

async function approved(stage: Stage): Promise<string> {
  const { id } = await stage.connection();
  const operator = stage.visitors.find(({ name }) => name === 'operator')!;
  await operator.ask(
    'mutation M($input: ApproveConnectionInput!) { approveConnection(input: $input) { userErrors { code } } }',
    { input: { connectionId: id } },
  );
  return id;
}

/** A personal token of somebody else. */
async function foreignToken(stage: Stage): Promise<string> {
  const [id, person] = [newId(), await stage.person('OWNER')];
  await world.sql(
    `insert into personal_access_token (workspace_id, id, person_id, name, hash, last_four, capabilities, administer, expires_at)
     values ($1, $2, $3, 'Other', decode(md5(random()::text), 'hex'), 'abcd', 1, false, now() + interval '1 day')`,
    [stage.workspaceId, id, person],
  );
  return id;
}

async function versionOf({ workspaceId }: Stage, column: string): Promise<number> {
  const [row] = await world.sql<{ version: number }>(`select ${column} as version from workspace where id = $1`, [
    workspaceId,
  ]);
  return row!.version;
}
