// The pages for people, over real HTTP: setting up, signing in and out, links, invitations, passwords; and what somebody
// else could try at each. Secrets that come up are collected, and looked for where they must not be at the end.

import type { Browser as Chromium } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operatorOf, type WorkspaceRole } from '../../src/gate/actor.js';
import type { Id } from '../../src/lib/id.js';
import { inviteMember } from '../../src/people/invitation.js';
import { createPerson } from '../../src/people/lifecycle.js';
import { hashPassword } from '../../src/people/password.js';
import { makeSetupLink, makeSetupLinks } from '../../src/people/setup.js';
import { createSignInLink } from '../../src/people/sign-in-link.js';
import { csrfTokenOf } from '../../src/server/session-door.js';
import { createWorkspace } from '../../src/workspace/lifecycle.js';
import { openWorld, type SignedIn, type World } from '../world.js';
import { openAnotherDoor } from './another-door.js';
import { Browser } from './browser.js';
import { launchChromium, withoutBrowser } from './chromium.js';

const PASSWORD = 'correct battery horse';
const ANOTHER = 'quite another horse';
const WRONG = 'The e-mail address or the password is wrong.';

let world: World;
const secrets = new Set<string>([PASSWORD, ANOTHER]);
const browsers: Browser[] = [];

beforeAll(async () => {
  world = await openWorld({ name: 'Home' });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

// All come from one network here, whose tries are counted for whoever it was.
beforeEach(async () => {
  await world.sql('delete from sign_in_allowance');
});

const browse = (headers: Record<string, string> = {}, url = world.url): Browser => {
  const browser = new Browser(url, headers);
  browsers.push(browser);
  return browser;
};

/** Somebody with a password. */
async function account(
  input: { name?: string; email?: string; role?: WorkspaceRole; password?: string } = {},
): Promise<{ id: Id; name: string; email: string }> {
  const person = await world.person(input);
  await world.sql('insert into person_secret (person_id, password_hash) values ($1, $2)', [
    person.id,
    await hashPassword(world.store.keys, input.password ?? PASSWORD),
  ]);
  return person;
}

async function signInAs(email: string, password = PASSWORD, browser = browse()): Promise<Browser> {
  await browser.open('/sign-in');
  await browser.submit({ email, password });
  return browser;
}

/** The session a browser holds, as GraphQL is asked with it. */
const sessionOf = (browser: Browser): SignedIn => {
  const secret = browser.cookies.get('gatehouse-session') ?? '';
  return { personId: '', sessionId: '', secret, csrfToken: csrfTokenOf(world.store.keys, secret) };
};
const viewerOf = async (browser: Browser) => {
  const { status, data } = await world.ask<{ viewer: { person: { name: string } } }, object>(
    sessionOf(browser),
    '{ viewer { person { name } } }',
  );
  return status === 200 ? data?.viewer.person.name : status;
};
const entries = (action: string, targetId?: Id) =>
  world.sql<{ workspace_id: Id; after: Record<string, unknown> | null; details: Record<string, unknown> }>(
    'select workspace_id, after, details from audit_entry where action = $1 and ($2::uuid is null or target_id = $2)',
    [action, targetId ?? null],
  );

describe('Setting up', () => {
  const setupPath = async (workspaceId = world.workspaceId): Promise<string> => {
    const { path } = await makeSetupLink(world.store, workspaceId);
    secrets.add(path.split('/').at(-1)!);
    return path;
  };
  const OWNER = { name: 'Grace Hopper', email: 'grace@example.org', password: PASSWORD, repeated: PASSWORD };

  test('makes whoever opens the link the owner, signs her in, and closes', async () => {
    const [{ path, workspaceName } = { path: '', workspaceName: null }] = await makeSetupLinks(world.store);
    expect(workspaceName).toBe('Home');
    secrets.add(path.split('/').at(-1)!);
    const browser = browse();
    await browser.open(path);
    expect(browser.path).toBe('/setup'); // without the secret
    expect(browser.heading).toBe('Become the owner of Home');
    await browser.submit(OWNER);
    expect(browser.path).toBe('/console');
    await browser.open('/account');
    expect(browser.page.text).toContain('Grace Hopper');
    expect(browser.page.text).toContain('Home <span class="note">owner</span>');
    expect(await viewerOf(browser)).toBe('Grace Hopper');

    const late = browse();
    await late.open(path);
    expect([late.page.status, late.heading]).toEqual([404, 'This link does not work']);
    expect(await makeSetupLinks(world.store)).toEqual([]);
    expect(await entries('member.joined')).toMatchObject([{ after: { role: 'OWNER' } }]);
  });

  test('is closed without its link, and with half of it', async () => {
    const { id } = await createWorkspace(world.store, { name: 'Half' });
    const path = await setupPath(id);
    for (const tried of ['/setup', '/setup/', path.slice(0, -1), `${path}x`, path.replace('otl', 'int')]) {
      const browser = browse();
      await browser.open(tried);
      expect([tried, browser.page.status]).toEqual([tried, 404]);
      const reply = await browser.post('/setup', { csrf: browser.csrf, ...OWNER });
      expect(reply.status).not.toBe(200);
    }
    expect(await world.sql('select 1 from membership where workspace_id = $1', [id])).toEqual([]);
    await createPerson(world.store.callerFor(operatorOf(id)), { name: 'Own', email: 'own@example.org', role: 'OWNER' });
  });

  test('is closed as soon as there is an owner in another way, and as soon as a later start prints another link', async () => {
    const { id } = await createWorkspace(world.store, { name: 'Orphan' });
    const [early, later] = [await setupPath(id), await setupPath(id)];
    const [first, second] = [browse(), browse()];
    await first.open(early);
    expect(first.page.status).toBe(404);
    await second.open(later);
    expect(second.page.status).toBe(200);
    await createPerson(world.store.callerFor(operatorOf(id)), { name: 'O', email: 'o@example.org', role: 'OWNER' });
    await second.submit({ ...OWNER, email: 'usurper@example.org' });
    expect(second.page.status).toBe(404);
    expect(await world.sql('select 1 from person where email = $1', ['usurper@example.org'])).toEqual([]);
  });

  test('is done once, however many do it at the same moment', async () => {
    const { id } = await createWorkspace(world.store, { name: 'Contested' });
    const path = await setupPath(id);
    const rivals = await Promise.all(
      Array.from({ length: 4 }, async (_, at) => {
        const browser = browse();
        await browser.open(path);
        await browser.submit({ ...OWNER, email: `rival${at}@example.org` });
        return browser;
      }),
    );
    expect(rivals.map(({ page }) => page.status).sort()).toEqual([200, 404, 404, 404]);
    expect(await world.sql('select 1 from membership where workspace_id = $1', [id])).toHaveLength(1);
  });

  test('by somebody who has an account takes its password, and leaves it as it is', async () => {
    const known = await account({ email: 'known-owner@example.org' });
    const { id } = await createWorkspace(world.store, { name: 'Another' });
    const browser = browse();
    await browser.open(await setupPath(id));
    await browser.submit({ ...OWNER, email: known.email.toUpperCase(), password: ANOTHER, repeated: ANOTHER });
    expect([browser.page.status, browser.alert]).toEqual([403, WRONG]);
    await browser.submit({ ...OWNER, email: known.email });
    await browser.open('/account');
    expect(browser.page.text).toContain('Another <span class="note">owner</span>');
    expect((await signInAs(known.email)).path).toBe('/console');
  });

  test.each([
    ['no name', { name: ' ' }, 'The name must not be empty.'],
    ['no address', { email: 'grace' }, 'The e-mail address should look like name@example.org, but got: "grace"'],
    [
      'a short password',
      { password: 'short', repeated: 'short' },
      'A password needs at least 12 characters, but this one has 5.',
    ],
    [
      'her name as a password',
      { password: 'grace hopper 1906', repeated: 'grace hopper 1906' },
      'That is among the first things somebody would guess. Choose several words that are not a saying.',
    ],
    ['two passwords', { repeated: ANOTHER }, 'The two passwords are not the same.'],
  ])(
    'says what is wrong with %s, keeps what was typed but passwords, and leads to the field',
    async (_, wrong, message) => {
      const { id } = await createWorkspace(world.store, { name: 'Slip' });
      const browser = browse();
      await browser.open(await setupPath(id));
      await browser.submit({ ...OWNER, email: 'slip@example.org', ...wrong });
      expect([browser.page.status, browser.alert]).toEqual([422, message]);
      const [name] = Object.keys(wrong);
      expect(browser.page.text).toMatch(/<title>Error: /);
      expect(browser.page.text).toMatch(new RegExp(`<a href="#${name === 'repeated' ? 'repeated' : name}">`));
      expect(browser.page.text).toMatch(
        new RegExp(`<input id="${name}"[^>]*aria-describedby="[^"]*${name}-wrong"[^>]*aria-invalid="true"`),
      );
      expect(browser.page.text).not.toContain(PASSWORD);
      if (name !== 'email') expect(browser.page.text).toContain('value="slip@example.org"');
      await createPerson(world.store.callerFor(operatorOf(id)), { name: 'O', email: 'o@example.org', role: 'OWNER' });
    },
  );
});

describe('Signing in', () => {
  test('gives a session that GraphQL knows, and says where she is', async () => {
    const ada = await account({ name: 'Ada', email: 'ada@example.org' });
    const browser = await signInAs('  ADA@Example.org ');
    expect(browser.path).toBe('/console');
    await browser.open('/account');
    expect(browser.page.text).toMatch(/signed in as <strong>Ada<\/strong> \(ada@example\.org\)/);
    expect(browser.page.text).toContain('href="/explorer"');
    expect(await viewerOf(browser)).toBe('Ada');
    const [session] = await world.sql<{ id: Id }>('select id from session where person_id = $1', [ada.id]);
    expect(await entries('session.started', session!.id)).toMatchObject([{ workspace_id: world.workspaceId }]);
  });

  test('is refused in the same words and with the same status whether there is such an account or not', async () => {
    await account({ email: 'there@example.org' });
    await world.person({ email: 'without-password@example.org' });
    const pages = await Promise.all(
      [
        'there@example.org',
        'nowhere@example.org',
        'without-password@example.org',
        'no address',
        '',
        '\0',
        'x'.repeat(5_000),
      ].map(async (email) => {
        const browser = await signInAs(email, ANOTHER);
        expect(browser.alert).toBe(WRONG);
        return {
          status: browser.page.status,
          text: browser.page.text.replaceAll(browser.csrf, '').replace(/value="[^"]*"/g, ''),
        };
      }),
    );
    for (const page of pages) expect(page).toEqual(pages[0]);
    expect(pages[0]!.status).toBe(403);
  });

  test('takes as long for an account that does not exist as for a wrong password', async () => {
    await account({ email: 'timed@example.org' });
    const ample = { most: 1e9, secondsEach: 1 };
    await using door = await openAnotherDoor(world, { signInLimits: { account: ample, network: ample } });
    const browser = browse({}, door.url);
    await browser.open('/sign-in');
    const timed = async (email: string): Promise<number> => {
      const begun = performance.now();
      await browser.submit({ email, password: ANOTHER });
      expect(browser.alert).toBe(WRONG);
      return performance.now() - begun;
    };
    const [wrong, unknown]: [number[], number[]] = [[], []];
    let apart = 1;
    // The medians of a busy machine need many pairs to settle; those of two different ways through would never meet.
    while (wrong.length < 20 || (apart >= 0.05 && wrong.length < 150)) {
      const pair = [
        () => timed('timed@example.org').then((ms) => wrong.push(ms)),
        () => timed(`nobody${wrong.length}@example.org`).then((ms) => unknown.push(ms)),
      ];
      for (const one of wrong.length % 2 ? pair : pair.reverse()) await one();
      apart = Math.abs(median(wrong) / median(unknown) - 1);
    }
    expect(apart, `${median(wrong)} ms and ${median(unknown)} ms`).toBeLessThan(0.05);
  }, 120_000);

  test('never goes on with a session that was there before: neither somebody’s nor one that was put there', async () => {
    await account({ name: 'Eve', email: 'eve@example.org' });
    await account({ name: 'Ida', email: 'ida@example.org' });
    const browser = await signInAs('eve@example.org');
    const before = sessionOf(browser);
    await signInAs('ida@example.org', PASSWORD, browser);
    expect(sessionOf(browser).secret).not.toBe(before.secret);
    expect(await viewerOf(browser)).toBe('Ida');
    expect((await world.ask(before, '{ viewer { id } }')).status).toBe(401);

    const fixed = browse();
    fixed.cookies.set('gatehouse-session', before.secret);
    await signInAs('ida@example.org', PASSWORD, fixed);
    expect(sessionOf(fixed).secret).not.toBe(before.secret);
  });

  test('is fresh again after signing in again', async () => {
    const person = await account({ email: 'again@example.org' });
    const browser = await signInAs(person.email);
    await world.sql(`update session set signed_in_at = now() - interval '11 minutes' where person_id = $1`, [
      person.id,
    ]);
    const rename = (email: string) =>
      world.ask<{ updateProfile: { userErrors: { code: string }[] } }, object>(
        sessionOf(browser),
        `mutation { updateProfile(input: { email: "${email}" }) { userErrors { code } } }`,
      );
    expect((await rename('x@example.org')).data?.updateProfile.userErrors).toEqual([{ code: 'SIGN_IN_AGAIN' }]);
    await browser.open('/sign-in');
    expect(browser.page.text).toContain('value="again@example.org"');
    await browser.submit({ email: person.email, password: PASSWORD });
    expect((await rename('again2@example.org')).data?.updateProfile.userErrors).toEqual([]);
  });

  test('that is refused is counted, and told to the owners in one entry for many', async () => {
    await using door = await openAnotherDoor(world);
    const person = await account({ email: 'counted@example.org' });
    for (let i = 0; i < 3; i++) await signInAs(person.email, ANOTHER, browse({}, door.url));
    expect(await entries('session.refused', person.id)).toEqual([]);
    await door.close();
    expect(await entries('session.refused', person.id)).toMatchObject([
      { details: { count: 3, networks: ['127.0.0.1'] } },
    ]);
  });

  test('makes hashes of an older cost anew', async () => {
    const person = await account({ email: 'outdated@example.org' });
    const hashOf = async () =>
      (
        await world.sql<{ password_hash: string }>('select password_hash from person_secret where person_id = $1', [
          person.id,
        ])
      )[0]!.password_hash;
    const { hash } = await import('argon2');
    await world.sql('update person_secret set password_hash = $2 where person_id = $1', [
      person.id,
      await hash(PASSWORD, {
        memoryCost: 8_192,
        timeCost: 1,
        parallelism: 1,
        secret: world.store.keys.for('password').export(),
      }),
    ]);
    expect((await signInAs(person.email)).path).toBe('/console');
    expect(await hashOf()).toMatch(/m=47104/);
    expect((await signInAs(person.email)).path).toBe('/console');
  });
});

describe('The limiter', () => {
  test('holds against 10,000 wrong guesses, whatever is changed about them that does not matter', async () => {
    const victim = await account({ name: 'Victim', email: 'victim@example.org' });
    await using door = await openAnotherDoor(world, {
      publicUrl: 'https://gatehouse.example.org', // behind a proxy nobody said to trust
      signInLimits: { account: { most: 10, secondsEach: 300 }, network: { most: 1e9, secondsEach: 1 } },
    });
    const browser = browse({}, door.url);
    await browser.open('/sign-in');
    const { csrf } = browser;
    const cookie = `__Host-gatehouse-form=${browser.cookies.get('__Host-gatehouse-form')}`;
    const guess = async (at: number): Promise<string> => {
      const cased = [...victim.email]
        .map((letter, i) => ((at >> (i % 12)) & 1 ? letter.toUpperCase() : letter))
        .join('');
      const response = await fetch(`${door.url}/sign-in${at % 3 ? `?try=${at}` : ''}`, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          cookie: at % 2 ? `${cookie}; seen=${at}` : cookie,
          'user-agent': `Guesser/${at}`,
          'x-forwarded-for': `192.0.${at >> 8}.${at & 255}`,
          forwarded: `for=192.0.2.${at & 255}`,
          'x-real-ip': `10.0.0.${at & 255}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({
          csrf,
          ...(at % 5 === 0 && { device: `${at}`, username: `${at}`, remember: 'on' }),
          email: `${' '.repeat(at % 7)}${cased}${'\t'.repeat(at % 4)}`,
          password: `guess number ${at}`,
          nonce: `${at}`,
        }),
      });
      const text = await response.text();
      return `${response.status} ${[WRONG, 'Too many tries.'].find((words) => text.includes(words))}`;
    };
    const answers = new Map<string, number>();
    for (let at = 0; at < 10_000; at += 20) {
      for (const answer of await Promise.all(Array.from({ length: 20 }, (_, i) => guess(at + i)))) {
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
    }
    const looked = answers.get(`403 ${WRONG}`) ?? 0; // a try comes back every five minutes
    expect(looked).toBeGreaterThanOrEqual(10);
    expect(looked).toBeLessThanOrEqual(11);
    expect(answers.get('429 Too many tries.')).toBe(10_000 - looked);
    // What is true for guesses is true for the password, and for another process at the same database.
    const herself = await signInAs(victim.email);
    expect(herself.page.status).toBe(429);
    expect(herself.alert).toMatch(/^Too many tries\. Wait 5 minutes/);
    expect(herself.page.headers['retry-after']).toBe('300');
  }, 180_000);

  test('answers alike whether there is such an account or not, and before the password is looked at', async () => {
    const { email } = await account({ email: 'limited@example.org' });
    await using door = await openAnotherDoor(world, {
      signInLimits: { account: { most: 2, secondsEach: 300 }, network: { most: 1e9, secondsEach: 1 } },
    });
    const outcome = async (address: string) => {
      const browser = browse({}, door.url);
      const statuses: number[] = [];
      for (let i = 0; i < 4; i++) {
        await signInAs(address, ANOTHER, browser);
        statuses.push(browser.page.status);
      }
      return { statuses, alert: browser.alert, retryAfter: browser.page.headers['retry-after'] };
    };
    const known = await outcome(email);
    expect(known.statuses).toEqual([403, 403, 429, 429]);
    expect(await outcome('unlimited@example.org')).toEqual(known);
  });

  test('counts for the network, too: who tries many accounts is refused at all of them, and others are not', async () => {
    await using door = await openAnotherDoor(world, {
      trustProxy: { hops: 1 },
      publicUrl: 'https://gatehouse.example.org',
      signInLimits: { account: { most: 10, secondsEach: 300 }, network: { most: 3, secondsEach: 60 } },
    });
    const { email } = await account({ email: 'sprayed@example.org' });
    const from = (address: string) => browse({ 'x-forwarded-for': address, 'x-forwarded-proto': 'https' }, door.url);
    const statuses: number[] = [];
    for (let at = 0; at < 4; at++) {
      // Of an IPv6 network the client chooses the second half.
      statuses.push((await signInAs(`spray${at}@example.org`, ANOTHER, from(`2001:db8:1:2::${at + 1}`))).page.status);
    }
    expect(statuses).toEqual([403, 403, 403, 429]);
    expect((await signInAs(email, PASSWORD, from('2001:db8:1:2::99'))).page.status).toBe(429);
    expect((await signInAs(email, PASSWORD, from('2001:db8:1:3::1'))).path).toBe('/console');
  });

  test('counts guesses at one’s own password from within a session as well', async () => {
    const person = await account({ email: 'inside@example.org' });
    const browser = await signInAs(person.email);
    const guess = () =>
      world.ask<{ updatePassword: { userErrors: { code: string; path: string[] }[] } }, object>(
        sessionOf(browser),
        `mutation { updatePassword(input: { currentPassword: "wrong wrong wrong", newPassword: "${ANOTHER}" }) { userErrors { code path } } }`,
      );
    const codes: string[] = [];
    for (let i = 0; i < 11; i++) codes.push((await guess()).data!.updatePassword.userErrors[0]!.code);
    expect(codes).toEqual([...Array(10).fill('INVALID'), 'RATE_LIMITED']);
    expect((await signInAs(person.email)).page.status).toBe(429);
  });
});

describe('Signing out', () => {
  test('ends the session, takes its cookies away, and clears what the browser has kept', async () => {
    const person = await account({ email: 'leaving@example.org' });
    const browser = await signInAs(person.email);
    const before = sessionOf(browser);
    await browser.open('/account');
    const { csrf } = browser;
    const reply = await browser.send({
      path: '/sign-out',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrf }).toString(),
    });
    expect(reply.status).toBe(303);
    expect(reply.headers).toMatchObject({
      location: '/sign-in',
      'clear-site-data': '"cache", "storage"',
      'cache-control': 'no-store',
    });
    expect([...browser.cookies.keys()]).toEqual([]);
    expect((await world.ask(before, '{ viewer { id } }')).status).toBe(401);
    const id = (await world.sql<{ id: string }>('select id from session where person_id = $1', [person.id]))[0]!.id;
    expect(await entries('session.ended', id)).toHaveLength(1);
    await browser.open('/account');
    expect(browser.path).toBe('/sign-in');
  });

  test('asks first, as a link to it could stand anywhere', async () => {
    const person = await account({ email: 'asked@example.org' });
    const browser = await signInAs(person.email);
    await browser.open('/sign-out');
    expect(await viewerOf(browser)).toBe('Somebody');
    await browser.submit();
    expect(browser.path).toBe('/sign-in');
    expect(await viewerOf(browser)).not.toBe('Somebody');
  });

  test('of somebody whose session has ended already leads to the same place', async () => {
    const person = await account({ email: 'gone@example.org' });
    const browser = await signInAs(person.email);
    await browser.open('/sign-out');
    await world.sql('update session set ended_at = now() where person_id = $1', [person.id]);
    await browser.submit();
    expect(browser.page.status).toBe(403); // the form was of the session
    await browser.open('/sign-out');
    await browser.submit();
    expect(browser.path).toBe('/sign-in');
  });
});

describe('A sign-in link', () => {
  const linkFor = async (email: string): Promise<string> => {
    const { path } = await createSignInLink(world.store, email);
    secrets.add(path.split('/').at(-1)!);
    return path;
  };

  test('lets her in once and sets her password, whether she had one or not', async () => {
    const without = await world.person({ name: 'Newcomer', email: 'newcomer@example.org' });
    const browser = browse();
    const path = await linkFor(without.email);
    await browser.open(path);
    expect([browser.path, browser.heading]).toEqual(['/sign-in/password', 'Choose a password']);
    await browser.submit({ password: PASSWORD, repeated: PASSWORD });
    expect(browser.path).toBe('/console');
    expect(await viewerOf(browser)).toBe('Newcomer');
    await browser.open(path);
    expect(browser.page.status).toBe(404);
    expect((await signInAs(without.email)).path).toBe('/console');
    expect(await entries('sign_in_link.created', without.id)).toHaveLength(1);
    expect(await entries('person.password_updated', without.id)).toMatchObject([{ details: { by: 'SIGN_IN_LINK' } }]);
  });

  test('does nothing when it is only opened, by a program that looks ahead', async () => {
    const person = await account({ email: 'preview@example.org' });
    const path = await linkFor(person.email);
    for (let i = 0; i < 3; i++) await browse().open(path);
    const browser = browse();
    await browser.open(path);
    await browser.submit({ password: ANOTHER, repeated: ANOTHER });
    expect(browser.path).toBe('/console');
  });

  test('ends her other sessions, and the password before', async () => {
    const person = await account({ email: 'recovered@example.org' });
    const before = await signInAs(person.email);
    const browser = browse();
    await browser.open(await linkFor(person.email));
    await browser.submit({ password: ANOTHER, repeated: ANOTHER });
    expect(await viewerOf(before)).toBe(401);
    expect((await signInAs(person.email)).alert).toBe(WRONG);
    expect((await signInAs(person.email, ANOTHER)).path).toBe('/console');
  });

  test('works for 15 minutes, and until there is a newer one', async () => {
    const person = await account({ email: 'late@example.org' });
    const [old, expired] = [await linkFor(person.email), await linkFor(person.email)];
    await world.sql(`update one_time_link set expires_at = expires_at - interval '15 minutes' where person_id = $1`, [
      person.id,
    ]);
    for (const path of [old, expired]) {
      const browser = browse();
      await browser.open(path);
      expect(browser.page.status).toBe(404);
    }
  });

  test('is no link of another kind', async () => {
    const person = await account({ email: 'kind@example.org' });
    const secret = (await linkFor(person.email)).split('/').at(-1);
    for (const path of [`/setup/${secret}`, `/invite/${secret}`]) {
      const browser = browse();
      await browser.open(path);
      expect(browser.page.status).toBe(404);
    }
  });
});

describe('An invitation', () => {
  const invite = async (
    input: { email: string; role?: WorkspaceRole; name?: string },
    workspaceId = world.workspaceId,
  ) => {
    const { path } = await inviteMember(world.store.callerFor(operatorOf(workspaceId)), { role: 'MEMBER', ...input });
    secrets.add(path.split('/').at(-1)!);
    return path;
  };

  test('makes a new person who signs in with what she chose', async () => {
    const browser = browse();
    await browser.open(await invite({ email: 'new@example.org', name: 'N. E. Wcomer', role: 'GUEST' }));
    expect([browser.path, browser.heading]).toEqual(['/invite', 'Join Home']);
    expect(browser.page.text).toContain('value="N. E. Wcomer"');
    await browser.submit({ name: 'Nell', password: PASSWORD, repeated: PASSWORD });
    expect(browser.path).toBe('/console');
    await browser.open('/account');
    expect(browser.page.text).toContain('Home <span class="note">guest</span>');
    expect(await viewerOf(browser)).toBe('Nell');
    expect((await signInAs('new@example.org')).path).toBe('/console');
    const [person] = await world.sql<{ id: Id }>(`select id from person where email = 'new@example.org'`);
    expect(await entries('member.joined', person!.id)).toMatchObject([{ after: { role: 'GUEST' } }]);
  });

  test('names whoever invites', async () => {
    const owner = await account({ name: 'Olga <Owner>', email: 'olga@example.org', role: 'OWNER' });
    const asked = await world.ask<{ inviteMember: { link: string } }, object>(
      await world.signedIn(owner),
      'mutation { inviteMember(input: { email: "guest@example.org", role: GUEST }) { link } }',
    );
    const { link } = asked.data!.inviteMember;
    secrets.add(link.split('/').at(-1)!);
    expect(link).toMatch(new RegExp(`^${world.url}/invite/gth_otl_`));
    const browser = browse();
    await browser.open(new URL(link).pathname);
    expect(browser.page.text).toContain(
      'Olga &lt;Owner&gt; invites you to the workspace <strong>Home</strong>, as a guest',
    );
  });

  test('lets somebody known join with the password she has, and with no other', async () => {
    const other = (await createWorkspace(world.store, { name: 'Elsewhere' })).id;
    const known = await account({ name: 'Kay', email: 'kay@example.org' });
    const path = await invite({ email: 'KAY@example.org' }, other);
    const browser = browse();
    await browser.open(path);
    expect(browser.page.text).toContain('There is an account with this address');
    await browser.submit({ password: ANOTHER });
    expect([browser.page.status, browser.alert]).toEqual([403, WRONG]);
    await browser.post('/invite', { csrf: browser.csrf, name: 'K', password: ANOTHER, repeated: ANOTHER }); // as if she were new
    expect(browser.page.status).toBe(404);
    await browser.open(path);
    await browser.submit({ password: PASSWORD });
    await browser.open('/account');
    expect(browser.page.text).toContain('Elsewhere <span class="note">member</span>');
    expect(await world.sql('select 1 from membership where person_id = $1', [known.id])).toHaveLength(2);
  });

  test('gives no way into an account without a password', async () => {
    const other = (await createWorkspace(world.store, { name: 'Taker' })).id;
    const { email, id } = await world.person({ email: 'passwordless@example.org' });
    const path = await invite({ email }, other);
    const browser = browse();
    await browser.open(path);
    await browser.post('/invite', { csrf: browser.csrf, name: 'P', password: ANOTHER, repeated: ANOTHER });
    expect(browser.page.status).toBe(404);
    await browser.open(path);
    await browser.submit({ password: ANOTHER });
    expect(browser.alert).toBe(WRONG);
    expect(await world.sql('select 1 from person_secret where person_id = $1', [id])).toEqual([]);
  });

  test('takes one step of whoever is signed in already, and her session gets a new secret', async () => {
    const other = (await createWorkspace(world.store, { name: 'Further' })).id;
    const person = await account({ name: 'Ina', email: 'ina@example.org' });
    const browser = await signInAs(person.email);
    const before = sessionOf(browser);
    await browser.open(await invite({ email: person.email }, other));
    await browser.submit();
    await browser.open('/account');
    expect(browser.page.text).toContain('Further <span class="note">member</span>');
    expect((await world.ask(before, '{ viewer { id } }')).status).toBe(401);
    expect((await world.ask(sessionOf(browser), '{ viewer { workspace { name } } }')).data).toEqual({
      viewer: { workspace: { name: 'Further' } },
    });
  });

  test('is not for whoever happens to be signed in', async () => {
    const person = await account({ email: 'bystander@example.org' });
    const browser = await signInAs(person.email);
    const path = await invite({ email: 'somebody-else@example.org' });
    await browser.open(path);
    expect(browser.page.text).toContain('but you are signed in as bystander@example.org');
    expect(browser.page.text).not.toContain('action="/invite"');
    await browser.post('/invite', { csrf: browser.csrf });
    expect(browser.page.status).toBe(404);
    const theirs = browse();
    await theirs.open(path);
    expect(theirs.page.status).toBe(200);
  });

  test('ends when it was used, after 7 days, with a newer one, and with the ownership of whoever made it', async () => {
    const owner = await account({ name: 'Former', email: 'former@example.org', role: 'OWNER' });
    const byFormer = await world.ask<{ inviteMember: { link: string } }, object>(
      await world.signedIn(owner),
      'mutation { inviteMember(input: { email: "a@example.org", role: MEMBER }) { link } }',
    );
    const former = new URL(byFormer.data!.inviteMember.link).pathname;
    secrets.add(former.split('/').at(-1)!);
    const statusOf = async (path: string): Promise<number> => (await browse().open(path)).status;
    expect(await statusOf(former)).toBe(200);
    await world.sql(`update membership set role = 'MEMBER' where person_id = $1`, [owner.id]);
    expect(await statusOf(former)).toBe(404);

    const [older, newer] = [await invite({ email: 'b@example.org' }), await invite({ email: 'B@example.org' })];
    expect([await statusOf(older), await statusOf(newer)]).toEqual([404, 200]);
    await world.sql(
      `update one_time_link set expires_at = expires_at - interval '7 days' where lower(email) = 'b@example.org'`,
    );
    expect(await statusOf(newer)).toBe(404);

    const used = await invite({ email: 'c@example.org' });
    const browser = browse();
    await browser.open(used);
    await browser.submit({ name: 'C', password: PASSWORD, repeated: PASSWORD });
    expect(await statusOf(used)).toBe(404);
  });
});

describe('Changing the password', () => {
  test('ends all other sessions, gives this one a new secret, and the old password is over', async () => {
    const person = await account({ email: 'changing@example.org' });
    const [browser, elsewhere] = [await signInAs(person.email), await signInAs(person.email)];
    const before = sessionOf(browser);
    await browser.open('/account/password');
    await browser.submit({ currentPassword: PASSWORD, newPassword: ANOTHER, repeated: ANOTHER });
    expect(browser.heading).toBe('Password changed');
    expect(await viewerOf(elsewhere)).toBe(401);
    expect((await world.ask(before, '{ viewer { id } }')).status).toBe(401);
    expect(await viewerOf(browser)).toBe('Somebody');
    expect((await signInAs(person.email)).alert).toBe(WRONG);
    expect((await signInAs(person.email, ANOTHER)).path).toBe('/console');
    expect(await entries('person.password_updated', person.id)).toMatchObject([{ details: { endedSessions: 1 } }]);
  });

  test('needs the password there is', async () => {
    const person = await account({ email: 'unchanged@example.org' });
    const browser = await signInAs(person.email);
    await browser.open('/account/password');
    await browser.submit({ currentPassword: ANOTHER, newPassword: ANOTHER, repeated: ANOTHER });
    expect([browser.page.status, browser.alert]).toEqual([422, 'That is not your password.']);
    expect(browser.page.text).toMatch(/<input id="currentPassword"[^>]*aria-invalid="true"/);
    await browser.submit({ currentPassword: PASSWORD, newPassword: 'short', repeated: 'short' });
    expect(browser.alert).toMatch(/^A password needs at least 12 characters/);
    expect(browser.page.text).toMatch(/<input id="newPassword"[^>]*aria-invalid="true"/);
    expect((await signInAs(person.email)).path).toBe('/console');
  });

  test('does not miss a session that is started with the old password at the same moment', async () => {
    const person = await account({ email: 'racing@example.org' });
    const browser = await signInAs(person.email);
    await browser.open('/account/password');
    const others = Array.from({ length: 6 }, () => browse());
    for (const other of others) await other.open('/sign-in');
    await Promise.all([
      browser.submit({ currentPassword: PASSWORD, newPassword: ANOTHER, repeated: ANOTHER }),
      ...others.map((other) => other.submit({ email: person.email, password: PASSWORD })),
    ]);
    expect(browser.heading).toBe('Password changed');
    const live = await world.sql('select 1 from session where person_id = $1 and ended_at is null', [person.id]);
    expect(live).toHaveLength(1);
  });
});

describe('Cookies', () => {
  test('on this machine over http are HttpOnly and SameSite=Lax; the one scripts need to read holds no session', async () => {
    const person = await account({ email: 'cookies@example.org' });
    const browser = await signInAs(person.email);
    const [session, csrf] = ['gatehouse-session', 'gatehouse-csrf'].map((name) =>
      browser.setCookies.find((cookie) => cookie.startsWith(`${name}=gth`) || cookie.startsWith(`${name}=`)),
    );
    expect(session).toMatch(/^gatehouse-session=gth_ses_\w{38}; Path=\/; SameSite=Lax; HttpOnly$/);
    expect(csrf).toMatch(/^gatehouse-csrf=[\w-]{43}; Path=\/; SameSite=Lax$/);
    expect(browser.cookies.get('gatehouse-csrf')).toBe(sessionOf(browser).csrfToken);
  });

  test('over https are Secure as well, under names no other host can set', async () => {
    const person = await account({ email: 'https@example.org' });
    await using door = await openAnotherDoor(world, {
      publicUrl: 'https://gatehouse.example.org',
      trustProxy: { hops: 1 },
    });
    const browser = browse({ 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.7' }, door.url);
    await signInAs(person.email, PASSWORD, browser);
    expect(browser.path).toBe('/console');
    for (const cookie of browser.setCookies) {
      expect(cookie).toMatch(/^__Host-gatehouse-\w+=[^;]*; Path=\/; SameSite=Lax; Secure(; HttpOnly)?(; Max-Age=0)?$/);
      if (!cookie.startsWith('__Host-gatehouse-csrf')) expect(cookie).toContain('HttpOnly');
    }
    const [row] = await world.sql<{ address: string }>('select address from session where person_id = $1', [person.id]);
    expect(row!.address).toBe('192.0.2.7');
    // A cookie without the prefix is no session here.
    const secret = browser.cookies.get('__Host-gatehouse-session')!;
    const plain = browse({ ...browser.headers, cookie: `gatehouse-session=${secret}` }, door.url);
    await plain.open('/account');
    expect(plain.path).toBe('/sign-in');
  });
});

describe('Another site', () => {
  /** Each route that changes something, and a browser whose form for it is right. */
  const ROUTES: Record<string, () => Promise<{ browser: Browser; fields: Record<string, string> }>> = {
    '/sign-in': async () => {
      const { email } = await account();
      const browser = browse();
      await browser.open('/sign-in');
      return { browser, fields: { email, password: PASSWORD } };
    },
    '/sign-out': async () => {
      const browser = await signInAs((await account()).email);
      await browser.open('/sign-out');
      return { browser, fields: {} };
    },
    '/account/password': async () => {
      const browser = await signInAs((await account()).email);
      await browser.open('/account/password');
      return { browser, fields: { currentPassword: PASSWORD, newPassword: ANOTHER, repeated: ANOTHER } };
    },
    '/setup': async () => {
      const { id } = await createWorkspace(world.store, { name: 'Forged' });
      const browser = browse();
      await browser.open((await makeSetupLink(world.store, id)).path);
      return { browser, fields: { name: 'F', email: `f${id}@example.org`, password: PASSWORD, repeated: PASSWORD } };
    },
    '/sign-in/password': async () => {
      const browser = browse();
      await browser.open((await createSignInLink(world.store, (await account()).email)).path);
      return { browser, fields: { password: ANOTHER, repeated: ANOTHER } };
    },
    '/invite': async () => {
      const caller = world.store.callerFor(operatorOf(world.workspaceId));
      const { path } = await inviteMember(caller, { email: `${Math.random()}@example.org`, role: 'MEMBER' });
      const browser = browse();
      await browser.open(path);
      return { browser, fields: { name: 'I', password: PASSWORD, repeated: PASSWORD } };
    },
  };

  test.each(Object.keys(ROUTES))('cannot send the form of %s', async (path) => {
    const { browser, fields } = await ROUTES[path]!();
    const { csrf } = browser;
    const before = new Map(browser.cookies);
    const send = (changed: Changed) =>
      browser.post(
        path,
        { ...fields, csrf, ...(changed.csrf !== undefined && { csrf: changed.csrf }) },
        { headers: changed.headers ?? {} },
      );
    const forged: Changed[] = [
      { csrf: '' },
      { csrf: `${csrf.slice(0, -1)}x` },
      { csrf: csrfTokenOf(world.store.keys, 'the form of somebody else') },
      { headers: { origin: 'https://evil.example' } },
      { headers: { origin: 'null', 'sec-fetch-site': 'cross-site' } },
      { headers: { 'sec-fetch-site': 'same-site' } },
    ];
    for (const changed of forged) {
      const reply = await send(changed);
      expect([changed, reply.status]).toEqual([changed, 403]);
      expect(reply.text).toContain('another site sent it');
    }
    const withoutCookies = await browse().post(path, { ...fields, csrf });
    // Who is not signed in is led to where she can be; nothing was done.
    expect(path === '/account/password' ? 200 : 403).toBe(withoutCookies.status);
    for (const [name, value] of before) browser.cookies.set(name, value);
    const right = await send({ headers: { origin: new URL(world.url).origin, 'sec-fetch-site': 'same-origin' } });
    expect(right.status).toBe(200);
    expect(['/console', '/account', '/sign-in', '/account/password/changed']).toContain(browser.path);
  });

  test('cannot show these pages in a frame, nor run or load anything in them', async () => {
    for (const path of ['/sign-in', '/sign-out', '/setup', '/invite', '/sign-in/password']) {
      const { headers, text } = await browse().open(path);
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      );
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'content-type': 'text/html; charset=utf-8',
      });
      expect(text).not.toMatch(/<script|<style|\sstyle=|\son\w+=|https?:\/\//);
    }
  });

  test('cannot put HTML into them', async () => {
    const name = `<img src=x onerror="alert(1)">'&`;
    const person = await account({ name, email: `"<b>"@example.org` });
    const browser = await signInAs(person.email);
    expect(browser.path).toBe('/console');
    await browser.open('/account');
    expect(browser.page.text).not.toMatch(/<img|<b>/);
    expect(browser.page.text).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&amp;');
    await browser.open('/sign-in');
    await browser.submit({ email: '"><script>alert(1)</script>', password: ANOTHER });
    expect(browser.page.text).not.toContain('<script');
  });
});

describe('The pages', () => {
  test('have no other methods, no other types of form and no long ones', async () => {
    const browser = browse();
    await browser.open('/sign-in');
    const { csrf } = browser;
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const reply = await browser.send({ method, path: '/sign-in' });
      expect([reply.status, reply.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
    }
    expect((await browser.send({ method: 'POST', path: '/account' })).headers.allow).toBe('GET, HEAD');
    expect((await browser.send({ method: 'HEAD', path: '/sign-in' })).text).toBe('');
    const typed = (type: string) =>
      browser.send({ path: '/sign-in', headers: { 'content-type': type }, body: `csrf=${csrf}&email=a&password=b` });
    for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/json', '']) {
      expect((await typed(type)).status).toBe(415);
    }
    expect((await browser.post('/sign-in', { csrf, email: 'x'.repeat(20_000) })).status).toBe(413);
  });

  test('have a style sheet whose name changes with it', async () => {
    const { text } = await browse().open('/sign-in');
    const path = /href="(\/assets\/sign-in-[0-9a-f]{8}\.css)"/.exec(text)![1]!;
    const { status, headers } = await browse().open(path);
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/css; charset=utf-8',
      'public, max-age=31536000, immutable',
    ]);
    expect((await browse().open('/assets/sign-in-00000000.css')).status).toBe(404);
  });

  test('refuse to sign anybody in over plain http, saying what to do', async () => {
    await using plain = await openAnotherDoor(world, { publicUrl: 'http://gatehouse.example.org' });
    for (const path of ['/sign-in', '/setup', '/invite', '/account', '/setup/gth_otl_x']) {
      const { status, text } = await browse({}, plain.url).open(path);
      expect([path, status]).toEqual([path, 403]);
      expect(text).toContain('GATEHOUSE_PUBLIC_URL');
      expect(text).not.toContain('<form');
    }
    const browser = await signInAs((await account()).email);
    const session = sessionOf(browser);
    expect((await world.ask(session, '{ viewer { id } }')).status).toBe(200);
    const cookie = { cookie: `gatehouse-session=${session.secret}`, 'x-csrf-token': session.csrfToken };
    const reply = await browse(cookie, plain.url).send({
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ viewer { id } }"}',
    });
    expect(reply.status).toBe(403);
  });

  test('lead nowhere by what the client says about itself', async () => {
    const browser = browse({ host: 'localhost:1', 'x-forwarded-host': 'evil.example' });
    const reply = await browser.send({ method: 'GET', path: '/account' });
    // A forwarding header of nobody trusted: not a request of this machine for itself.
    expect(reply.status).toBe(403);
    const owner = await account({ role: 'OWNER' });
    const session = await world.signedIn(owner);
    const asked = await browse({
      host: 'localhost:1',
      cookie: `gatehouse-session=${session.secret}`,
      'x-csrf-token': session.csrfToken,
    }).send({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'mutation { inviteMember(input: { email: "host@example.org", role: GUEST }) { link } }',
      }),
    });
    expect(JSON.parse(asked.text).data.inviteMember.link).toMatch(new RegExp(`^${world.url}/invite/`));
  });
});

