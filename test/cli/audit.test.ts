// audit export, checkpoint and verify on a real database, which somebody with every right to it has changed.

import { createHash, createPublicKey, verify } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Checkpoint } from '../../src/audit/checkpoint.js';
import { INSTALLATION_LOG } from '../../src/audit/entry.js';
import { operatorOf } from '../../src/gate/actor.js';
import { newId } from '../../src/lib/id.js';
import { commit } from '../../src/unit-of-work.js';
import { createWorkspace } from '../../src/workspace/lifecycle.js';
import { signedIn } from '../asking.js';
import { openWorld, post, type World } from '../world.js';
import { type Desk, openLastingDesk } from './program.js';

let world: World;
let desk: Desk;
let log: string[];

beforeAll(async () => {
  world = await openWorld({ name: 'Acme' });
  desk = await openLastingDesk({ DATABASE_URL: world.databaseUrl, GATEHOUSE_KEY_FILE: inject('keyFile') });
  log = ['--workspace', world.workspaceId];
  const owner = await world.person({ name: '=HYPERLINK("http://evil.example","Ada")', role: 'OWNER' });
  await world.connection(['CONTENT_READ'], '@SUM(1+1)');
  await commit(
    world.store.callerFor({ ...signedIn(world, owner, 'OWNER'), address: '192.0.2.9' }),
    async ({ audit }) => {
      audit({
        action: 'workspace.updated',
        targetId: world.workspaceId,
        before: { name: 'A' },
        after: { name: 'Acme' },
      });
      for (let i = 0; i < 10; i++) audit({ action: 'share.granted', targetId: newId(), details: { i } });
    },
  );
});
afterAll(async () => {
  await desk?.clear();
  await world[Symbol.asyncDispose]();
});

interface Verified {
  ok: boolean;
  count: number;
  hash: string;
  checkpoint: { count: number } | null;
  position?: number;
  reason?: string;
}

const audit = (...args: string[]) => desk.run(['audit', ...args]);
async function verified(...more: string[]): Promise<Verified & { code: number | null }> {
  const { code, stdout, stderr } = await audit('verify', ...log, ...more, '--json');
  expect(stderr).toBe('');
  return { code, ...JSON.parse(stdout) };
}
async function takeCheckpoint(): Promise<string> {
  const { code, stdout } = await audit('checkpoint', ...log);
  expect(code).toBe(0);
  const file = join(desk.directory, `${newId()}.json`);
  await writeFile(file, stdout);
  return file;
}

/** As the owner of the tables can: the triggers are taken off, and everything is put back afterwards. */
async function whileChanged(statement: string, work: () => Promise<void>, values: unknown[] = []): Promise<void> {
  const triggers = (state: string) =>
    world.sql(
      `alter table audit_entry ${state} trigger audit_entry_final;
       alter table audit_chain ${state} trigger audit_chain_final;
       alter table audit_chain ${state} trigger audit_chain_forward`,
    );
  await triggers('disable');
  await world.sql(`create table kept_entry as table audit_entry; create table kept_chain as table audit_chain`);
  try {
    await world.sql(statement, values);
    await work();
  } finally {
    await world.sql(
      `truncate audit_entry, audit_chain;
       insert into audit_entry table kept_entry; insert into audit_chain table kept_chain;
       drop table kept_entry, kept_chain`,
    );
    await triggers('enable always');
  }
}

/** Another value of each type. */
const ANOTHER: Record<string, (column: string) => string> = {
  uuid: () => 'gen_random_uuid()',
  text: (column) => `coalesce(${column}, '') || 'x'`,
  json: (column) => `coalesce(' ' || ${column}::text, '{}')::json`,
  bigint: (column) => `${column} + 1000`,
  bytea: (column) => `sha256(${column})`,
  'timestamp with time zone': (column) => `${column} + interval '1 microsecond'`,
};

