// Why may it, or why may it not? What owners are told, what a connection is told about itself, and what neither is.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/gate/actor.js';
import { type Id, newId } from '../../src/lib/id.js';
import { askAs, mutate, operatorIn, signedIn } from '../asking.js';
import { type Asker, openWorld, type World } from '../world.js';

interface Step {
  asked: string;
  outcome: string;
  detail: string;
  needs: string[][] | null;
  has: string[] | null;
  remedy: string | null;
  shares: { id: string; state: string; access: string[]; resource: { title: string } | null }[];
}
interface Explained {
  allowed: boolean;
  sentence: string;
  resource: { id: string; title: string | null } | null;
  installedBy: { name: string | null } | null;
  steps: Step[];
}

const EXPLAIN = `query Why($question: AccessQuestion!) { explainAccess(question: $question) {
  allowed sentence resource { id title } installedBy { id name }
  steps { asked outcome detail needs has remedy
    shares { id state access grantedAt expiresAt revokedAt resource { id title } grantedBy { id } } } } }`;

let world: World;
let owner: Actor;
let team: Id;
let plan: Id;
let apart: Id;
let source: Id;

beforeAll(async () => {
  world = await openWorld();
  owner = signedIn(world, await world.person({ name: 'Olga', role: 'OWNER' }), 'OWNER');
  team = await world.page({ title: 'Team' });
  plan = await world.page({ title: 'Plan', under: team });
  apart = await world.page({ title: 'Apart' });
  source = (await world.database({ title: 'Tasks', under: team })).dataSourceId;
});
afterAll(() => world[Symbol.asyncDispose]());

const codesOf = async (actor: Actor, question: object) =>
  (await askAs(world, actor, EXPLAIN, { question })).errors?.map(
    ({ extensions: { code }, message }) => `${code} ${message}`,
  );

async function why(actor: Actor, asker: Asker, question: object): Promise<Explained> {
  const about = { connectionId: asker.connectionId };
  const { data, errors } = await askAs(world, actor, EXPLAIN, { question: { about, ...question } });
  expect(errors).toBeUndefined();
  return data?.explainAccess as Explained;
}

/** The same of the connection itself, over HTTP: the parsed answer and its bytes. */
async function whyAmI(asker: Asker, question: object): Promise<Explained & { bytes: string }> {
  const { data, errors, text } = await world.ask(asker, EXPLAIN, { question });
  expect(errors).toBeUndefined();
  const bytes = text.replace(/"remaining":[\d.e+]+/, '');
  return { ...(data as { explainAccess: Explained }).explainAccess, bytes };
}

const failed = ({ steps }: Explained): Step | undefined => steps.find(({ outcome }) => outcome === 'FAILED');

