// Passkeys: making, using and deleting them, and what somebody could try with an answer that is not right.

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { herself } from '../../src/people/about.js';
import { updatePassword } from '../../src/people/account.js';
import { SIGN_IN_LIMITS } from '../../src/people/limiter.js';
import {
  createPasskey,
  deletePasskey,
  MAX_PASSKEYS,
  type PasskeyHolder,
  startPasskey,
} from '../../src/people/passkey-lifecycle.js';
import { signInByPasskey, startPasskeySignIn } from '../../src/people/passkey-sign-in.js';
import { passkeysOf } from '../../src/people/passkeys.js';
import { hashPassword } from '../../src/people/password.js';
import { partyAt } from '../../src/people/relying-party.js';
import type { Visitor } from '../../src/people/session.js';
import { type Doorkeeper, RefusedSignIns } from '../../src/people/sign-in.js';
import { openAnotherDoor } from '../server/another-door.js';
import { openWorld, post, type SignedIn, type World } from '../world.js';
import { Authenticator, type Lies } from './authenticator.js';

const ORIGIN = 'https://gatehouse.example.org';
const PARTY = { id: 'gatehouse.example.org', origin: ORIGIN };
const NOT_MADE = 'The passkey was not made: its answer was not right, or came too late. Try again.';
const NOT_ACCEPTED = 'This passkey is not known here, or its answer was not accepted. Try again.';

let world: World;
let doorkeeper: Doorkeeper;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  await world.sql('delete from sign_in_allowance');
  doorkeeper = { limits: SIGN_IN_LIMITS, refused: new RefusedSignIns() };
});

interface Somebody extends PasskeyHolder {
  personId: string;
  session: SignedIn;
}

/** Somebody signed in, at the gateway's public address. */
async function somebody({ minutesAgo = 0, publicUrl = ORIGIN, person = {} } = {}): Promise<Somebody> {
  const { id } = await world.person(person);
  const session = await world.signedIn({ id }, { minutesAgo });
  const signedInAt = new Date(Date.now() - minutesAgo * 60_000);
  const { em, keys } = world.store;
  const actor = herself(id, '192.0.2.1', { id: session.sessionId, signedInAt });
  return { em: () => em(), keys, actor, publicUrl: () => publicUrl, personId: id, session };
}

/** Her passkey, kept. */
async function withPasskey(
  input: Parameters<typeof somebody>[0] & { countsUp?: boolean } = {},
): Promise<{ ada: Somebody; key: Authenticator; id: string }> {
  const ada = await somebody(input);
  const key = new Authenticator(ORIGIN, input.countsUp);
  const { options } = await startPasskey(ada);
  const { id } = await createPasskey(ada, { name: 'Phone', response: key.create(options) });
  return { ada, key, id };
}

const visitor = (address = '192.0.2.7'): Visitor => ({ em: () => world.store.em(), keys: world.store.keys, address });
const challenge = () => startPasskeySignIn(visitor(), PARTY);
const signIn = (response: string, party = PARTY) => signInByPasskey(visitor(), party, { response }, doorkeeper);
const signInWith = async (key: Authenticator, lies?: Lies) => signIn(key.get(await challenge(), lies));
const nameOf = async ({ personId }: Somebody) =>
  (await passkeysOf(world.store.reader(), personId)).map(({ name }) => name);
const entries = (action: string, targetId: string) =>
  world.sql<{ details: object | null; actor_id: string }>(
    'select details, actor_id from audit_entry where action = $1 and target_id = $2',
    [action, targetId],
  );