describe('audit verify', () => {
  test('passes a log as it was written, and says how long it is', async () => {
    const [{ count }] = (await world.sql<{ count: number }>(
      'select count(*)::int as count from audit_entry where workspace_id = $1',
      [world.workspaceId],
    )) as [{ count: number }];
    expect(await verified()).toMatchObject({ code: 0, ok: true, count, checkpoint: null });
    const told = await audit('verify', '--workspace', 'Acme');
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toMatch(/^The audit log of Acme is whole: \d+ entries.*\nWithout a checkpoint nobody can tell/);
  });

  test('names the entry of which any column was changed: there is none that is not covered', async () => {
    const columns = await world.sql<{ name: string; type: string }>(
      `select column_name as name, data_type as type from information_schema.columns where table_name = 'audit_entry'`,
    );
    expect(columns.length).toBeGreaterThan(10);
    for (const { name, type } of columns) {
      const change = `update audit_entry set ${name} = ${ANOTHER[type]!(name)} where workspace_id = $1 and position = 7`;
      await whileChanged(
        change,
        async () => expect(await verified(), name).toMatchObject({ code: 1, ok: false, position: 7 }),
        [world.workspaceId],
      );
      expect(await verified(), name).toMatchObject({ code: 0 });
    }
  });

  test.each([
    ['deleted', 'delete from audit_entry where workspace_id = $1 and position = 7', 7],
    ['put in after the end', copied('(select max(position) + 1 from audit_entry where workspace_id = $1)'), null],
    ['put in before the first', copied('0'), 0],
    [
      'exchanged for another',
      `update audit_entry e set action = o.action, details = o.details from audit_entry o
        where e.workspace_id = $1 and o.workspace_id = $1 and (e.position, o.position) in ((7, 9), (9, 7))
          and e.position <> o.position and o.details::text <> e.details::text`,
      7,
    ],
  ])('names the first entry that was %s', async (_, change, position) => {
    await whileChanged(change, async () => {
      const found = await verified();
      expect(found).toMatchObject({ code: 1, ok: false, position: position ?? found.count + 1 });
      const told = await audit('verify', ...log);
      expect(told.stdout).toMatch(
        new RegExp(`^The audit log of Acme is broken at entry ${found.position}: .+\\.$`, 'm'),
      );
    }, [world.workspaceId]);
  });

  test('names an entry that stands there twice, when somebody has taken the key off as well', async () => {
    const twice = `alter table audit_entry drop constraint audit_entry_pkey; drop index audit_entry_id`;
    await whileChanged(twice, async () => {
      await world.sql('insert into audit_entry select * from audit_entry where workspace_id = $1 and position = 7', [
        world.workspaceId,
      ]);
      expect(await verified()).toMatchObject({ code: 1, position: 7 });
      await world.sql('delete from audit_entry where workspace_id = $1', [world.workspaceId]);
    });
    await world.sql(`alter table audit_entry add primary key (workspace_id, position);
                     create unique index audit_entry_id on audit_entry (workspace_id, id)`);
    expect(await verified()).toMatchObject({ code: 0 });
  });

  test('does not pass a log that was emptied with its head', async () => {
    await whileChanged('truncate audit_entry, audit_chain', async () =>
      expect(await verified()).toMatchObject({ code: 1, position: 1 }),
    );
  });

  /** Takes the last three entries away, and lets the head say so. */
  const CUT = `with cut as (delete from audit_entry e using audit_chain c
                             where e.workspace_id = $1 and c.workspace_id = $1 and e.position > c.position - 3)
               update audit_chain c set position = e.position, hash = e.hash from audit_entry e
                where c.workspace_id = $1 and e.workspace_id = $1 and e.position = c.position - 3`;

  test('sees that the end was cut off when it has a checkpoint, and only then', async () => {
    const file = await takeCheckpoint();
    const { count } = await verified();
    await whileChanged(CUT, async () => {
      expect(await verified()).toMatchObject({ code: 0, count: count - 3 });
      expect(await verified('--checkpoint', file)).toMatchObject({ code: 1, position: count - 2 });
    }, [world.workspaceId]);
  });

  test('passes with a checkpoint what has only grown since', async () => {
    const file = await takeCheckpoint();
    const { count } = await verified();
    await world.connection([]);
    expect(await verified('--checkpoint', file)).toMatchObject({ code: 0, count: count + 1, checkpoint: { count } });
    expect((await audit('verify', ...log, '--checkpoint', file)).stdout).toContain(
      `It begins with the ${count} entries it had at `,
    );
  });

  test('passes a long log bunch by bunch, and the log of no workspace', async () => {
    const { id } = await createWorkspace(world.store, { name: 'Long' });
    await commit(world.store.callerFor(operatorOf(id)), async (unit) => {
      for (let i = 0; i < 2_500; i++) unit.audit({ action: 'workspace.updated', targetId: id, details: { i } });
    });
    const long = await audit('verify', '--workspace', id, '--json');
    expect(JSON.parse(long.stdout)).toMatchObject({ ok: true, count: 2_501 });
    const none = await audit('verify', '--installation', '--json');
    expect(JSON.parse(none.stdout)).toMatchObject({ ok: true, count: 0, workspace: { id: INSTALLATION_LOG } });
  });

  test.each([
    ['neither a workspace nor the installation', [], 2],
    ['both', ['--workspace', 'Acme', '--installation'], 2],
    ['a workspace that is not there', ['--workspace', 'Nowhere'], 4],
    ['a checkpoint file that is not there', ['--workspace', 'Acme', '--checkpoint', 'nowhere.json'], 2],
    ['a checkpoint file that holds none', ['--workspace', 'Acme', '--checkpoint', 'none.json'], 2],
  ])('refuses %s', async (_, args, code) => {
    await writeFile(join(desk.directory, 'none.json'), '{"kind":"something else"}');
    const refused = await audit('verify', ...args);
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr.trim()).not.toContain('\n');
  });
});