describe('An owner is told', () => {
  test('by which share a page may be read, until when, and every question in its order', async () => {
    const reader = await world.connection(['CONTENT_READ'], 'Dashboard');
    const share = await world.share(reader, team, { access: ['READ'], expiresAt: new Date('2099-01-31T12:00:00Z') });
    const told = await why(owner, reader, { resourceId: plan });
    expect(told).toMatchObject({ allowed: true, resource: { id: plan, title: 'Plan' }, installedBy: null });
    expect(told.sentence).toMatch(
      /^"Dashboard" may read the page "Plan", because the share on the page "Team" \(granted by the operator on .* UTC\) opens READ until 2099-01-31 12:00 UTC\.$/,
    );
    expect(told.steps.map(({ asked, outcome }) => `${asked} ${outcome}`)).toEqual([
      'CONNECTION PASSED',
      'WORKSPACE PASSED',
      'INSTALLATION PASSED',
      'TOKEN PASSED',
      'MEMBERSHIP PASSED',
      'RESOURCE PASSED',
      'SHARE PASSED',
      'CAPABILITIES PASSED',
      'RULE NOT_ASKED',
    ]);
    expect(told.steps[6]?.shares).toMatchObject([
      { id: share, state: 'LIVE', access: ['READ'], resource: { title: 'Team' } },
    ]);
  });

  test('that a page is not shared, and how to share it', async () => {
    const reader = await world.connection(['CONTENT_READ'], 'Dashboard');
    const told = await why(owner, reader, { resourceId: plan });
    expect(told.sentence).toBe(
      '"Dashboard" may not read the page "Plan", because neither this page nor anything above it is shared with the connection.',
    );
    expect(failed(told)).toMatchObject({
      asked: 'SHARE',
      remedy: `grantShare(input: { installationId: "${reader.installationId}", resourceId: "${plan}", access: [READ] })`,
    });
  });

  test('which shares have ended, and when', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const revoked = await world.share(reader, team);
    await world.unshare(revoked);
    const expired = await world.share(reader, plan);
    await world.sql(`update share set expires_at = '2026-11-01T10:00:00Z' where id = $1`, [expired]);
    const told = await why(owner, reader, { resourceId: plan });
    expect(told.sentence).toMatch(
      /nothing opens this page any more: the share on the page "Plan" .* expired on 2026-11-01 10:00 UTC; the share on the page "Team" .* was revoked on /,
    );
    expect(failed(told)?.shares).toMatchObject([
      { id: expired, state: 'EXPIRED' },
      { id: revoked, state: 'REVOKED' },
    ]);
  });

  test('that what ended counts for nothing where another share is live', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    await world.unshare(await world.share(reader, plan));
    const live = await world.share(reader, team);
    const told = await why(owner, reader, { resourceId: plan });
    expect(told.allowed).toBe(true);
    expect(told.steps[6]?.shares).toMatchObject([{ id: live, state: 'LIVE' }]);
  });

  test('that a page may be named, but not read', async () => {
    const updater = await world.connection(['CONTENT_READ', 'CONTENT_UPDATE'], 'Dashboard');
    const share = await world.share(updater, plan, { access: ['UPDATE'] });
    const told = await why(owner, updater, { resourceId: plan });
    expect(told.sentence).toBe(
      '"Dashboard" may name the page "Plan", but not read it, because what is shared opens UPDATE, but not READ.',
    );
    expect(failed(told)).toMatchObject({
      asked: 'CAPABILITIES',
      remedy: `updateShare(input: { id: "${share}", access: [READ, UPDATE] })`,
    });
    expect((await why(owner, updater, { resourceId: plan, coordinate: 'Page.id' })).allowed).toBe(true);
    expect((await why(owner, updater, { resourceId: plan, coordinate: 'Page.title' })).allowed).toBe(false);
  });

  test('which capability is missing', async () => {
    const nobody = await world.connection([], 'Dashboard');
    await world.share(nobody, plan, { access: ['READ'] });
    const told = await why(owner, nobody, { resourceId: plan });
    expect(told.sentence).toBe(
      '"Dashboard" may not read the page "Plan", because it lacks CONTENT_READ, and of what is shared (READ) nothing is left.',
    );
    expect(failed(told)).toMatchObject({ asked: 'CAPABILITIES', needs: [['CONTENT_READ']], has: [] });
  });

  test('what a field needs, of other people as of content', async () => {
    const reader = await world.connection(['CONTENT_READ', 'USER_READ'], 'Dashboard');
    const told = await why(owner, reader, { coordinate: 'Person.email' });
    expect(told.sentence).toBe('"Dashboard" may not use Person.email, because Person.email needs USER_READ_EMAIL.');
    expect(failed(told)).toMatchObject({
      asked: 'RULE',
      needs: [['USER_READ_EMAIL']],
      has: ['CONTENT_READ', 'USER_READ'],
      remedy: `updateConnection(input: { id: "${reader.connectionId}", capabilities: [CONTENT_READ, USER_READ, USER_READ_EMAIL] })`,
    });
    expect((await why(owner, reader, { coordinate: 'Person.name' })).allowed).toBe(true);
  });

  test('that some things are never for a connection, which nothing changes', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const told = await why(owner, reader, { coordinate: 'Mutation.createConnection' });
    expect(failed(told)).toMatchObject({ asked: 'RULE', remedy: null });
    expect(told.sentence).toContain('never for a connection');
  });

  test('that a field stands on another kind of object', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    await world.share(reader, team);
    expect(failed(await why(owner, reader, { resourceId: source, coordinate: 'Page.title' }))).toMatchObject({
      asked: 'RULE',
    });
    expect((await why(owner, reader, { resourceId: source, coordinate: 'Resource.title' })).allowed).toBe(true);
    expect((await why(owner, reader, { resourceId: source, coordinate: 'DataSource.rows' })).allowed).toBe(true);
  });

  test('both where a page and something else are asked about', async () => {
    const reader = await world.connection(['CONTENT_READ', 'USER_READ_EMAIL'], 'Dashboard');
    const question = { resourceId: plan, coordinate: 'Person.email' };
    expect(failed(await why(owner, reader, question))).toMatchObject({ asked: 'SHARE' });
    await world.share(reader, plan);
    const told = await why(owner, reader, question);
    expect(told).toMatchObject({ allowed: true });
    expect(told.sentence).toMatch(/^"Dashboard" may read the page "Plan" and use Person\.email, because /);
  });

  test('that a page lies in the trash, where its id still finds it', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const thrown = await world.page({ title: 'Thrown' });
    await world.share(reader, thrown);
    await world.sql('update page set in_trash = true where id = $1', [thrown]);
    const told = await why(owner, reader, { resourceId: thrown });
    expect(told.allowed).toBe(true);
    expect(told.steps[5]?.detail).toBe(
      'The page "Thrown" is there, in the trash: lists leave it out unless asked, its id finds it.',
    );
  });

  test('nothing of a page in another workspace: it explains like a missing one', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const elsewhere = newId();
    await world.sql(`insert into workspace (id, name) values ($1, 'Elsewhere')`, [elsewhere]);
    const foreign = newId();
    await world.sql(
      `insert into page (workspace_id, id, parent_kind, title, ancestors) values ($1, $2, 'WORKSPACE', 'Foreign', array[$2::uuid])`,
      [elsewhere, foreign],
    );
    const missing = await why(owner, reader, { resourceId: newId() });
    expect(failed(missing)).toMatchObject({ asked: 'RESOURCE', remedy: null });
    expect(await why(owner, reader, { resourceId: foreign })).toEqual(missing);
    expect(await why(owner, reader, { resourceId: 'nonsense' })).toEqual(missing);
  });

  test('that whoever installed it does not reach the page herself, though it is shared, until she does', async () => {
    const reader = await world.connection(['CONTENT_READ', 'CONTENT_UPDATE'], 'Dashboard');
    const gina = await world.person({ name: 'Gina', role: 'GUEST' });
    await world.sql('update installation set installed_by = $1 where id = $2', [gina.id, reader.installationId]);
    const share = await world.share(reader, plan);
    const told = await why(owner, reader, { resourceId: plan, action: 'READ' });
    expect(told).toMatchObject({ allowed: false });
    expect(told.sentence).toBe(
      '"Dashboard" may not read the page "Plan", because it is shared, but Gina does not reach it herself.',
    );
    expect(failed(told)).toMatchObject({ asked: 'SHARE', remedy: null, shares: [{ id: share, state: 'LIVE' }] });
    const ask = `{ page(id: "${plan}") { title } }`;
    expect((await world.ask(reader, ask)).data).toEqual({ page: null });

    await mutate(world, owner, 'grantShare', { personId: gina.id, resourceId: plan, access: ['READ'] });
    expect(await why(owner, reader, { resourceId: plan, action: 'READ' })).toMatchObject({ allowed: true });
    expect((await world.ask(reader, ask)).data).toEqual({ page: { title: 'Plan' } });
    expect((await why(owner, reader, { resourceId: plan, action: 'UPDATE' })).sentence).toContain(
      'Gina may not do that here herself',
    );
  });
});

