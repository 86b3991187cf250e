// Codes and refresh tokens that come twice, at once and later: one wins, and whoever comes too late ends it all.

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeCode } from '../../src/oauth/authorization-code.js';
import { herselfIn } from '../../src/oauth/eligibility.js';
import { openWorld, post, type SignedIn, type World } from '../world.js';
import { CALLBACK, type Client, codeFor, install, pkce, publicConnection, redeem, refresh } from './installing.js';

const RACES = 1_000;
const PEOPLE = 40;
const AT_ONCE = 8;
/** `npm test` gives each property so long; full counts run in `npm run soak`. */
const RACES_MS = 45_000 * Math.max(1, Number(process.env.GATEHOUSE_CASES ?? 1));
const RACES_TIMEOUT_MS = RACES_MS + 60_000;

let world: World;
let client: Client;
let browser: SignedIn;
let people: { id: string }[];

beforeAll(async () => {
  world = await openWorld();
  client = await publicConnection(world);
  browser = await world.signedIn(await world.person());
  people = [];
  for (let n = 0; n < PEOPLE; n++) people.push(await world.person());
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

const works = async (token: string) => (await post(`${world.url}/graphql`, token, '{ viewer { id } }')).status === 200;

/** A code somebody agreed to, without the page. */
async function code(person: { id: string }) {
  const { verifier, challenge } = pkce();
  const actor = herselfIn({ workspaceId: world.workspaceId, role: 'MEMBER' }, person.id);
  const text = await makeCode(world.store.em(), world.store.keys, actor, {
    nonce: randomBytes(24),
    connectionId: client.id,
    redirectUri: CALLBACK,
    codeChallenge: challenge,
    capabilities: ['CONTENT_READ'],
    resourceIds: [],
  });
  return { code: text, verifier };
}

/** Runs them, so many at a time, as long as there is time; `next` says which. */
async function inTurns<T>(
  count: number,
  run: (n: number) => Promise<T>,
  until = Number.POSITIVE_INFINITY,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count && Date.now() < until) {
      const n = next++;
      results[n] = await run(n);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

const tally = (what: string, count: number, since: number): void =>
  void process.stderr.write(`${what}: ${count} races, ${((Date.now() - since) / 1000).toFixed(1)} s\n`);

describe('A thousand races', { timeout: RACES_TIMEOUT_MS }, () => {
  test('for one code each: exactly one gets tokens, the other invalid_grant', async () => {
    const since = Date.now();
    const race = async (n: number) => {
      const asked = await code(people[n % PEOPLE]!);
      const both = await Promise.all([redeem(world, client, asked), redeem(world, client, asked)]);
      return both.map(({ status, body }) => (status === 200 ? 'tokens' : body.error)).sort();
    };
    const outcomes = await inTurns(RACES, race, since + RACES_MS);
    expect(outcomes.length).toBeGreaterThanOrEqual(AT_ONCE);
    expect(outcomes.filter((outcome) => String(outcome) !== 'invalid_grant,tokens')).toEqual([]);
    tally('code redeemed twice at once', outcomes.length, since);
  });

  test('for one refresh token each: one pair is made, and both get it', async () => {
    const current = await inTurns(PEOPLE, async (n) => {
      const { body } = await redeem(world, client, await code(people[n]!));
      return body.refresh_token as string;
    });
    const made = async () => {
      const [row] = await world.sql<{ count: number }>(
        `select count(*)::int as count from token where kind = 'REFRESH'`,
      );
      return row?.count ?? 0;
    };
    const before = await made();
    const since = Date.now();
    let races = 0;
    const different: unknown[] = [];
    await inTurns(PEOPLE, async (n) => {
      for (let round = 0; round < RACES / PEOPLE && Date.now() < since + RACES_MS; round++) {
        const spent = current[n] as string;
        const [one, other] = await Promise.all([refresh(world, client, spent), refresh(world, client, spent)]);
        const [first, second] = [one, other].map(({ body }) => `${body.access_token} ${body.refresh_token}`);
        if (one.status !== 200 || first !== second) different.push([one.body, other.body]);
        current[n] = one.body.refresh_token;
        races++;
      }
    });
    expect(different).toEqual([]);
    expect((await made()) - before).toBe(races);
    tally('token refreshed twice at once', races, since);
  });
});

describe('A code', () => {
  test('that is redeemed again gives nothing, and ends what it gave', async () => {
    const asked = await codeFor(world, client, browser);
    const { body: tokens } = await redeem(world, client, asked);
    expect(await works(tokens.access_token)).toBe(true);
    const again = await redeem(world, client, asked);
    expect(again).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await works(tokens.access_token)).toBe(false);
    expect((await refresh(world, client, tokens.refresh_token)).body.error).toBe('invalid_grant');
    const [entry] = await world.sql(
      'select action, actor_kind, details from audit_entry order by position desc limit 1',
    );
    expect(entry).toMatchObject({
      action: 'token.revoked',
      actor_kind: null,
      details: { because: 'A code was used again.' },
    });
  });

  test('is known to have been used after its minute, too', async () => {
    const asked = await codeFor(world, client, browser);
    const { body: tokens } = await redeem(world, client, asked);
    await world.sql(
      `update authorization_code set expires_at = now() - interval '1 hour' where redeemed_at is not null`,
    );
    expect((await redeem(world, client, asked)).body.error).toBe('invalid_grant');
    expect(await works(tokens.access_token)).toBe(false);
  });

  test('that is a minute old gives nothing', async () => {
    const asked = await codeFor(world, client, browser);
    await world.sql(`update authorization_code set expires_at = now() where redeemed_at is null`);
    expect((await redeem(world, client, asked)).body.error).toBe('invalid_grant');
  });

  test('is spent by a wrong verifier', async () => {
    const asked = await codeFor(world, client, browser);
    const wrong = await redeem(world, client, { ...asked, verifier: pkce().verifier });
    expect(wrong.body.error).toBe('invalid_grant');
    expect((await redeem(world, client, asked)).body.error).toBe('invalid_grant');
  });

  test('is not spent by another client, which learns nothing about it', async () => {
    const other = await publicConnection(world, { name: 'Other' });
    const asked = await codeFor(world, client, browser);
    const unknown = await redeem(world, other, { ...asked, code: `${asked.code.slice(0, -1)}x` });
    const stolen = await redeem(world, other, asked);
    const without = ({ body }: typeof stolen) => ({ ...body, request_id: '' });
    expect(without(stolen)).toEqual(without(unknown));
    expect((await redeem(world, client, asked)).status).toBe(200);
  });
});

describe('A refresh token', () => {
  let tokens: { access_token: string; refresh_token: string };
  beforeEach(async () => {
    tokens = await install(world, client, browser);
  });
  const passSeconds = (seconds: number) =>
    world.sql(`update token set spent_at = spent_at - make_interval(secs => $1) where spent_at is not null`, [seconds]);

  test('answers the same pair for ten seconds, of which nothing is readable in the database', async () => {
    const first = await refresh(world, client, tokens.refresh_token);
    await passSeconds(9);
    const again = await refresh(world, client, tokens.refresh_token);
    expect(again.body).toMatchObject({
      access_token: first.body.access_token,
      refresh_token: first.body.refresh_token,
    });
    expect(again.body.expires_in).toBeLessThan(3_600);
    const kept = await world.sql<{ row: string }>('select t::text as row from token t');
    const readable = kept
      .map(({ row }) => row + Buffer.from(row.match(/\\x[0-9a-f]+/)?.[0].slice(2) ?? '', 'hex'))
      .join();
    for (const secret of [tokens.refresh_token, first.body.refresh_token, first.body.access_token]) {
      expect(readable).not.toContain(secret);
    }
  });

  test('that comes later ends its whole family', async () => {
    const { body: next } = await refresh(world, client, tokens.refresh_token);
    await passSeconds(11);
    expect((await refresh(world, client, tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect(await works(next.access_token)).toBe(false);
    expect(await works(tokens.access_token)).toBe(false);
    expect((await refresh(world, client, next.refresh_token)).body.error).toBe('invalid_grant');
    const [entry] = await world.sql('select action, details from audit_entry order by position desc limit 1');
    expect(entry).toMatchObject({ action: 'token.revoked', details: { because: 'A refresh token was used again.' } });
  });

  test('is no access token, nor the other way round', async () => {
    expect(await works(tokens.refresh_token)).toBe(false);
    expect((await refresh(world, client, tokens.access_token)).body.error).toBe('invalid_grant');
  });

  test('is nothing in the hands of another client', async () => {
    const other = await publicConnection(world, { name: 'Other' });
    expect((await refresh(world, other, tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect((await refresh(world, client, tokens.refresh_token)).status).toBe(200);
  });
});
