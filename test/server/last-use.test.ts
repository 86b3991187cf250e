// When tokens were last used: written for all of them together, and never by a request.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Id, newId } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { rememberLastUse } from '../../src/server/last-use.js';
import { askWith, personalToken } from '../actors.js';
import { openWorld, type World } from '../world.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const WHO = '{ viewer { id } }';
const lastUses = (): Promise<{ kind: string; at: Date | null }[]> =>
  world.sql(
    `select 'connection' as kind, last_used_at as at from token
     union all select 'person', last_used_at from personal_access_token order by kind`,
  );
const aToken = async (): Promise<Id> => {
  const { installationId } = await world.connection([]);
  const [token] = await world.sql<{ id: Id }>('select id from token where installation_id = $1', [installationId]);
  return token!.id;
};
const lastUseOf = async (id: Id): Promise<Date | null> => {
  const [row] = await world.sql<{ at: Date | null }>('select last_used_at as at from token where id = $1', [id]);
  return row!.at;
};

describe('the last use of a token', () => {
  test('of a connection and of a person is written in one statement, however many requests there were', async () => {
    const { token: connection } = await world.connection([]);
    const owner = await world.person({ role: 'OWNER' });
    const personal = await personalToken(world, owner.id);
    const unused = await personalToken(world, owner.id);
    expect(unused).not.toBe(personal);
    const began = Date.now();
    world.statements.length = 0;
    for (let i = 0; i < 5; i++) for (const token of [connection, personal]) await askWith(world, token, WHO);
    expect(world.statements).toHaveLength(10); // each the look-up of its token
    world.statements.length = 0;
    await world.lastUse.write();
    expect(world.statements).toHaveLength(1);
    const used = (await lastUses()).filter(({ at }) => at !== null);
    expect(used.map(({ kind }) => kind)).toEqual(['connection', 'person']);
    for (const { at } of used) {
      expect(at!.getTime()).toBeGreaterThanOrEqual(began);
      expect(at!.getTime()).toBeLessThanOrEqual(Date.now());
    }
    await world.lastUse.write();
    expect(world.statements).toHaveLength(1); // nothing new, nothing written
  });

  test('shows on the token', async () => {
    const owner = await world.person({ role: 'OWNER' });
    const personal = await personalToken(world, owner.id);
    const ask = () => askWith(world, personal, '{ viewer { personalAccessTokens { nodes { lastUsedAt } } } }');
    expect((await ask()).data).toEqual({ viewer: { personalAccessTokens: { nodes: [{ lastUsedAt: null }] } } });
    await world.lastUse.write();
    expect((await ask()).data).toEqual({
      viewer: { personalAccessTokens: { nodes: [{ lastUsedAt: expect.stringMatching(/^\d{4}-/) }] } },
    });
  });

  test('is not that of a token that was refused', async () => {
    const owner = await world.person({ role: 'OWNER' });
    const personal = await personalToken(world, owner.id);
    await world.sql('update personal_access_token set revoked_at = now() where person_id = $1', [owner.id]);
    expect((await askWith(world, personal, WHO)).status).toBe(401);
    await world.lastUse.write();
    const [row] = await world.sql<{ at: Date | null }>(
      'select last_used_at as at from personal_access_token where person_id = $1',
      [owner.id],
    );
    expect(row!.at).toBeNull();
  });

  test('is written by itself after a while', async () => {
    const id = await aToken();
    const lastUse = rememberLastUse({ em: world.store.em, log: createLog({ level: 'silent' }), writeEveryMs: 50 });
    lastUse.note(world.workspaceId, id);
    expect(await lastUseOf(id)).toBeNull();
    await expect.poll(() => lastUseOf(id), { timeout: 5_000 }).not.toBeNull();
    await lastUse.stop();
  });

  test('is written when the server stops', async () => {
    const id = await aToken();
    const lastUse = rememberLastUse({ em: world.store.em, log: createLog({ level: 'silent' }) });
    lastUse.note(world.workspaceId, id);
    await lastUse.stop();
    expect(await lastUseOf(id)).not.toBeNull();
  });

  test('never goes back, whichever process writes later', async () => {
    const id = await aToken();
    const lastUse = rememberLastUse({ em: world.store.em, log: createLog({ level: 'silent' }) });
    lastUse.note(world.workspaceId, id);
    await world.sql(`update token set last_used_at = now() + interval '1 hour' where id = $1`, [id]);
    await lastUse.stop();
    expect((await lastUseOf(id))!.getTime()).toBeGreaterThan(Date.now() + 3_000_000);
  });

  test('belongs to the token in its workspace alone', async () => {
    const id = await aToken();
    const lastUse = rememberLastUse({ em: world.store.em, log: createLog({ level: 'silent' }) });
    lastUse.note(newId(), id);
    await lastUse.stop();
    expect(await lastUseOf(id)).toBeNull();
  });

  test('is kept while the database does not take it, and written as soon as it does', async () => {
    const id = await aToken();
    const lastUse = rememberLastUse({ em: world.store.em, log: createLog({ level: 'silent' }) });
    lastUse.note(world.workspaceId, id);
    await world.sql('alter table token rename to token_elsewhere');
    await lastUse.write();
    await world.sql('alter table token_elsewhere rename to token');
    expect(await lastUseOf(id)).toBeNull();
    await lastUse.write();
    expect(await lastUseOf(id)).not.toBeNull();
    await lastUse.stop();
  });
});
