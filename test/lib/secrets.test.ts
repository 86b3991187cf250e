import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../../src/lib/log.js';
import {
  isWellFormedSignInSecret,
  isWellFormedToken,
  KeyRing,
  mintSignInSecret,
  mintToken,
  open,
  openKeyFile,
  seal,
  TOKEN_PATTERN,
} from '../../src/lib/secret.js';

describe('A token', () => {
  const token = mintToken('INTERNAL');

  test('is a prefix, 32 random characters and a checksum of 6', () => {
    expect(token).toMatch(/^gth_int_[0-9A-Za-z]{38}$/);
    expect(isWellFormedToken(token)).toBe(true);
    expect(mintToken('INTERNAL')).not.toBe(token);
  });

  test('is recognised as wrong without the database when any one character is changed', () => {
    for (let at = 0; at < token.length; at++) {
      const letter = token[at] === 'a' ? 'b' : 'a';
      expect(isWellFormedToken(token.slice(0, at) + letter + token.slice(at + 1)), `character ${at}`).toBe(false);
    }
  });

  test('draws every character of the alphabet', () => {
    const seen = new Set(Array.from({ length: 200 }, () => mintToken('INTERNAL').slice(8)).join(''));
    expect(seen.size).toBe(62);
  });

  test('never gets into a log, whatever it is written as', () => {
    const lines: string[] = [];
    const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
    log.info({ token, url: `/x?token=${token}`, nested: { authorization: `Bearer ${token}` } }, `got ${token}`);
    log.error({ err: new Error(`no ${token}`) });
    expect(lines.join('')).not.toContain(token.slice(8, 20));
    expect(lines.join('')).toContain('[hidden]');
    expect(token).toMatch(new RegExp(`^${TOKEN_PATTERN.source}$`));
  });
});

describe('The secret of a session or a one-time link', () => {
  test.each(['SESSION', 'LINK'] as const)('has the strength of a token, and is none (%s)', (kind) => {
    const secret = mintSignInSecret(kind);
    expect(secret).toMatch(/^gth_(ses|otl)_[0-9A-Za-z]{38}$/);
    expect(isWellFormedSignInSecret(kind, secret)).toBe(true);
    expect(isWellFormedToken(secret)).toBe(false);
    expect(isWellFormedSignInSecret(kind, mintToken('INTERNAL'))).toBe(false);
    expect(isWellFormedSignInSecret(kind === 'LINK' ? 'SESSION' : 'LINK', secret)).toBe(false);
    expect(isWellFormedSignInSecret(kind, `${secret.slice(0, -1)}${secret.at(-1) === 'a' ? 'b' : 'a'}`)).toBe(false);
    expect(isWellFormedSignInSecret(kind, '')).toBe(false);
  });

  test('never gets into a log either', () => {
    const lines: string[] = [];
    const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
    const [session, link] = [mintSignInSecret('SESSION'), mintSignInSecret('LINK')];
    log.info({ path: `/invite/${link}`, cookie: `gatehouse-session=${session}` }, `opened ${link}`);
    expect(lines.join('')).not.toMatch(/gth_/);
  });
});

describe('What is sealed', () => {
  const keys = new KeyRing(Buffer.alloc(32, 1));
  const sealed = seal(keys.for('token-cipher'), Buffer.from('secret'), 'row 1');

  test('opens with the same key and context', () => {
    expect(open(keys.for('token-cipher'), sealed, 'row 1')?.toString()).toBe('secret');
  });

  test.each([
    ['another purpose', keys.for('cursor'), 'row 1'],
    ['another context', keys.for('token-cipher'), 'row 2'],
    ['another key file', new KeyRing(Buffer.alloc(32, 2)).for('token-cipher'), 'row 1'],
  ])('does not open with %s', (_what, key, context) => {
    expect(open(key, sealed, context)).toBeNull();
  });
});

describe('The key file', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gatehouse-keys-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('is made for its owner alone, and read again', async () => {
    const path = join(directory, 'keys');
    const made = await openKeyFile(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await openKeyFile(path)).for('cursor')).toEqual(made.for('cursor'));
  });

  test('is refused when it holds anything but 64 hexadecimal digits', async () => {
    const path = join(directory, 'broken');
    await writeFile(path, 'hello');
    await expect(openKeyFile(path)).rejects.toThrow('should hold 64 hexadecimal digits');
  });
});