describe('A connection that does not come in', () => {
  test.each([
    [
      'is suspended',
      `update connection set status = 'SUSPENDED', suspended_at = '2026-11-02T08:00:00Z' where id = $1`,
      'CONNECTION',
      'the connection is suspended since 2026-11-02 08:00 UTC',
    ],
    [
      'was deleted',
      `update connection set status = 'DELETED', deleted_at = '2026-11-02T08:00:00Z' where id = $1`,
      'CONNECTION',
      'the connection was deleted on 2026-11-02 08:00 UTC',
    ],
    [
      'was removed',
      `update installation set status = 'ENDED' where connection_id = $1`,
      'INSTALLATION',
      'the installation was removed from the workspace',
    ],
    [
      'has no live token',
      `update token t set revoked_at = now() from installation i where i.id = t.installation_id and i.connection_id = $1`,
      'TOKEN',
      'each of its tokens was revoked or has expired',
    ],
  ])('because it %s is explained, whatever was asked', async (_, sql, asked, because) => {
    const reader = await world.connection(['CONTENT_READ'], 'Dashboard');
    await world.share(reader, plan);
    expect((await why(owner, reader, { resourceId: plan })).allowed).toBe(true);
    await world.sql(sql, [reader.connectionId]);
    const told = await why(owner, reader, { resourceId: plan });
    expect(told).toMatchObject({ allowed: false });
    expect(told.sentence).toBe(`"Dashboard" may not read the page "Plan", because ${because}.`);
    expect(failed(told)?.asked).toBe(asked);
    expect(told.steps.slice(told.steps.findIndex((step) => step.asked === asked) + 1)).toMatchObject(
      told.steps.slice(told.steps.findIndex((step) => step.asked === asked) + 1).map(() => ({ outcome: 'NOT_ASKED' })),
    );
    const { status } = await world.ask(reader, '{ viewer { kind } }');
    expect(status).toBe(401);
  });

  test('because whoever installed it has left is let in by no door', async () => {
    const reader = await world.connection(['CONTENT_READ'], 'Dashboard');
    const ada = await world.person({ name: 'Ada' });
    await world.sql('update installation set installed_by = $1 where id = $2', [ada.id, reader.installationId]);
    expect((await why(owner, reader, {})).installedBy).toMatchObject({ name: 'Ada' });
    expect((await world.ask(reader, '{ viewer { kind } }')).status).toBe(200);
    await world.sql('update membership set ended_at = now() where person_id = $1', [ada.id]);
    const told = await why(owner, reader, {});
    expect(told.sentence).toBe(
      '"Dashboard" may not read what is shared with it, because Ada, who installed it, has left the workspace.',
    );
    expect((await world.ask(reader, '{ viewer { kind } }')).status).toBe(401);
  });

  test('because it is installed elsewhere alone is explained at home', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    await world.sql('delete from token where installation_id = $1', [reader.installationId]);
    await world.sql('delete from capability_grant where installation_id = $1', [reader.installationId]);
    await world.sql('delete from installation where id = $1', [reader.installationId]);
    expect(failed(await why(owner, reader, { resourceId: plan }))).toMatchObject({ asked: 'WORKSPACE', remedy: null });
  });
});