function copied(position: string): string {
  return `insert into audit_entry (workspace_id, id, action, actor_kind, position, occurred_at, previous_hash, hash)
          select $1, gen_random_uuid(), 'token.rotated', 'OPERATOR', ${position}, now(),
                 (select hash from audit_chain where workspace_id = $1), sha256('')`;
}

describe('audit checkpoint', () => {
  test('prints count, hash, time and a signature that anybody can check who has the public key', async () => {
    const { stdout } = await audit('checkpoint', ...log);
    const { signature, ...said } = JSON.parse(stdout) as Checkpoint;
    const { count, hash } = await verified();
    expect(said).toMatchObject({ kind: 'gatehouse.audit-checkpoint.1', workspaceId: world.workspaceId, count, hash });
    const x = Buffer.from(said.publicKey, 'base64').toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const text = JSON.stringify(Object.fromEntries(Object.entries(said).sort(([a], [b]) => (a < b ? -1 : 1))));
    expect(verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))).toBe(true);
    expect(
      verify(null, Buffer.from(text.replace(hash, hash.replace(/^./, 'x'))), key, Buffer.from(signature, 'base64')),
    ).toBe(false);
  });

  test('is found not to be genuine when anything in it was changed, or another key signed it', async () => {
    const file = await takeCheckpoint();
    const checkpoint = JSON.parse((await audit('checkpoint', ...log)).stdout) as Checkpoint;
    const forged: Partial<Checkpoint>[] = [
      { count: checkpoint.count - 1 },
      { hash: 'a'.repeat(64) },
      { takenAt: new Date(0).toISOString() },
      { signature: Buffer.alloc(64).toString('base64') },
      { publicKey: Buffer.alloc(32).toString('base64') },
    ];
    for (const change of forged) {
      await writeFile(file, JSON.stringify({ ...checkpoint, ...change }));
      const refused = await audit('verify', ...log, '--checkpoint', file);
      expect(refused, JSON.stringify(change)).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toContain('was not signed with the key file of this Gatehouse');
    }
  });

  test('of another log is refused', async () => {
    const { id } = await createWorkspace(world.store, { name: 'Elsewhere' });
    const file = await takeCheckpoint();
    expect(await audit('verify', '--workspace', id, '--checkpoint', file)).toMatchObject({ code: 2, stdout: '' });
  });

  test('counts as well as the line of the process log that carries it', async () => {
    const file = await takeCheckpoint();
    const { stdout } = await audit('checkpoint', ...log);
    await writeFile(file, JSON.stringify({ level: 'info', checkpoint: JSON.parse(stdout), msg: 'Audit checkpoint' }));
    expect(await verified('--checkpoint', file)).toMatchObject({ code: 0 });
  });

  test('is not taken of a log that is broken', async () => {
    await whileChanged(`update audit_entry set action = 'x' where workspace_id = $1 and position = 7`, async () => {
      const refused = await audit('checkpoint', ...log);
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toContain('The audit log of Acme is broken at entry 7');
    }, [world.workspaceId]);
  });
});

