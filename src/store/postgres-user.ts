// As whom PostgreSQL runs. It refuses root, so root has to become somebody: this file knows the ways and spawns.
// Which way is taken is decided in postgres-lodging.ts.

import { type ChildProcess, spawn } from 'node:child_process';

/** `self`: as this process. `user`: root steps down to that user. `namespace`: root on disk, nobody inside a user
 *  namespace; for places no other user can reach. `command` is the program that makes the namespace. */
export type RunAs =
  | { readonly way: 'self' }
  | { readonly way: 'user'; readonly name: string; readonly uid: number; readonly gid: number }
  | { readonly way: 'namespace'; readonly command: string };

/** For messages: completes "PostgreSQL runs …". */
export function describe(runAs: RunAs): string {
  if (runAs.way === 'user') return `as user ${runAs.name}`;
  return runAs.way === 'self' ? 'directly' : 'in a user namespace';
}

/** Every account system has this number for nobody; PostgreSQL wants a user that has a name. */
const NOBODY = 65534;

interface SpawnOptions {
  env?: Readonly<Record<string, string>>;
  detached?: boolean;
  stdio: ['ignore' | 'pipe', 'pipe' | number, 'pipe' | number];
}

/** Nearly empty on purpose: PG* variables would change what PostgreSQL does, and our own secrets have no business in a
 *  process that outlives us. */
const BARE_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** Starts a program that way; nothing of our environment reaches it but `env`. */
export function spawnAs(
  runAs: RunAs,
  [file, ...args]: [string, ...string[]],
  { env, ...options }: SpawnOptions,
): ChildProcess {
  // Our working directory may be closed to the other user.
  const common = { ...options, env: { ...BARE_ENVIRONMENT, ...env }, cwd: '/' };
  if (runAs.way === 'user') return spawn(file, args, { ...common, uid: runAs.uid, gid: runAs.gid });
  if (runAs.way === 'self') return spawn(file, args, common);
  const mapping = ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];
  return spawn(runAs.command, [...mapping, file, ...args], common); // execs: the pid stays
}

export interface Outcome {
  readonly ok: boolean;
  /** Standard output and error together, trimmed. When the program could not be started at all, why. */
  readonly output: string;
}

/** Runs a program to its end that way. Never throws: what went wrong is in the outcome. */
export function runAsUntilDone(
  runAs: RunAs,
  command: [string, ...string[]],
  { input = '', env = {} }: { input?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<Outcome> {
  return new Promise((done) => {
    let output = '';
    const fail = (error: Error) => done({ ok: false, output: error.message });
    let child: ChildProcess;
    try {
      child = spawnAs(runAs, command, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    } catch (error) {
      fail(error as Error); // spawn throws some errors (EPERM of setuid) instead of emitting them
      return;
    }
    child.on('error', fail);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.stdin?.on('error', () => {}); // it ended without reading: the exit code tells
    child.stdin?.end(input);
    child.on('close', (code) => done({ ok: code === 0, output: output.trim() }));
  });
}

/** The user of that name or number, or `null` when this system has none. */
export async function findUser(nameOrUid: string | number): Promise<(RunAs & { way: 'user' }) | null> {
  const answers = await Promise.all(
    ['-un', '-u', '-g'].map((flag) => runAsUntilDone({ way: 'self' }, ['id', flag, String(nameOrUid)])),
  );
  const [name, uid, gid] = answers.map(({ ok, output }) => (ok ? output : null));
  return name && uid && gid ? { way: 'user', name, uid: Number(uid), gid: Number(gid) } : null;
}