describe('Making a passkey', () => {
  test('asks for one that finds its account by itself and asks for a finger, a face or a PIN, and keeps it', async () => {
    const ada = await somebody({ person: { name: 'Ada' } });
    const { options } = await startPasskey(ada);
    expect(options).toMatchObject({
      rp: { id: 'gatehouse.example.org' },
      user: { displayName: 'Ada' },
      attestation: 'none',
      excludeCredentials: [],
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    });
    const { id } = await createPasskey(ada, { name: ' Phone ', response: new Authenticator(ORIGIN).create(options) });
    expect(await passkeysOf(world.store.reader(), ada.personId)).toMatchObject([
      { id, name: 'Phone', lastUsedAt: null },
    ]);
    expect(await world.sql('select transports from passkey where id = $1', [id])).toEqual([{ transports: ['usb'] }]);
    expect(await entries('passkey.created', id)).toMatchObject([{ actor_id: ada.personId }]);
  });

  test('takes a key that signs for itself', async () => {
    const ada = await somebody();
    const key = new Authenticator(ORIGIN);
    const response = key.create((await startPasskey(ada)).options, { attestation: 'self' });
    await createPasskey(ada, { name: 'Key', response });
    expect((await signInWith(key)).personId).toBe(ada.personId);
  });

  test('names those she has, so that a device makes no second one', async () => {
    const { ada, key } = await withPasskey();
    expect((await startPasskey(ada)).options).toMatchObject({
      excludeCredentials: [{ id: key.credentialId.toString('base64url'), transports: ['usb'] }],
    });
  });

  test.each<[string, Lies]>([
    ['made at another origin', { origin: 'https://gatehouse.example.com' }],
    ['made at the same name over http', { origin: 'http://gatehouse.example.org' }],
    ['made for another name', { rpId: 'example.org' }],
    ['made in a frame of another page', { crossOrigin: true }],
    ['made without asking for a finger, a face or a PIN', { isVerified: false }],
    ['made without anybody there', { isPresent: false }],
    ['an answer to another question', { type: 'webauthn.get' }],
    ['attested to with certificates, which nobody asked for', { attestation: 'packed' }],
    ['attested to by a maker, which nobody asked for', { attestation: 'apple' }],
    ['an answer to a challenge nobody gave', { challenge: randomBytes(32).toString('base64url') }],
  ])('is refused when it was %s', async (_, lies) => {
    const ada = await somebody();
    const { options } = await startPasskey(ada);
    const response = new Authenticator(ORIGIN).create(options, lies);
    await expect(createPasskey(ada, { name: 'Phone', response })).rejects.toMatchObject({
      code: 'INVALID',
      message: NOT_MADE,
      facts: { path: ['response'] },
    });
    expect(await nameOf(ada)).toEqual([]);
  });

  test.each([
    [''],
    ['null'],
    ['[]'],
    ['{}'],
    [{}],
    [{ id: 'x', response: {} }],
    [{ id: 'x', response: null }],
    [7],
    ['x'.repeat(20_000)],
  ])('is refused in the same words when its answer is %j', async (response) => {
    await expect(createPasskey(await somebody(), { name: 'Phone', response })).rejects.toMatchObject({
      message: NOT_MADE,
    });
  });

  test('uses its challenge up, whether the answer is right or not', async () => {
    const ada = await somebody();
    const { options } = await startPasskey(ada);
    const key = new Authenticator(ORIGIN);
    const wrong = key.create(options, { isVerified: false });
    await expect(createPasskey(ada, { name: 'Phone', response: wrong })).rejects.toMatchObject({ message: NOT_MADE });
    const right = key.create(options);
    await expect(createPasskey(ada, { name: 'Phone', response: right })).rejects.toMatchObject({ message: NOT_MADE });
  });

  test('takes no challenge of another session, of a sign-in, or of five minutes ago', async () => {
    const [ada, eve] = [await somebody(), await somebody()];
    const key = new Authenticator(ORIGIN);
    const given = (await startPasskey(ada)).options as { challenge: string; user: object };
    await expect(createPasskey(eve, { name: 'Hers', response: key.create(given) })).rejects.toMatchObject({
      message: NOT_MADE,
    });
    const toSignIn = { ...given, ...(await challenge()) };
    await expect(createPasskey(ada, { name: 'Phone', response: key.create(toSignIn) })).rejects.toMatchObject({
      message: NOT_MADE,
    });
    await world.sql(`update passkey_challenge set expires_at = now() where session_id = $1`, [ada.session.sessionId]);
    await expect(createPasskey(ada, { name: 'Phone', response: key.create(given) })).rejects.toMatchObject({
      message: NOT_MADE,
    });
  });

  test('is done once, however many send the same answer at the same moment', async () => {
    const ada = await somebody();
    const { options } = await startPasskey(ada);
    const response = new Authenticator(ORIGIN).create(options);
    const made = await Promise.allSettled(
      Array.from({ length: 8 }, () => createPasskey(ada, { name: 'Phone', response })),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await nameOf(ada)).toEqual(['Phone']);
  });

  test('takes no passkey that is kept already, for her or for somebody else', async () => {
    const { key, ada } = await withPasskey();
    for (const other of [ada, await somebody()]) {
      const { options } = await startPasskey(other);
      await expect(createPasskey(other, { name: 'Again', response: key.create(options) })).rejects.toMatchObject({
        code: 'ALREADY_EXISTS',
      });
    }
    expect(await nameOf(ada)).toEqual(['Phone']);
  });

  test(`ends at ${MAX_PASSKEYS}, also for those begun before`, async () => {
    const ada = await somebody();
    await world.sql(
      `insert into passkey (id, person_id, name, credential_id, public_key, counter, transports)
       select gen_random_uuid(), $1::uuid, 'One', decode(md5(n::text || $1::text), 'hex'), '', 0, '{}' from generate_series(1, $2::int) n`,
      [ada.personId, MAX_PASSKEYS - 1],
    );
    const begun = [await startPasskey(ada), await startPasskey(ada)];
    const make = ({ options }: { options: object }) =>
      createPasskey(ada, { name: 'Last', response: new Authenticator(ORIGIN).create(options) });
    const made = await Promise.allSettled(begun.map(make));
    expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(startPasskey(ada)).rejects.toMatchObject({ code: 'INVALID_STATE' });
    expect(await nameOf(ada)).toHaveLength(MAX_PASSKEYS);
  });

  test('needs a name', async () => {
    const ada = await somebody();
    const { options } = await startPasskey(ada);
    const response = new Authenticator(ORIGIN).create(options);
    await expect(createPasskey(ada, { name: '  ', response })).rejects.toMatchObject({ code: 'REQUIRED' });
    await createPasskey(ada, { name: 'Phone', response }); // nothing was used up by that
  });

  test('and deleting one need a sign-in within ten minutes', async () => {
    const { ada, id } = await withPasskey();
    const late: Somebody = {
      ...ada,
      actor: herself(ada.personId, undefined, {
        id: ada.session.sessionId,
        signedInAt: new Date(Date.now() - 660_000),
      }),
    };
    for (const step of [
      () => startPasskey(late),
      () => createPasskey(late, { name: 'Phone', response: {} }),
      () => deletePasskey(late, { id }),
    ]) {
      await expect((async () => step())()).rejects.toMatchObject({ code: 'SIGN_IN_AGAIN' });
    }
    expect(await nameOf(ada)).toEqual(['Phone']);
  });

  test('is for nobody who is not signed in: a personal token of hers is refused', async () => {
    const { ada, id } = await withPasskey();
    const { session: _, ...actor } = herself(ada.personId, undefined);
    const byToken: Somebody = { ...ada, actor: { ...actor, personalToken: { id, administers: true } } };
    for (const step of [
      () => startPasskey(byToken),
      () => createPasskey(byToken, { name: 'Phone', response: {} }),
      () => deletePasskey(byToken, { id }),
    ]) {
      await expect((async () => step())()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(await nameOf(ada)).toEqual(['Phone']);
  });

  test('is missed by nobody who ends the session it is made in', async () => {
    const ada = await somebody();
    const { options } = await startPasskey(ada);
    await world.sql('update session set ended_at = now() where id = $1', [ada.session.sessionId]);
    const response = new Authenticator(ORIGIN).create(options);
    await expect(createPasskey(ada, { name: 'Phone', response })).rejects.toMatchObject({ message: NOT_MADE });
  });
});

describe('The name passkeys are for', () => {
  test.each([
    ['https://gatehouse.example.org', PARTY],
    [
      'https://gatehouse.example.org:8443',
      { id: 'gatehouse.example.org', origin: 'https://gatehouse.example.org:8443' },
    ],
    ['http://localhost:4000', { id: 'localhost', origin: 'http://localhost:4000' }],
    ['https://192.0.2.1', null],
    ['http://127.0.0.1:4000', null],
    ['http://[::1]:4000', null],
    ['http://2130706433', null], // 127.0.0.1, written as browsers read it too
  ])('at %s comes from the public URL', (publicUrl, party) => {
    expect(partyAt(publicUrl)).toEqual(party);
  });

  test('is missing at an IP address, where they are refused with what to do about it', async () => {
    const ada = await somebody({ publicUrl: 'https://192.0.2.1' });
    await expect(startPasskey(ada)).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringMatching(/need a host name, but GATEHOUSE_PUBLIC_URL is https:\/\/192\.0\.2\.1\./),
    });
  });
});

