// Gatehouse as it is installed: the source of now, compiled, behind the real bin/gatehouse, in processes of its own.
// And the same command lines run in this process, where a test wants many of them: loading the program takes a second.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { run } from '../../src/cli/program.js';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const BUILDS = join(CHECKOUT, 'node_modules', '.cache', 'gatehouse-test');
const START_TIMEOUT_MS = 30_000;
const WRITTEN_AT = new Date('2024-05-06T07:08:10Z');

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A running `gatehouse start`. */
export interface Running {
  pid: number;
  port: number;
  /** …/graphql */
  url: string;
  /** What it printed when it was up. */
  started: {
    url: string;
    port: number;
    version: string;
    demo: { token: string; workspaceId: string } | null;
    setup: { workspaceName: string | null; link: string }[];
  };
  /** Everything it has logged. */
  log(): string;
  /** Sends a signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<Outcome>;
}

/** A directory somebody works in, and the commands she gives there. */
export class Desk {
  private readonly children = new Set<ChildProcess>();

  constructor(
    readonly directory: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** Runs a command through bin/gatehouse, in a process of its own, to its end. */
  launch(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return ended(this.spawn(args, environment));
  }

  /** The same as another user; for root only. */
  async launchAs(user: { uid: number; gid: number }, args: readonly string[]): Promise<Outcome> {
    await chmod(this.directory, 0o755);
    return ended(this.spawn(args, { HOME: '/', NODE_COMPILE_CACHE: '' }, user));
  }

  /** Runs a command in this process. */
  async run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    let stdout = '';
    let stderr = '';
    const code = await run(args, {
      out: (text) => {
        stdout += `${text}\n`;
      },
      err: (text) => {
        stderr += `${text}\n`;
      },
      environment: { ...this.environment, ...environment },
      directory: this.directory,
      interactive: false,
    });
    return { code, signal: null, stdout, stderr };
  }

  /** Runs a command in this process that must succeed, and gives its JSON. */
  async json<T>(...args: string[]): Promise<T> {
    const outcome = await this.run([...args, '--json']);
    if (outcome.code !== 0)
      throw new Error(`gatehouse ${args.join(' ')} ended with ${outcome.code}: ${outcome.stderr}`);
    return JSON.parse(outcome.stdout) as T;
  }

