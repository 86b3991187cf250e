// Inviting people through GraphQL: who may, whom, and what the link is. What it opens stands in server/sign-in.test.ts.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Asker, openWorld, type SignedIn, type World } from '../world.js';

let world: World;
let owner: SignedIn;
beforeAll(async () => {
  world = await openWorld({ name: 'Home' });
  owner = await world.signedIn(await world.person({ name: 'Olga', role: 'OWNER' }));
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

interface Payload {
  invitation: { id: string; email: string; role: string; expiresAt: string } | null;
  link: string | null;
  userErrors: { code: string; path: string[] | null }[];
}
async function invite(asker: Asker | SignedIn, input: string): Promise<Payload> {
  const { data, errors } = await world.ask<{ inviteMember: Payload }, object>(
    asker,
    `mutation { inviteMember(input: { ${input} }) { invitation { id email role expiresAt } link userErrors { code path } } }`,
  );
  if (!data) throw new Error(JSON.stringify(errors));
  return data.inviteMember;
}

describe('inviteMember', () => {
  test('gives an owner a link of 7 days, once; the log says that somebody was invited, not who', async () => {
    const { invitation, link, userErrors } = await invite(
      owner,
      'email: " Nell@example.org ", role: MEMBER, name: "Nell"',
    );
    expect(userErrors).toEqual([]);
    expect(invitation).toMatchObject({ email: 'Nell@example.org', role: 'MEMBER' });
    const days = (new Date(invitation!.expiresAt).getTime() - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThan(7.1);
    expect(link).toMatch(/\/invite\/gth_otl_[0-9A-Za-z]{38}$/);
    const [entry] = await world.sql<{ row: string }>(
      'select to_jsonb(a)::text as row from audit_entry a where action = $1 and target_id = $2',
      ['member.invited', invitation!.id],
    );
    expect(entry!.row).toContain('MEMBER');
    expect(entry!.row).not.toMatch(/nell/i);
  });

  test('needs a fresh sign-in for an owner, and none for others', async () => {
    const late = await world.signedIn({ id: owner.personId }, { minutesAgo: 11 });
    expect((await invite(late, 'email: "o1@example.org", role: OWNER')).userErrors).toMatchObject([
      { code: 'SIGN_IN_AGAIN' },
    ]);
    expect((await invite(late, 'email: "o2@example.org", role: GUEST')).userErrors).toEqual([]);
    expect((await invite(owner, 'email: "o3@example.org", role: OWNER')).userErrors).toEqual([]);
  });

  test('refuses a member, whatever the case of the address, and not one who was a member once', async () => {
    const ben = await world.person({ email: 'ben@example.org' });
    expect((await invite(owner, 'email: "BEN@example.org", role: GUEST')).userErrors).toEqual([
      { code: 'ALREADY_EXISTS', path: ['email'] },
    ]);
    await world.sql('update membership set ended_at = now() where person_id = $1', [ben.id]);
    expect((await invite(owner, 'email: "BEN@example.org", role: GUEST')).userErrors).toEqual([]);
  });

  test.each([
    ['email: "nell", role: MEMBER', 'INVALID', ['email']],
    ['email: "x@example.org", role: MEMBER, name: "a\\nb"', 'INVALID', ['name']],
  ])('refuses %s', async (input, code, path) => {
    expect((await invite(owner, input)).userErrors).toMatchObject([{ code, path }]);
  });

  test('is for owners: neither members, guests nor connections invite', async () => {
    const others = [
      await world.signedIn(await world.person({ role: 'MEMBER' })),
      await world.signedIn(await world.person({ role: 'GUEST' })),
      await world.connection(['USER_READ', 'CONTENT_INSERT']),
    ];
    for (const other of others) {
      const { invitation, link, userErrors } = await invite(other, 'email: "z@example.org", role: GUEST');
      expect([invitation, link, userErrors[0]?.code]).toEqual([null, null, 'FORBIDDEN']);
    }
    expect(await world.sql(`select 1 from one_time_link where email = 'z@example.org'`)).toEqual([]);
  });

  test('takes an administering personal token for others, and never for an owner', async () => {
    const made = await world.ask<{ createPersonalAccessToken: { token: string } }, object>(
      owner,
      'mutation { createPersonalAccessToken(input: { name: "Mine", capabilities: [CONTENT_READ], administer: true, expiresInDays: 7 }) { token } }',
    );
    const token: Asker = { connectionId: '', installationId: '', token: made.data!.createPersonalAccessToken.token };
    expect((await invite(token, 'email: "p1@example.org", role: MEMBER')).userErrors).toEqual([]);
    expect((await invite(token, 'email: "p2@example.org", role: OWNER')).userErrors).toMatchObject([
      { code: 'SIGN_IN_AGAIN' },
    ]);
  });
});