describe('Signing in with a passkey', () => {
  test('gives a fresh session, is written down, and moves the counter on', async () => {
    const { ada, key, id } = await withPasskey();
    const { personId, id: sessionId } = await signInWith(key);
    expect(personId).toBe(ada.personId);
    const [session] = await world.sql<{ fresh: boolean; address: string }>(
      `select signed_in_at > now() - interval '1 minute' as fresh, address from session where id = $1`,
      [sessionId],
    );
    expect(session).toEqual({ fresh: true, address: '192.0.2.7' });
    expect(await entries('session.started', sessionId)).toMatchObject([
      { actor_id: personId, details: { by: 'PASSKEY' } },
    ]);
    const [row] = await world.sql<{ counter: string; used: boolean }>(
      'select counter, last_used_at is not null as used from passkey where id = $1',
      [id],
    );
    expect(row).toEqual({ counter: String(key.counter), used: true });
  });

  test('ends the session her browser had before', async () => {
    const { ada, key } = await withPasskey();
    const response = key.get(await challenge());
    await signInByPasskey(visitor(), PARTY, { response, replaces: ada.session.sessionId }, doorkeeper);
    expect((await world.ask(ada.session, '{ viewer { id } }')).status).toBe(401);
  });

  test.each<[string, Lies | ((other: Authenticator) => Lies)]>([
    ['at another origin', { origin: 'https://gatehouse.example.org.evil.example' }],
    ['for another name', { rpId: 'evil.example' }],
    ['in a frame of another page', { crossOrigin: true }],
    ['without asking for a finger, a face or a PIN', { isVerified: false }],
    ['without anybody there', { isPresent: false }],
    ['to another question', { type: 'webauthn.create' }],
    ['to a challenge nobody gave', { challenge: randomBytes(32).toString('base64url') }],
    ['to no challenge', { challenge: '' }],
    ['with a counter that stands still', { counter: 1 }],
    ['with a counter that went back to none', { counter: 0 }],
    ['for somebody else', { userHandle: Buffer.alloc(16, 1).toString('base64url') }],
    ['for nobody', { userHandle: undefined }],
    ['by a key that is not hers', (other) => ({ key: other.keys.privateKey })],
    ['in the name of another passkey', (other) => ({ id: other.credentialId.toString('base64url') })],
    ['in the name of a passkey there is not', { id: randomBytes(32).toString('base64url') }],
  ])('is refused when it answered %s', async (_, lies) => {
    const [{ key, ada }, other] = [await withPasskey(), await withPasskey()];
    const told = typeof lies === 'function' ? lies(other.key) : lies;
    await expect(signInWith(key, told)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message: NOT_ACCEPTED });
    expect(
      await world.sql('select 1 from session where person_id = $1 and id <> $2', [ada.personId, ada.session.sessionId]),
    ).toEqual([]);
    expect((await signInWith(key, { counter: 9 })).personId).toBe(ada.personId);
  });

  test.each([[''], ['null'], ['{}'], ['not JSON'], ['{"id":"","response":{}}'], ['x'.repeat(20_000)]])(
    'is refused in the same words when its answer is %j',
    async (response) => {
      await expect(signIn(response)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message: NOT_ACCEPTED });
    },
  );

  test('takes an answer once, however many send it at the same moment', async () => {
    // Synchronised passkeys have no counter: it is the challenge alone that tells.
    const { key, ada } = await withPasskey({ countsUp: false });
    const response = key.get(await challenge());
    const tried = await Promise.allSettled(Array.from({ length: 8 }, () => signIn(response)));
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(signIn(response)).rejects.toMatchObject({ message: NOT_ACCEPTED });
    expect(await world.sql('select 1 from session where person_id = $1', [ada.personId])).toHaveLength(2);
  });

  test('takes no challenge of five minutes ago, none that was answered wrongly before, and none for making a passkey', async () => {
    const { key, ada } = await withPasskey();
    const old = (await challenge()) as { challenge: string };
    await world.sql('update passkey_challenge set expires_at = now() where challenge = $1', [
      Buffer.from(old.challenge, 'base64url'),
    ]);
    await expect(signIn(key.get(old))).rejects.toMatchObject({ message: NOT_ACCEPTED });
    const tried = await challenge();
    await expect(signIn(key.get(tried, { isVerified: false }))).rejects.toMatchObject({ message: NOT_ACCEPTED });
    await expect(signIn(key.get(tried))).rejects.toMatchObject({ message: NOT_ACCEPTED });
    const { options } = await startPasskey(ada);
    await expect(signIn(key.get({ ...options, rpId: PARTY.id }))).rejects.toMatchObject({ message: NOT_ACCEPTED });
  });

  test('lets one of two in who use the same counter at the same moment: one of them has a copy', async () => {
    const { key, ada } = await withPasskey();
    const answers = [key.get(await challenge(), { counter: 5 }), key.get(await challenge(), { counter: 5 })];
    const tried = await Promise.allSettled(answers.map((response) => signIn(response)));
    expect(tried.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await world.sql('select 1 from session where person_id = $1', [ada.personId])).toHaveLength(2);
  });

  test('takes the tries of passwords, counts what is refused, and refuses the right answer without a try', async () => {
    const { key, ada } = await withPasskey();
    doorkeeper = {
      limits: { account: { most: 2, secondsEach: 300 }, network: { most: 99, secondsEach: 1 } },
      refused: new RefusedSignIns(),
    };
    await signInWith(key);
    await signInWith(key); // gives its try back
    for (let at = 0; at < 2; at++) {
      await expect(signInWith(key, { isVerified: false })).rejects.toMatchObject({ message: NOT_ACCEPTED });
    }
    await expect(signInWith(key)).rejects.toMatchObject({ code: 'RATE_LIMITED', facts: { retryAfter: 300 } });
    await doorkeeper.refused.write(world.store);
    expect(await entries('session.refused', ada.personId)).toMatchObject([
      { details: { count: 3, networks: ['192.0.2.7'] } },
    ]);
  });

  test('asks a network to wait that wants challenge after challenge', async () => {
    await world.sql('delete from passkey_challenge');
    const asked = await Promise.allSettled(
      Array.from({ length: 130 }, () => startPasskeySignIn(visitor('198.51.100.1'), PARTY)),
    );
    const given = asked.filter(({ status }) => status === 'fulfilled').length;
    expect(given).toBeGreaterThanOrEqual(120);
    expect(given).toBeLessThan(130);
    expect(asked.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'RATE_LIMITED' } });
    await startPasskeySignIn(visitor('198.51.100.2'), PARTY); // others are not
    expect(await world.sql('select 1 from passkey_challenge')).toHaveLength(given + 1);
  });
});