  /** Begins a command; see `ended`. */
  spawn(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    user: { uid?: number; gid?: number } = {},
  ) {
    const child = spawn(join(program!, 'bin/gatehouse'), args, {
      ...user,
      cwd: this.directory,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        NODE_COMPILE_CACHE: join(BUILDS, 'compile-cache'),
        ...this.environment,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.add(child);
    child.once('close', () => this.children.delete(child));
    return child;
  }

  /** Starts the server on a free port and waits until it listens. */
  async start(args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Promise<Running> {
    const child = this.spawn(['start', '--port', '0', '--json', ...args], environment);
    const whole = ended(child);
    let log = '';
    child.stderr.on('data', (chunk) => {
      log += chunk;
    });
    const line = await Promise.race([
      new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve)),
      whole.then(({ code, stderr }) => Promise.reject(new Error(`The server ended with ${code}: ${stderr}`))),
      new Promise<never>((_, reject) =>
        setTimeout(() => reject(new Error(`The server did not start: ${log}`)), START_TIMEOUT_MS).unref(),
      ),
    ]);
    const started = JSON.parse(line) as Running['started'];
    return {
      pid: child.pid!,
      port: started.port,
      url: `http://127.0.0.1:${started.port}/graphql`,
      started,
      log: () => log,
      end: (signal = 'SIGTERM') => {
        child.kill(signal);
        return whole;
      },
    };
  }

  /** Ends whatever is left over and removes the directory. */
  async clear(): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    await endPostgresOf(join(this.directory, '.gatehouse'));
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** An empty directory to work in, cleared when the test is finished. With `databaseUrl` the bundled PostgreSQL is not
 *  used. Before the first one: `await buildProgram()`. */
export async function openDesk(environment: Readonly<Record<string, string>> = {}): Promise<Desk> {
  const desk = await openLastingDesk(environment);
  onTestFinished(() => desk.clear());
  return desk;
}

/** The same, cleared by the caller. */
export async function openLastingDesk(environment: Readonly<Record<string, string>> = {}): Promise<Desk> {
  await buildProgram();
  return new Desk(await mkdtemp(join(tmpdir(), 'gatehouse-desk-')), environment);
}

/** Whether this is root, and the checkout lies where another user can run what is in it. */
export function othersMayRun(): boolean {
  if (process.getuid?.() !== 0) return false;
  for (let path = CHECKOUT; path !== dirname(path); path = dirname(path)) {
    if ((statSync(path).mode & 0o001) === 0) return false;
  }
  return true;
}

/** Collects what a process prints until it ends. */
export function ended(child: ReturnType<Desk['spawn']>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Process id of the PostgreSQL of a data directory, or `null`. */
export async function postgresOf(dataDirectory: string): Promise<number | null> {
  try {
    const pid = Number.parseInt(await readFile(join(dataDirectory, 'postgres/data/postmaster.pid'), 'utf8'), 10);
    process.kill(pid, 0);
    return pid;
  } catch {
    return null;
  }
}

async function endPostgresOf(dataDirectory: string): Promise<void> {
  const pid = await postgresOf(dataDirectory);
  if (pid === null) return;
  process.kill(pid, 'SIGINT');
  while ((await postgresOf(dataDirectory)) === pid) await new Promise((resolve) => setTimeout(resolve, 20));
}

let program: string | undefined;

/** What the build copies beside what it compiles. */
const LEFT_BEHIND = ['src/server/sign-in.css', 'src/server/consent.css', 'src/server/passkeys.js'];

/** Where the compiled program lies: bin/, dist/, package.json and node_modules, as npm lays them out. Compiled once for
 *  each state of the source; processes that compile the same at once do no harm. */
export async function buildProgram(): Promise<string> {
  if (program) return program;
  const digest = createHash('sha256');
  for (const name of ['bin/gatehouse', 'package.json', 'tsconfig.json', ...LEFT_BEHIND, ...(await sourcesIn('src'))]) {
    digest.update(name).update(await readFile(join(CHECKOUT, name)));
  }
  const home = join(BUILDS, digest.digest('hex').slice(0, 16));
  if (!existsSync(home)) {
    await mkdir(BUILDS, { recursive: true });
    await dropOldBuilds();
    const draft = await mkdtemp(join(BUILDS, 'draft-'));
    await chmod(draft, 0o755);
    await cp(join(CHECKOUT, 'bin'), join(draft, 'bin'), { recursive: true });
    await writeFile(join(draft, 'package.json'), await readFile(join(CHECKOUT, 'package.json')));
    await symlink(join(CHECKOUT, 'node_modules'), join(draft, 'node_modules'));
    const tsc = join(CHECKOUT, 'node_modules/typescript/bin/tsc');
    const compile = [tsc, '-p', 'tsconfig.json', '--outDir', join(draft, 'dist')];
    await promisify(execFile)(process.execPath, compile, { cwd: CHECKOUT }).catch((error) => {
      if (!existsSync(join(draft, 'dist/main.js'))) throw error; // whether the types are right is checked elsewhere
    });
    for (const name of LEFT_BEHIND) await cp(join(CHECKOUT, name), join(draft, name.replace('src', 'dist')));
    await rename(draft, home).catch(() => rm(draft, { recursive: true })); // somebody else was faster
  }
  program = home;
  return home;
}

async function sourcesIn(folder: string): Promise<string[]> {
  const names = await readdir(join(CHECKOUT, folder), { recursive: true });
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .sort();
}

async function dropOldBuilds(): Promise<void> {
  const dayAgo = Date.now() - 24 * 3_600_000;
  for (const name of await readdir(BUILDS)) {
    const path = join(BUILDS, name);
    if ((await stat(path)).mtimeMs < dayAgo) await rm(path, { recursive: true, force: true });
  }
}

/** Writes files by path below `folder`. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
    await utimes(join(folder, path), WRITTEN_AT, WRITTEN_AT); // a page without a time of its own has its file's
  }
}