describe('A remedy', () => {
  test('carried out one after the other, lets in what was refused', async () => {
    const reader = await world.connection([], 'Dashboard');
    await world.share(reader, plan, { access: ['READ'] });
    await mutate(world, owner, 'suspendConnection', { id: reader.connectionId });
    await mutate(world, owner, 'revokeToken', { connectionId: reader.connectionId });
    const question = { resourceId: plan, coordinate: 'Person.email' };
    const carriedOut: string[] = [];
    for (let told = await why(owner, reader, question); !told.allowed; told = await why(owner, reader, question)) {
      const remedy = failed(told)?.remedy;
      expect(remedy, told.sentence).toBeTypeOf('string');
      const { data, errors } = await askAs(world, owner, `mutation { done: ${remedy} { userErrors { message } } }`);
      expect(errors).toBeUndefined();
      expect(data?.done).toEqual({ userErrors: [] });
      carriedOut.push(remedy?.split('(')[0] as string);
      expect(carriedOut.length).toBeLessThan(6);
    }
    expect(carriedOut).toEqual(['resumeConnection', 'rotateToken', 'updateConnection', 'updateConnection']);
  });

  test('is consent, where the connection asks for more than it was granted', async () => {
    const reader = await world.connection(['CONTENT_READ'], 'Dashboard');
    const ada = await world.person({ name: 'Ada' });
    await world.sql('update installation set installed_by = $1 where id = $2', [ada.id, reader.installationId]);
    await world.sql('update connection set capabilities = 3 where id = $1', [reader.connectionId]);
    const told = await why(owner, reader, { action: 'UPDATE' });
    expect(told.sentence).toBe(
      '"Dashboard" may not change what is shared with it, because it lacks CONTENT_UPDATE, which waits for consent.',
    );
    expect(failed(told)?.remedy).toBe(`approveUpgrade(input: { installationId: "${reader.installationId}" })`);
    await mutate(world, owner, 'approveUpgrade', { installationId: reader.installationId });
    expect((await why(owner, reader, { action: 'UPDATE' })).allowed).toBe(true);
  });

  test('is for owners and the operator, not for the connection, nor for the member who installed it', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const ada = await world.person({ name: 'Ada' });
    await world.sql('update installation set installed_by = $1 where id = $2', [ada.id, reader.installationId]);
    const remedyTo = async (actor: Actor) => failed(await why(actor, reader, { action: 'UPDATE' }))?.remedy;
    expect(await remedyTo(owner)).toContain('updateConnection(');
    expect(await remedyTo(operatorIn(world))).toContain('updateConnection(');
    expect(await remedyTo(signedIn(world, ada, 'MEMBER'))).toBeNull();
    expect(failed(await whyAmI(reader, { action: 'UPDATE' }))?.remedy).toBeNull();
  });
});

