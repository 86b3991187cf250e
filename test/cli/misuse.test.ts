// What can be wrong on a command line, and what is said about it: one sentence with what was expected and what came,
// the exit code for it, nothing on stdout, and nothing changed.

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Id, newId } from '../../src/lib/id.js';
import { mintToken } from '../../src/lib/secret.js';
import { type Asker, openWorld, type World } from '../world.js';
import { type Desk, type Outcome, openDesk, openLastingDesk, othersMayRun, writeFiles } from './program.js';

const USAGE = 2;
const NOT_FOUND = 4;
const UNREACHABLE = 5;

let world: World;
let desk: Desk;
let page: Id;
let reader: Asker;
let bare: Asker;

beforeAll(async () => {
  world = await openWorld({ name: 'Acme' });
  desk = await openLastingDesk({ DATABASE_URL: world.databaseUrl, GATEHOUSE_KEY_FILE: inject('keyFile') });
  page = await world.page({ title: 'Handbook' });
  reader = await world.connection(['CONTENT_READ']);
  bare = await world.connection([]);
  await world.sql(
    `insert into token (workspace_id, id, kind, installation_id, hash, last_four, revoked_at)
     select workspace_id, gen_random_uuid(), 'INTERNAL', id, 'x', 'xxxx', now() from installation limit 1`,
  );
  for (const name of ['Twin', 'Twin']) await desk.json('workspace', 'create', name);
});
afterAll(async () => {
  await desk?.clear();
  await world[Symbol.asyncDispose]();
});

/** How much there is of everything. */
const census = async () => {
  const tables = ['workspace', 'person', 'membership', 'connection', 'installation', 'capability_grant', 'token'];
  const counted = [...tables, 'share', 'page', 'change', 'audit_entry'].map((name) => `(select count(*) from ${name})`);
  return world.sql(`select ${counted.join(', ')}, (select count(*) from share where revoked_at is not null)`);
};

async function expectRefused(args: readonly string[], code: number, message: string | RegExp): Promise<void> {
  const before = await census();
  const outcome = await desk.run(args);
  expectMessage(outcome, code, message);
  expect(await census()).toEqual(before);
}

function expectMessage({ code, stdout, stderr }: Outcome, expected: number, message: string | RegExp): void {
  if (typeof message === 'string') expect(stderr).toBe(`${message}\n`);
  else expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n'), 'one line').toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
}

describe('an id', () => {
  const malformed = (text: string) => [
    ['connection', 'show', text],
    ['share', 'revoke', text],
    ['share', 'update', text, '--expires', 'never'],
    ['share', 'list', '--connection', text],
    ['share', 'list', '--resource', text],
    ['share', 'grant', '--person', text, '--resource', newId()],
    ['share', 'grant', '--connection', text, '--resource', newId()],
    ['share', 'grant', '--connection', newId(), '--resource', text],
    ['token', 'rotate', '--connection', text],
    ['token', 'revoke', '--connection', text],
    ['query', '{ viewer { id } }', '--as', text],
    ['schema', 'print', '--connection', text],
  ];

  test.each(malformed('123').map((args) => [args.slice(0, 3).join(' '), args]))(
    'that is none is refused by %s',
    async (_, args) => {
      await expectRefused(
        args as string[],
        USAGE,
        /Expected an id of 32 hexadecimal digits, dashes optional, but got: 123$/m,
      );
    },
  );

  test.each(malformed(newId()).map((args) => [args.slice(0, 3).join(' '), args]))(
    'of nothing is not found by %s',
    async (_, args) => {
      await expectRefused(
        args as string[],
        NOT_FOUND,
        /^The (connection|connection or installation|share|person|page, database or data source) was not found\.$/m,
      );
    },
  );

  test('of nothing cannot be shared, nor one of another workspace', async () => {
    const { workspace } = await desk.json<{ workspace: { id: string } }>('workspace', 'create', 'Elsewhere');
    const { connection } = await desk.json<{ connection: { id: string } }>(
      ...['connection', 'create', '--workspace', workspace.id, '--name', 'x', '--capabilities', ''],
    );
    const grant = (connectionId: string, resource: string) => [
      ...['share', 'grant', '--connection', connectionId, '--resource', resource],
    ];
    const message = 'The page, database or data source was not found.';
    await expectRefused(grant(reader.connectionId, newId()), NOT_FOUND, message);
    await expectRefused(grant(connection.id, page), NOT_FOUND, message);
    expect((await desk.run(grant(reader.connectionId, page))).code).toBe(0);
  });

  test('that is a token is not repeated', async () => {
    const token = mintToken('INTERNAL');
    for (const args of [
      ['connection', 'show', token],
      ['query', '{ viewer { id } }', '--as', token],
      ['import', 'nowhere', '--workspace', 'x', `--${token}`],
      [token],
    ]) {
      const { code, stdout, stderr } = await desk.run(args);
      expect(code).toBe(USAGE);
      expect(stdout + stderr).not.toContain(token.slice(0, 20));
    }
  });
});