describe('audit export', () => {
  test('prints lines of JSON by which anybody can check the chain, its own entry the last', async () => {
    const { code, stdout, stderr } = await audit('export', ...log);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    let previous = '0'.repeat(64);
    const lines = stdout.trimEnd().split('\n');
    lines.forEach((line, index) => {
      const { hash, previousHash, ...row } = JSON.parse(line);
      // Canonical JSON leaves the order of members to sort(), and everything else to JSON.stringify.
      const sorted = (value: unknown): unknown =>
        value === null || typeof value !== 'object' || Array.isArray(value)
          ? value
          : Object.fromEntries(
              Object.entries(value)
                .sort(([a], [b]) => (a < b ? -1 : 1))
                .map(([name, held]) => [name, sorted(held)]),
            );
      const digest = createHash('sha256')
        .update(previous, 'hex')
        .update(JSON.stringify(sorted(row)))
        .digest('hex');
      expect({ position: row.position, previousHash, hash }).toEqual({
        position: index + 1,
        previousHash: previous,
        hash: digest,
      });
      previous = hash;
    });
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ action: 'audit_log.exported', details: { format: 'ndjson' } });
    expect(await verified()).toMatchObject({ code: 0, count: lines.length, hash: previous });
  });

  test('prints a table no cell of which a spreadsheet takes for a formula', async () => {
    const { stdout } = await audit('export', ...log, '--format', 'csv');
    const rows = parse(stdout, { columns: true }) as Record<string, string>[];
    expect(rows.map(({ position }) => Number(position))).toEqual(rows.map((_, index) => index + 1));
    expect(rows.map(({ actorName }) => actorName)).toContain(`'=HYPERLINK("http://evil.example","Ada")`);
    expect(rows.find(({ action }) => action === 'workspace.updated')).toMatchObject({
      before: '{"name":"A"}',
      after: '{"name":"Acme"}',
      address: '192.0.2.9',
      actorKind: 'PERSON',
    });
    const cells = rows.flatMap((row) => Object.values(row));
    expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
    expect(rows.at(-1)).toMatchObject({ action: 'audit_log.exported', details: '{"format":"csv"}' });
  });

  test('works through bin/gatehouse', async () => {
    const printed = await desk.launch(['audit', 'export', ...log]);
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    const { count } = await verified();
    expect(printed.stdout.trimEnd().split('\n')).toHaveLength(count);
    const checked = await desk.launch(['audit', 'verify', ...log, '--json']);
    expect(checked.code).toBe(0);
    expect(JSON.parse(checked.stdout)).toMatchObject({ ok: true, count });
  });

  test('refuses a format it does not know', async () => {
    expect(await audit('export', ...log, '--format', 'xml')).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('The server', () => {
  test('writes down, before it stops, what it has denied', async () => {
    const reader = await world.connection(['CONTENT_READ'], 'Denied');
    const server = await desk.start(['--no-demo']);
    for (let i = 0; i < 3; i++) await post(server.url, reader.token, '{ users { totalCount } }');
    expect((await server.end()).code).toBe(0);
    const [entry, ...more] = await world.sql<{ details: { count: number }; address: string }>(
      `select details, address from audit_entry where action = 'denials.counted' and target_id = $1`,
      [reader.connectionId],
    );
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ details: { coordinate: 'Query.users', count: 3 }, address: '127.0.0.1' });
    expect(await verified()).toMatchObject({ code: 0 });
  });
});