describe('A connection is told of itself', () => {
  test('the same as its owner is, about what it reads', async () => {
    const reader = await world.connection(['CONTENT_READ'], 'Dashboard');
    await world.share(reader, team, { access: ['READ'] });
    const { bytes: _, ...told } = await whyAmI(reader, { resourceId: plan });
    expect(told).toEqual(await why(owner, reader, { resourceId: plan }));
  });

  test('of a page it holds by its id alone no title, and that it may name it', async () => {
    const updater = await world.connection(['CONTENT_UPDATE'], 'Dashboard');
    await world.share(updater, team);
    const told = await whyAmI(updater, { resourceId: plan });
    expect(told.sentence).toBe(
      '"Dashboard" may name this page, but not read it, because it lacks CONTENT_READ, and of what is shared UPDATE alone is left.',
    );
    expect(told.bytes).not.toMatch(/Plan|Team/);
  });

  test('nothing of what is not shared, was, is elsewhere or malformed: the same bytes as of a missing page', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    await world.share(reader, plan);
    await world.unshare(await world.share(reader, apart));
    const missing = await whyAmI(reader, { resourceId: newId() });
    expect(failed(missing)).toMatchObject({ asked: 'RESOURCE' });
    for (const resourceId of [team, apart, source, 'nonsense', '', world.workspaceId, reader.connectionId]) {
      expect((await whyAmI(reader, { resourceId })).bytes).toBe(missing.bytes);
    }
  });

  test('nothing of a share above by which it reaches nothing', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    await world.share(reader, team, { access: ['UPDATE'] });
    const share = await world.share(reader, plan, { access: ['READ'] });
    const told = await whyAmI(reader, { resourceId: plan });
    expect(told.steps.flatMap(({ shares }) => shares.map(({ id }) => id))).toEqual([share]);
    expect(told.sentence).not.toContain('something above');
    // The owner is told of both.
    expect((await why(owner, reader, { resourceId: plan })).steps[6]?.shares).toHaveLength(2);
  });

  test('its name, also when it asks by its own ids', async () => {
    const reader = await world.connection(['CONTENT_READ'], 'Dashboard');
    const { sentence } = await whyAmI(reader, {});
    for (const about of [{ connectionId: reader.connectionId }, { installationId: reader.installationId }]) {
      expect((await whyAmI(reader, { about })).sentence).toBe(sentence);
    }
  });
});