describe('a name', () => {
  test.each([
    ['', 'The name of the workspace must not be empty.'],
    ['   ', 'The name of the workspace must not be empty.'],
    ['x'.repeat(201), 'The name of the workspace must have at most 200 characters, but has 201.'],
    ['a\u0007b', 'The name of the workspace must not hold control characters.'],
  ])('of a workspace cannot be %j', async (name, message) => {
    await expectRefused(['workspace', 'create', name], USAGE, message);
  });

  test('of a connection or a person cannot be empty', async () => {
    await expectRefused(
      ['connection', 'create', '--workspace', 'Acme', '--name', '', '--capabilities', 'CONTENT_READ'],
      USAGE,
      'The name of the connection must not be empty.',
    );
    await expectRefused(
      ['person', 'create', '--workspace', 'Acme', '--name', ' ', '--email', 'a@example.org'],
      USAGE,
      'The name of the person must not be empty.',
    );
  });
});

describe('a workspace', () => {
  const into = (workspace: string) => [
    ['connection', 'create', '--workspace', workspace, '--name', 'x', '--capabilities', ''],
    ['connection', 'list', '--workspace', workspace],
    ['person', 'create', '--workspace', workspace, '--name', 'x', '--email', 'x@example.org'],
  ];

  test.each(into('Nowhere').map((args) => [args.slice(0, 2).join(' '), args]))(
    'that does not exist is not found by %s',
    async (_, args) => {
      await expectRefused(args as string[], NOT_FOUND, 'The workspace "Nowhere" was not found.');
    },
  );

  test.each(into('Twin').map((args) => [args.slice(0, 2).join(' '), args]))(
    'of a name that two have is asked back by %s',
    async (_, args) => {
      await expectRefused(
        args as string[],
        USAGE,
        /^2 workspaces are called "Twin"\. Give the id of one: [0-9a-f-]{36}, [0-9a-f-]{36}$/m,
      );
    },
  );
});

describe('a list of names', () => {
  const capabilities = (list: string) => [
    ...['connection', 'create', '--workspace', 'Acme', '--name', 'x', '--capabilities', list],
  ];
  const access = (list: string) => [
    ...['share', 'grant', '--connection', reader.connectionId, '--resource', page, '--access', list],
  ];

  test('takes no unknown capability, not even beside known ones', async () => {
    await expectRefused(
      capabilities('CONTENT_READ,CONTENT_REED'),
      USAGE,
      /"CONTENT_REED" is no capability\. Expected any of: CONTENT_READ, CONTENT_UPDATE, CONTENT_INSERT, COMMENT_READ, COMMENT_INSERT, USER_READ, USER_READ_EMAIL$/m,
    );
  });

  test('takes no unknown access, and no capability for one', async () => {
    await expectRefused(access('READ,WRITE'), USAGE, /"WRITE" is no access\. Expected any of: READ, UPDATE, INSERT,/);
    await expectRefused(access('CONTENT_READ'), USAGE, /"CONTENT_READ" is no access\./);
  });

  test('of accesses cannot be empty', async () => {
    await expectRefused(access(''), USAGE, /^A share must open something: any of READ, UPDATE, INSERT,/);
  });
});

describe('a share', () => {
  test.each([
    ['with nobody', [], 0],
    ['with two', ['--connection', newId(), '--person', newId()], 2],
  ])('is not granted %s', async (_, whom, count) => {
    await expectRefused(
      ['share', 'grant', '--resource', page, ...(whom as string[])],
      USAGE,
      `Give exactly one of --connection and --person, but got: ${count}`,
    );
  });

  test('is not granted to a member, who reaches everything', async () => {
    const { id } = await world.person({ role: 'MEMBER' });
    await expectRefused(['share', 'grant', '--resource', page, '--person', id], 1, /reaches every page already\.$/m);
  });

  test('is not changed by nothing', async () => {
    const id = await world.share(reader, page);
    await expectRefused(['share', 'update', id], USAGE, 'Say what to change: access, expiresAt or both.');
  });

  test('is not listed of nobody, nor from both sides', async () => {
    const message = (count: number) => `Give exactly one of --connection and --resource, but got: ${count}`;
    await expectRefused(['share', 'list'], USAGE, message(0));
    const both = ['--connection', reader.connectionId, '--resource', page];
    await expectRefused(['share', 'list', ...both], USAGE, message(2));
  });
});