describe('Deleting a passkey', () => {
  test('lets nobody in with it any more, and ends her other sessions', async () => {
    const { ada, key, id } = await withPasskey();
    const elsewhere = await signInWith(key);
    const begun = key.get(await challenge());
    expect(await deletePasskey(ada, { id })).toEqual({ endedSessions: 1 });
    await expect(signIn(begun)).rejects.toMatchObject({ message: NOT_ACCEPTED });
    expect(await nameOf(ada)).toEqual([]);
    const open = await world.sql<{ id: string }>('select id from session where person_id = $1 and ended_at is null', [
      ada.personId,
    ]);
    expect(open).toEqual([{ id: ada.session.sessionId }]);
    expect(await entries('session.started', elsewhere.id)).toHaveLength(1);
    expect(await entries('passkey.deleted', id)).toMatchObject([
      { actor_id: ada.personId, details: { endedSessions: 1 } },
    ]);
  });

  test('of somebody else looks like deleting one there is not', async () => {
    const [{ id, ada }, eve] = [await withPasskey(), await somebody()];
    const tried = await Promise.allSettled([deletePasskey(eve, { id }), deletePasskey(eve, { id: ada.personId })]);
    expect(tried).toMatchObject(
      Array(2).fill({ reason: { code: 'NOT_FOUND', message: 'The passkey was not found.' } }),
    );
    expect(await nameOf(ada)).toEqual(['Phone']);
  });

  test('is apart from changing the password, after which it goes on', async () => {
    const { ada, key } = await withPasskey();
    await world.sql('insert into person_secret (person_id, password_hash) values ($1, $2)', [
      ada.personId,
      await hashPassword(world.store.keys, 'correct battery horse'),
    ]);
    await updatePassword(ada, { currentPassword: 'correct battery horse', newPassword: 'quite another horse' });
    expect((await signInWith(key)).personId).toBe(ada.personId);
  });
});

