// Who a process is: its pid and when it started. A pid alone is not enough: after a crash or a reboot the same
// number belongs to somebody else.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque: compared for equality only. Differs for two processes that had the same pid, reboots included. */
  readonly started: string;
}

/** A live process that /proc hides from us (mounted with `hidepid`): alive, start time unknown. */
const HIDDEN = 'hidden';

/** The live process of that pid, or `null` when there is none. A zombie is not alive: in a container whose first
 *  process does not reap, a killed PostgreSQL stays one for ever. */
export async function identify(pid: number): Promise<ProcessIdentity | null> {
  const started = process.platform === 'linux' ? await startOnLinux(pid) : await startByPs(pid);
  return started === null ? null : { pid, started };
}

/** This process. */
export async function identifySelf(): Promise<ProcessIdentity> {
  const self = await identify(process.pid);
  if (!self) throw new Error(`Process ${process.pid} did not find itself in the list of processes.`);
  return self;
}

/** True while exactly that process lives; false when it ended, even if its pid was given to another one. */
export async function isRunning({ pid, started }: ProcessIdentity): Promise<boolean> {
  const found = await identify(pid);
  return found !== null && (found.started === started || found.started === HIDDEN);
}

/** The command line of a live process, arguments separated by blanks; empty when it ended. */
export async function commandLine(pid: number): Promise<string> {
  if (process.platform !== 'linux') return (await ps(pid, 'command=')) ?? '';
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
  } catch (error) {
    if (isGone(error)) return '';
    throw error;
  }
}

async function startOnLinux(pid: number): Promise<string | null> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (!isGone(error)) throw error;
    return isSomebodyElses(pid) ? HIDDEN : null;
  }
  // The name in parentheses may hold blanks and parentheses. After it: state is field 3, start (ticks since boot) 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields[0], fields[19]];
  return state === 'Z' || state === 'X' ? null : `${await bootId()}/${start}`;
}

let boot: string | undefined;

/** Ticks count from the boot, so a rebooted machine can repeat them. */
async function bootId(): Promise<string> {
  boot ??= (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  return boot;
}

async function startByPs(pid: number): Promise<string | null> {
  const line = await ps(pid, 'stat=,lstart=');
  if (line === null || line.startsWith('Z')) return null;
  return line.replace(/^\S+\s+/, '');
}

async function ps(pid: number, columns: string): Promise<string | null> {
  try {
    const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
    const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', columns, '-p', String(pid)], { env });
    return stdout.trim() || null;
  } catch (error) {
    if ((error as { code?: unknown }).code === 1) return null; // ps exits 1 when no process matches
    throw error;
  }
}

function isSomebodyElses(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const isGone = (error: unknown): boolean => ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '');