describe('a time', () => {
  const until = (time: string) => [
    ...['share', 'grant', '--connection', reader.connectionId, '--resource', page, '--expires', time],
  ];

  test.each(['tomorrow', '2027-13-01', '2099-02-30T25:00:00Z', '2099-01-01T12:00:00', '1e9', ''])(
    'cannot be %j',
    async (time) => {
      await expectRefused(until(time), USAGE, /Expected a time like 2027-01-31T12:00:00Z, but got:/);
    },
  );

  test('cannot have passed', async () => {
    await expectRefused(until('2020-01-31T12:00:00Z'), USAGE, /^(?=.*2020-01-31T12:00:00)/);
  });
});

describe('a person', () => {
  const person = (email: string, ...more: string[]) => [
    ...['person', 'create', '--workspace', 'Acme', '--name', 'x', '--email', email, ...more],
  ];

  test.each(['ada', 'ada@', '@example.org', 'ada@example', 'a da@example.org', ''])(
    'cannot have the address %j',
    async (email) => {
      await expectRefused(
        person(email),
        USAGE,
        `The e-mail address should look like name@example.org, but got: ${JSON.stringify(email)}`,
      );
    },
  );

  test('cannot have another role', async () => {
    await expectRefused(person('x@example.org', '--role', 'BOSS'), USAGE, /Allowed choices are GUEST, MEMBER, OWNER\./);
  });
});

describe('a query', () => {
  test.each(['[]', '"x"', '{', 'null', ''])('cannot have the variables %j', async (text) => {
    await expectRefused(
      ['query', '{ viewer { id } }', '--as', reader.connectionId, '--variables', text],
      USAGE,
      /Expected a JSON object like {"id": "…"}, but got:/,
    );
  });

  test('cannot be longer than at the door', async () => {
    const { code, stdout, stderr } = await desk.run([
      ...['query', `{ viewer { id } }#${'-'.repeat(16_000)}`, '--as', reader.connectionId],
    ]);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('A document may have at most 16000 bytes');
  });

  test('cannot be asked as a connection that is suspended', async () => {
    const { installationId } = bare;
    await world.sql(`update installation set status = 'SUSPENDED' where id = $1`, [installationId]);
    await expectRefused(
      ['query', '{ viewer { id } }', '--as', installationId],
      NOT_FOUND,
      'The connection or installation was not found.',
    );
  });
});

describe('an import', () => {
  test.each([
    ['nowhere', NOT_FOUND, 'that is not there'],
    ['broken.zip', 1, 'of a zip that is none'],
    ['empty', 1, 'of an empty folder'],
    ['html', 1, 'of pages in HTML'],
  ])('%s', async (path, code) => {
    await mkdir(join(desk.directory, 'empty'), { recursive: true });
    await writeFiles(desk.directory, {
      'broken.zip': 'PK and nothing more',
      'html/Home f1d2d2f924e986ac86fdf7b36c94bcdf.html': '<html><body>Home</body></html>',
    });
    await expectRefused(['import', path, '--workspace', 'Acme'], code, /[.?!]$/m);
    await expectRefused(['import', path, '--workspace', 'A new one'], code, /[.?!]$/m);
  });

  test('into a workspace without a name, or with one that two have', async () => {
    await writeFiles(desk.directory, { 'good/Home f1d2d2f924e986ac86fdf7b36c94bcdf.md': '# Home\n' });
    await expectRefused(['import', 'good', '--workspace', ' '], USAGE, 'The name of the workspace must not be empty.');
    await expectRefused(['import', 'good', '--workspace', 'Twin'], USAGE, /^2 workspaces are called "Twin"\./);
  });
});