describe('Nobody else is told', () => {
  test('a connection of another one, in the same words whether it exists or not', async () => {
    const [reader, other] = [await world.connection(['CONTENT_READ']), await world.connection(['CONTENT_READ'])];
    const answers = [];
    for (const about of [
      { connectionId: other.connectionId },
      { installationId: other.installationId },
      { connectionId: newId() },
      { installationId: 'nonsense' },
    ]) {
      const { data, text } = await world.ask(reader, EXPLAIN, { question: { about } });
      expect(data).toEqual({ explainAccess: null });
      answers.push(text.replace(/"remaining":[\d.e+]+/, ''));
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('"FORBIDDEN"');
  });

  test('a member of what she did not install, in the same words whether it exists or not', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const ada = signedIn(world, await world.person(), 'MEMBER');
    const refusal = [expect.stringMatching(/^FORBIDDEN Why a connection may do something is told to /)];
    expect(await codesOf(ada, { about: { connectionId: reader.connectionId } })).toEqual(refusal);
    expect(await codesOf(ada, { about: { connectionId: newId() } })).toEqual(refusal);
  });

  test('an owner of another workspace: there it is not found', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const elsewhere = newId();
    await world.sql(`insert into workspace (id, name) values ($1, 'Elsewhere')`, [elsewhere]);
    const stranger = signedIn(world, await world.person(), 'OWNER', { workspaceId: elsewhere });
    const notFound = ['NOT_FOUND The connection or installation was not found.'];
    expect(await codesOf(stranger, { about: { connectionId: reader.connectionId } })).toEqual(notFound);
    expect(await codesOf(stranger, { about: { installationId: reader.installationId } })).toEqual(notFound);
    expect(await codesOf(owner, { about: { connectionId: newId() } })).toEqual(notFound);
  });

  test('a question about nobody, about two at once, or about no field is refused', async () => {
    const reader = await world.connection(['CONTENT_READ']);
    const about = { connectionId: reader.connectionId };
    expect(await codesOf(owner, {})).toEqual([
      'REQUIRED Say about whom you ask: about { connectionId } or about { installationId }.',
    ]);
    expect(await codesOf(owner, { about: { ...about, installationId: reader.installationId } })).toHaveLength(1);
    expect(await codesOf(owner, { about, coordinate: 'Page.secret' })).toEqual([
      'INVALID coordinate should name a field, mutation or guarded input, like Page.title, but got: "Page.secret"',
    ]);
  });
});

test('Three statements answer it, whatever is found', async () => {
  const reader = await world.connection(['CONTENT_READ']);
  await world.share(reader, team);
  await world.share(reader, plan);
  const query = 'query Q($q: AccessQuestion!) { explainAccess(question: $q) { allowed sentence steps { detail } } }';
  for (const resourceId of [plan, apart, newId(), 'nonsense']) {
    world.statements.length = 0;
    await world.ask(reader, query, { q: { resourceId, coordinate: 'Page.title' } });
    // The token and its budget, the connection, the page.
    expect(world.statements.filter((text) => !/^\s*(begin|commit|rollback|set)\b/i.test(text))).toHaveLength(3);
  }
});