describe.skipIf(withoutBrowser !== null)('In a browser without scripts', () => {
  let chrome: Chromium;
  beforeAll(async () => {
    chrome = await launchChromium();
  });
  afterAll(async () => {
    await chrome.close();
  });

  test('an owner sets up, slips, signs out and in again, by keyboard', async () => {
    const { id } = await createWorkspace(world.store, { name: 'Walk' });
    const { path } = await makeSetupLink(world.store, id);
    const context = await chrome.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    const fill = async (label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text);

    await page.goto(world.url + path);
    await page.getByRole('heading', { name: 'Become the owner of Walk' }).waitFor();
    expect(page.url()).toBe(`${world.url}/setup`);
    await fill('Your name', 'Wanda Walker');
    await fill('E-mail address', 'wanda@example.org');
    await fill('Password', PASSWORD);
    await fill('The same password again', ANOTHER);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('The two passwords are not the same.');
    expect(await page.title()).toBe('Error: Become the owner of Walk – Gatehouse');
    expect(await page.getByLabel('Your name').inputValue()).toBe('Wanda Walker');
    await fill('Password', PASSWORD);
    await fill('The same password again', PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/console');
    await page.goto(`${world.url}/account`);
    await page.getByRole('heading', { name: 'Signed in' }).waitFor();
    expect(await page.getByRole('listitem').innerText()).toBe('Walk owner');

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor(); // nothing of the page before is kept
    await fill('E-mail address', 'wanda@example.org');
    await fill('Password', PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/console');
    await page.goto(`${world.url}/account`);
    await page.getByRole('heading', { name: 'Signed in' }).waitFor();
    const cookies = await context.cookies();
    expect(cookies.map(({ name, httpOnly, sameSite }) => `${name} ${httpOnly} ${sameSite}`).sort()).toEqual([
      'gatehouse-csrf false Lax',
      'gatehouse-session true Lax',
    ]);
    expect(complaints.filter((text) => /policy|refused to/i.test(text))).toEqual([]);
    expect(await world.sql(`select 1 from membership where workspace_id = $1 and role = 'OWNER'`, [id])).toHaveLength(
      1,
    );
    await context.close();
  });
});

describe('No secret', () => {
  const used = (): string[] => [
    ...secrets,
    ...browsers.flatMap(({ setCookies }) =>
      setCookies.map((cookie) => /=([^;]{20,})/.exec(cookie)?.[1] ?? '').filter(Boolean),
    ),
  ];

  test('stands in the database, whose dump lets nobody in', async () => {
    const tables = await world.sql<{ name: string }>(
      `select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public'`,
    );
    expect(tables.length).toBeGreaterThan(15);
    let dump = '';
    for (const { name } of tables) {
      for (const { row } of await world.sql<{ row: string }>(`select to_jsonb(t)::text as row from ${name} t`))
        dump += `${row}\n`;
    }
    expect(dump).toContain('victim@example.org');
    expect(used().length).toBeGreaterThan(200);
    for (const secret of used()) {
      expect(dump.includes(secret), secret).toBe(false);
      expect(dump.includes(Buffer.from(secret).toString('hex')), secret).toBe(false);
    }
  });

  test('stands in a log', () => {
    const log = world.logLines.join('');
    expect(log).toContain('/sign-in');
    for (const secret of used()) expect(log.includes(secret), secret).toBe(false);
  });

  test('stands in an address but those of one-time links', () => {
    for (const { path } of browsers) for (const secret of used()) expect(path.includes(secret), path).toBe(false);
  });
});

interface Changed {
  csrf?: string;
  headers?: Record<string, string>;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