describe('GraphQL', () => {
  test('makes, lists to herself alone, and deletes', async () => {
    await using door = await openAnotherDoor(world, { host: 'localhost' });
    const [ada, eve] = [await world.person(), await world.person()];
    const [hers, others] = [await world.signedIn(ada), await world.signedIn(eve)];
    const ask = async (asker: SignedIn, query: string, variables?: object) => {
      // biome-ignore lint/suspicious/noExplicitAny: whatever was asked for
      const { data } = await post<any, object>(`${door.url}/graphql`, asker, query, variables);
      return data;
    };
    const { startPasskey: begun } = await ask(hers, 'mutation { startPasskey { options userErrors { code } } }');
    expect(begun.userErrors).toEqual([]);
    const response = new Authenticator(door.url).create(begun.options);
    const { createPasskey: made } = await ask(
      hers,
      'mutation M($input: CreatePasskeyInput!) { createPasskey(input: $input) { passkey { id name createdAt lastUsedAt } userErrors { code message } } }',
      { input: { name: 'Laptop', response } },
    );
    expect(made).toEqual({
      passkey: { id: expect.any(String), name: 'Laptop', createdAt: expect.any(String), lastUsedAt: null },
      userErrors: [],
    });
    const list = '{ viewer { passkeys { id name createdAt lastUsedAt } } }';
    expect((await ask(hers, list)).viewer.passkeys).toEqual([made.passkey]);
    expect((await ask(others, list)).viewer.passkeys).toEqual([]);
    const remove = `mutation { deletePasskey(input: { id: "${made.passkey.id}" }) { endedSessions userErrors { code } } }`;
    expect((await ask(others, remove)).deletePasskey.userErrors).toEqual([{ code: 'NOT_FOUND' }]);
    expect((await ask(hers, remove)).deletePasskey).toEqual({ endedSessions: 0, userErrors: [] });
    expect((await ask(hers, list)).viewer.passkeys).toEqual([]);
  });
});
