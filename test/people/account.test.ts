// What somebody signed in does with what is hers alone, asked over HTTP: her sessions, her password, her name and address.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REDACTED } from '../../src/audit/entry.js';
import { operatorOf } from '../../src/gate/actor.js';
import { createPerson } from '../../src/people/lifecycle.js';
import { hashPassword, isPassword } from '../../src/people/password.js';
import { createWorkspace } from '../../src/workspace/lifecycle.js';
import { type Asker, openWorld, type SignedIn, type World } from '../world.js';

const PASSWORD = 'correct battery horse';
const ANOTHER = 'quite another horse';

let world: World;
beforeAll(async () => {
  world = await openWorld({ name: 'Home' });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

interface Payload {
  userErrors: { code: string; message: string; path: string[] | null }[];
  [field: string]: unknown;
}

/** Sends one mutation and gives its payload. */
async function mutate(asker: Asker | SignedIn, mutation: string, answers = ''): Promise<Payload> {
  const text = `mutation { payload: ${mutation} { ${answers} userErrors { code message path } } }`;
  const { data, errors } = await world.ask<{ payload: Payload }, object>(asker, text);
  if (!data) throw new Error(JSON.stringify(errors));
  return data.payload;
}

interface SessionRow {
  id: string;
  current: boolean;
  address: string | null;
  userAgent: string | null;
  createdAt: string;
  lastUsedAt: string;
}
const sessionsOf = async (asker: Asker | SignedIn): Promise<SessionRow[] | null | undefined> =>
  (
    await world.ask<{ viewer: { sessions: SessionRow[] | null } }, object>(
      asker,
      '{ viewer { sessions { id current address userAgent createdAt lastUsedAt } } }',
    )
  ).data?.viewer.sessions;

const statusOf = async (asker: SignedIn): Promise<number> => (await world.ask(asker, '{ viewer { id } }')).status;
const entriesOf = (action: string, targetId: string) =>
  world.sql<{
    workspace_id: string;
    actor_id: string;
    before: object | null;
    after: object | null;
    details: object | null;
    address: string;
  }>(
    'select workspace_id, actor_id, before, after, details, address from audit_entry where action = $1 and target_id = $2',
    [action, targetId],
  );

/** Nobody who does what is another's: a connection, and the personal token of an owner. */
async function outsiders(): Promise<Asker[]> {
  const owner = await world.signedIn(await world.person({ role: 'OWNER' }));
  const made = await mutate(
    owner,
    'createPersonalAccessToken(input: { name: "Mine", capabilities: [CONTENT_READ], administer: true, expiresInDays: 7 })',
    'token',
  );
  const connection = await world.connection(['USER_READ']);
  return [connection, { ...connection, token: made.token as string }];
}

describe('Viewer.sessions', () => {
  test('lists her own live ones, the one used last first, and says which is this one', async () => {
    const ada = await world.person();
    const [old, current] = [await world.signedIn(ada), await world.signedIn(ada)];
    const ended = await world.signedIn(ada);
    await world.sql('update session set ended_at = now() where id = $1', [ended.sessionId]);
    await world.sql(
      `update session set last_used_at = now() - interval '5 minutes', address = '192.0.2.7', user_agent = 'Lynx' where id = $1`,
      [old.sessionId],
    );
    await world.signedIn(await world.person());
    expect(await sessionsOf(current)).toEqual([
      expect.objectContaining({ id: current.sessionId, current: true }),
      expect.objectContaining({ id: old.sessionId, current: false, address: '192.0.2.7', userAgent: 'Lynx' }),
    ]);
  });

  test('is for nobody who is not signed in: neither a connection nor a personal token of hers', async () => {
    for (const outsider of await outsiders()) {
      const { data, errors } = await world.ask(outsider, '{ viewer { sessions { id } } }');
      expect(data).toEqual({ viewer: { sessions: null } });
      expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
  });
});

describe('endSession', () => {
  test('ends one of hers, from the next request on, and says so in the logs of all her workspaces', async () => {
    const ada = await world.person({ email: 'two@example.org' });
    const second = await createWorkspace(world.store, { name: 'Second' });
    await createPerson(world.store.callerFor(operatorOf(second.id)), {
      name: 'Ada',
      email: 'two@example.org',
      role: 'MEMBER',
    });
    const [here, there] = [await world.signedIn(ada), await world.signedIn(ada)];
    expect((await mutate(here, `endSession(input: { id: "${there.sessionId}" })`)).userErrors).toEqual([]);
    expect([await statusOf(here), await statusOf(there)]).toEqual([200, 401]);
    const entries = await entriesOf('session.ended', there.sessionId);
    expect(entries.map((entry) => entry.workspace_id).sort()).toEqual([world.workspaceId, second.id].sort());
    expect(entries[0]).toMatchObject({ actor_id: ada.id, address: '127.0.0.1' });
  });

  test('ends the one she asks with', async () => {
    const here = await world.signedIn(await world.person());
    expect((await mutate(here, `endSession(input: { id: "${here.sessionId}" })`)).userErrors).toEqual([]);
    expect(await statusOf(here)).toBe(401);
  });

  test('does not find another’s, one that has ended, none, or nonsense: all in the same words', async () => {
    const [here, other] = [await world.signedIn(await world.person()), await world.signedIn(await world.person())];
    const ended = await world.signedIn({ id: here.personId });
    await world.sql('update session set ended_at = now() where id = $1', [ended.sessionId]);
    for (const id of [other.sessionId, ended.sessionId, '0199a5d2-0000-7000-8000-000000000000', 'nonsense']) {
      expect((await mutate(here, `endSession(input: { id: "${id}" })`)).userErrors).toEqual([
        { code: 'NOT_FOUND', message: 'The session was not found.', path: null },
      ]);
    }
    expect(await statusOf(other)).toBe(200);
  });

  test('is for nobody who is not signed in', async () => {
    const victim = await world.signedIn(await world.person());
    for (const outsider of await outsiders()) {
      const { userErrors } = await mutate(outsider, `endSession(input: { id: "${victim.sessionId}" })`);
      expect(userErrors[0]?.code).toBe('FORBIDDEN');
    }
    expect(await statusOf(victim)).toBe(200);
  });
});

describe('endOtherSessions', () => {
  test('leaves the one she asks with', async () => {
    const ada = await world.person();
    const [here, one, two] = [await world.signedIn(ada), await world.signedIn(ada), await world.signedIn(ada)];
    const bystander = await world.signedIn(await world.person());
    expect(await mutate(here, 'endOtherSessions', 'ended')).toEqual({ ended: 2, userErrors: [] });
    expect(await Promise.all([here, one, two, bystander].map(statusOf))).toEqual([200, 401, 401, 200]);
    expect(await mutate(here, 'endOtherSessions', 'ended')).toEqual({ ended: 0, userErrors: [] });
    expect(await entriesOf('session.ended', ada.id)).toMatchObject([{ details: { ended: 2 } }]);
  });

  test('is for nobody who is not signed in', async () => {
    for (const outsider of await outsiders()) {
      expect((await mutate(outsider, 'endOtherSessions')).userErrors[0]?.code).toBe('FORBIDDEN');
    }
  });
});

describe('updatePassword', () => {
  const change = (asker: Asker | SignedIn, current: string, next: string) =>
    mutate(asker, `updatePassword(input: { currentPassword: "${current}", newPassword: "${next}" })`, 'endedSessions');
  const hashOf = async (personId: string) =>
    (
      await world.sql<{ password_hash: string }>('select password_hash from person_secret where person_id = $1', [
        personId,
      ])
    )[0]?.password_hash ?? null;
  async function withPassword(email = `${Math.random()}@example.org`): Promise<SignedIn> {
    const person = await world.person({ name: 'Ada Lovelace', email });
    await world.sql('insert into person_secret values ($1, $2)', [
      person.id,
      await hashPassword(world.store.keys, PASSWORD),
    ]);
    return world.signedIn(person);
  }

  test('replaces it, and ends all of her other sessions', async () => {
    const here = await withPassword();
    const there = await world.signedIn({ id: here.personId });
    expect(await change(here, PASSWORD, ANOTHER)).toEqual({ endedSessions: 1, userErrors: [] });
    expect([await statusOf(here), await statusOf(there)]).toEqual([200, 401]);
    const kept = await hashOf(here.personId);
    expect(await isPassword(world.store.keys, kept, ANOTHER)).toBe(true);
    expect(await isPassword(world.store.keys, kept, PASSWORD)).toBe(false);
    const [entry] = await entriesOf('person.password_updated', here.personId);
    expect(entry).toMatchObject({ details: { endedSessions: 1 }, before: null, after: null });
  });

  test('needs the old one, and says which of the two is wrong', async () => {
    const here = await withPassword('lovelace@example.org');
    const before = await hashOf(here.personId);
    expect((await change(here, ANOTHER, ANOTHER)).userErrors).toEqual([
      { code: 'INVALID', message: 'That is not your password.', path: ['currentPassword'] },
    ]);
    for (const [next, code] of [
      ['', 'REQUIRED'],
      ['short', 'INVALID'],
      ['ada lovelace 1815', 'INVALID'],
      ['x y z '.repeat(200), 'TOO_LONG'],
    ] as const) {
      expect((await change(here, PASSWORD, next)).userErrors).toMatchObject([{ code, path: ['newPassword'] }]);
    }
    expect(await hashOf(here.personId)).toBe(before);
    expect(await entriesOf('session.refused', here.personId)).toMatchObject([{ details: { by: 'PASSWORD_CHANGE' } }]);
  });

  test('is nothing for somebody without one: she asks for a sign-in link', async () => {
    const here = await world.signedIn(await world.person());
    expect((await change(here, '', ANOTHER)).userErrors).toMatchObject([
      { code: 'INVALID', path: ['currentPassword'] },
    ]);
    expect(await hashOf(here.personId)).toBeNull();
  });

  test('is for nobody who is not signed in', async () => {
    for (const outsider of await outsiders()) {
      expect((await change(outsider, PASSWORD, ANOTHER)).userErrors[0]?.code).toBe('FORBIDDEN');
    }
  });
});

describe('updateProfile', () => {
  const change = (asker: Asker | SignedIn, input: string) =>
    mutate(asker, `updateProfile(input: { ${input} })`, 'person { id name email }');

  test('changes her name, and leaves what is not given', async () => {
    const person = await world.person({ name: 'Ada', email: 'name@example.org' });
    const here = await world.signedIn(person, { minutesAgo: 60 });
    expect(await change(here, 'name: "  Ada Lovelace "')).toEqual({
      person: { id: person.id, name: 'Ada Lovelace', email: 'name@example.org' },
      userErrors: [],
    });
    expect(await entriesOf('person.updated', person.id)).toMatchObject([
      { before: { name: REDACTED }, after: { name: REDACTED } },
    ]);
    await change(here, 'name: "Ada Lovelace"');
    expect(await entriesOf('person.updated', person.id)).toHaveLength(1);
  });

  test('changes her address within ten minutes of signing in, and the log says that it changed, not to what', async () => {
    const person = await world.person({ email: 'before@example.org' });
    const here = await world.signedIn(person, { minutesAgo: 9 });
    expect((await change(here, 'email: " After@example.org "')).person).toMatchObject({ email: 'After@example.org' });
    const [entry] = await entriesOf('person.email_updated', person.id);
    expect(entry).toMatchObject({ before: { email: REDACTED }, after: { email: REDACTED } });
  });

  test('does not change her address later than that, nor her name with it', async () => {
    const person = await world.person({ name: 'Ada', email: 'stays@example.org' });
    const here = await world.signedIn(person, { minutesAgo: 11 });
    expect((await change(here, 'name: "Other", email: "other@example.org"')).userErrors[0]?.code).toBe('SIGN_IN_AGAIN');
    const [row] = await world.sql('select name, email from person where id = $1', [person.id]);
    expect(row).toEqual({ name: 'Ada', email: 'stays@example.org' });
  });

  test.each([
    ['email: "nowhere"', 'INVALID', ['email']],
    ['email: "TAKEN@example.org"', 'ALREADY_EXISTS', ['email']],
    ['email: null', 'REQUIRED', ['email']],
    ['name: ""', 'REQUIRED', ['name']],
    ['name: null', 'REQUIRED', ['name']],
    [`name: "${'x'.repeat(201)}"`, 'TOO_LONG', ['name']],
  ])('refuses %s', async (input, code, path) => {
    await world.sql(
      `insert into person (id, name, email) values (gen_random_uuid(), 'T', 'taken@example.org') on conflict do nothing`,
    );
    const here = await world.signedIn(await world.person());
    expect((await change(here, input)).userErrors).toMatchObject([{ code, path }]);
  });

  test('lets her write her own address in another case', async () => {
    const here = await world.signedIn(await world.person({ email: 'case@example.org' }));
    expect((await change(here, 'email: "Case@example.org"')).person).toMatchObject({ email: 'Case@example.org' });
  });

  test('is for nobody who is not signed in', async () => {
    for (const outsider of await outsiders()) {
      expect((await change(outsider, 'name: "Other"')).userErrors[0]?.code).toBe('FORBIDDEN');
    }
  });
});