describe('a setting', () => {
  const list = ['workspace', 'list'];

  test.each([
    ['{"PORT": 4000,', /^gatehouse\.config\.json should be JSON, but is not/],
    ['{"DATABASE_URL": "postgres://u:geheim@h/d"', /^gatehouse\.config\.json should be JSON, but is not/],
    ['geheim', /^gatehouse\.config\.json should be JSON, but is not/],
    ['[]', /^gatehouse\.config\.json should be an object of settings like {"PORT": 4000}\.$/m],
    ['{"PORT": "http"}', /^PORT should be a whole number from 0 to 65535, but is: http$/m],
    [
      '{"GATEHOUSE_DATA": null}',
      /^GATEHOUSE_DATA in gatehouse\.config\.json should be a text or a number, but is: null$/m,
    ],
    ['{"PORT": {"number": 1}}', /^PORT in gatehouse\.config\.json should be .* but is: {"number":1}$/m],
  ])('file cannot hold %s', async (text, message) => {
    const other = await openDesk({ DATABASE_URL: world.databaseUrl, GATEHOUSE_KEY_FILE: inject('keyFile') });
    await writeFile(join(other.directory, 'gatehouse.config.json'), text);
    const outcome = await other.run(list);
    expectMessage(outcome, USAGE, message);
    expect(outcome.stderr).not.toContain('geheim');
    expect(await readdir(other.directory)).toEqual(['gatehouse.config.json']);
  });

  test.each([
    ['PORT', '65536', 'PORT should be a whole number from 0 to 65535, but is: 65536'],
    ['PORT', '-1', 'PORT should be a whole number from 0 to 65535, but is: -1'],
    ['PORT', '4000.5', 'PORT should be a whole number from 0 to 65535, but is: 4000.5'],
    [
      'GATEHOUSE_LOG_LEVEL',
      'loud',
      'GATEHOUSE_LOG_LEVEL should be one of silent, error, warn, info, debug, but is: loud',
    ],
    [
      'GATEHOUSE_PUBLIC_URL',
      'gatehouse.example.org',
      'GATEHOUSE_PUBLIC_URL should be an address like https://gatehouse.example.org, but is: gatehouse.example.org',
    ],
    [
      'GATEHOUSE_IMPORT_MAX_FILES',
      '0',
      'GATEHOUSE_IMPORT_MAX_FILES should be a whole number from 1 to 10000000, but is: 0',
    ],
  ])('%s cannot be %s', async (name, value, message) => {
    expectMessage(await desk.run(list, { [name]: value }), USAGE, message);
  });

  test('of an unknown name warns with the nearest one, and the command goes on', async () => {
    const { code, stdout, stderr } = await desk.run([...list, '--json'], { GATEHOUSE_DTA: 'x' });
    expect(code).toBe(0);
    expect(stderr).toBe('Unknown setting GATEHOUSE_DTA. Did you mean GATEHOUSE_DATA?\n');
    expect(() => JSON.parse(stdout)).not.toThrow();
  });

  test('flag goes before environment, environment before file', async () => {
    const other = await openDesk({ DATABASE_URL: world.databaseUrl, GATEHOUSE_KEY_FILE: inject('keyFile') });
    await writeFile(join(other.directory, 'gatehouse.config.json'), '{"GATEHOUSE_DATA": "./from-file"}');
    const made = async () => (await readdir(other.directory)).filter((name) => name.startsWith('from-'));
    await other.run([...list, '--data', 'from-flag'], { GATEHOUSE_DATA: './from-environment' });
    expect(await made()).toEqual(['from-flag']);
    await other.run(list, { GATEHOUSE_DATA: './from-environment' });
    expect(await made()).toEqual(['from-environment', 'from-flag']);
    await other.run(list);
    expect(await made()).toEqual(['from-environment', 'from-file', 'from-flag']);
  });
});

describe('a database', () => {
  const at = (url: string) => desk.run(['workspace', 'list'], { DATABASE_URL: url });
  const given = () => new URL(world.databaseUrl);

  test('where nobody listens is named, without its password', async () => {
    expectMessage(
      await at('postgres://ada:geheim@127.0.0.1:1/notes'),
      UNREACHABLE,
      'The database notes at 127.0.0.1:1 could not be reached (ECONNREFUSED). Check DATABASE_URL and that PostgreSQL is running.',
    );
  });

  test('that does not answer is given up after five seconds', async () => {
    const silent = await listening(createServer());
    try {
      const begun = performance.now();
      const { port } = silent.address() as { port: number };
      expectMessage(
        await at(`postgres://ada:geheim@127.0.0.1:${port}/notes`),
        UNREACHABLE,
        `The database notes at 127.0.0.1:${port} could not be reached (timed out). Check DATABASE_URL and that PostgreSQL is running.`,
      );
      expect(performance.now() - begun).toBeLessThan(8_000);
    } finally {
      silent.close();
    }
  });

  test('that does not know the user, or is not there, is named too', async () => {
    const wrongUser = given();
    wrongUser.username = 'nobody_known';
    wrongUser.password = 'geheim';
    const missing = given();
    missing.pathname = '/not_there';
    for (const url of [wrongUser, missing]) {
      const outcome = await at(url.href);
      expectMessage(
        outcome,
        UNREACHABLE,
        /^The database \w+ at [\w.:]+ could not be reached \(\w+\)\. Check DATABASE_URL/,
      );
      expect(outcome.stderr).not.toContain('geheim');
    }
  });

  test.each([
    'mysql://ada:geheim@127.0.0.1/notes',
    'postgres://ada:geheim@127.0.0.1',
    'notes',
    'postgres://x:geheim@h/%zz',
  ])('cannot be given as %s', async (url) => {
    expectMessage(await at(url), USAGE, 'DATABASE_URL should look like postgres://user:password@host:5432/database.');
  });

  test('of another key file is refused, and of a key file that is none', async () => {
    await writeFiles(desk.directory, { 'other-key': `${'0f'.repeat(32)}\n`, 'no-key': 'hello\n' });
    const withKey = (name: string) =>
      desk.run(['workspace', 'list'], { GATEHOUSE_KEY_FILE: join(desk.directory, name) });
    expectMessage(await withKey('other-key'), 1, /^The key file does not belong to this database\./);
    expectMessage(
      await withKey('no-key'),
      USAGE,
      /^The key file .*no-key should hold 64 hexadecimal digits, but holds 5 /,
    );
  });

  test('written by a newer Gatehouse is refused, naming what it has', async () => {
    await world.sql(`insert into gatehouse_migration (name) values ('9999-from-the-future')`);
    try {
      expectMessage(
        await desk.run(['workspace', 'list']),
        1,
        /^The database was written by a newer Gatehouse \(it has 9999-from-the-future\)\./,
      );
    } finally {
      await world.sql(`delete from gatehouse_migration where name = '9999-from-the-future'`);
    }
    expect((await desk.run(['workspace', 'list'])).code).toBe(0);
  });
});

describe('a server', () => {
  test('does not start on a port that is taken, and has made nothing when it tells', async () => {
    const other = await listening(createServer());
    try {
      const { port } = other.address() as { port: number };
      await expectRefused(
        ['start', '--port', String(port)],
        1,
        `Port ${port} at 127.0.0.1 is in use by another program. Stop it, or choose another port with PORT or --port.`,
      );
    } finally {
      other.close();
    }
  });

  test.each(['192.0.2.1', 'no-such-host.invalid', 'not a host'])('does not start on the host %s', async (host) => {
    await expectRefused(
      ['start', '--port', '0', '--host', host],
      USAGE,
      `HOST should be an address of this machine, like 127.0.0.1 or 0.0.0.0, but is: ${host}`,
    );
  });

  test('does not start on a port out of range', async () => {
    await expectRefused(
      ['start', '--port', '99999'],
      USAGE,
      'PORT should be a whole number from 0 to 65535, but is: 99999',
    );
  });
});

describe('a data directory', () => {
  test('that is a file, or lies below one, is refused', async () => {
    await writeFiles(desk.directory, { file: 'x' });
    for (const path of ['file', 'file/below']) {
      expectMessage(
        await desk.run(['workspace', 'list', '--data', path]),
        UNREACHABLE,
        /^The data directory .*file.* cannot be used \(.*\)\. .*GATEHOUSE_DATA/,
      );
    }
  });

  test.skipIf(!othersMayRun())('of somebody else is refused, and left as it is', async () => {
    const foreign = await openDesk();
    await mkdir(join(foreign.directory, '.gatehouse'), { mode: 0o755 });
    const { uid, gid } = { uid: 65_534, gid: 65_534 }; // nobody, everywhere
    const outcome = await foreign.launchAs({ uid, gid }, ['workspace', 'list']);
    expectMessage(
      outcome,
      UNREACHABLE,
      /^The data directory .* cannot be used \(EACCES.*\)\. Run as the user it belongs to/,
    );
    expect(await readdir(join(foreign.directory, '.gatehouse'))).toEqual([]);
  });
});

const listening = (server: Server): Promise<Server> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
