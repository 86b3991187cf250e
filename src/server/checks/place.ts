// The data directory and what lies in it: whose it is, how full its disk is, and the key file.

import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { keyRingFrom } from '../../lib/secret.js';
import { keyCheckOf } from '../../store/store.js';
import { type Finding, fail, type Machine, ok, skipped, warn } from './finding.js';

const MB = 1_000_000;
/** PostgreSQL stops when it cannot write; this much is gone in minutes of an import. */
const LITTLE_BYTES = 256 * MB;
const ENOUGH_BYTES = 1_000 * MB;

/** What is known of the database that belongs to the directory; `null` when nothing is. */
export type Belonging = {
  used: boolean;
  /** `null` while it is not used, and when it could not be asked. */
  keyCheck: string | null;
} | null;

export async function checkDataDirectory(path: string, machine: Machine, database: Belonging): Promise<Finding> {
  const name = 'data directory';
  const found = await look(path);
  if (found instanceof Error) return unreadable(name, path, found);
  if (found === null) return await checkMissing(path, machine, database);
  if (!found.isDirectory()) {
    return fail(name, `${path} is a file.`, 'Move it away, or choose another directory with GATEHOUSE_DATA.');
  }
  if (machine.uid !== null && machine.uid !== 0 && found.uid !== machine.uid) {
    return fail(
      name,
      `${path} belongs to user ${found.uid}, and this is user ${machine.uid}.`,
      `Run Gatehouse as that user, or give the directory to this one: chown -R ${machine.uid} ${path}`,
    );
  }
  if (!(await machine.mayUse(path))) {
    return fail(
      name,
      `${path} cannot be written to.`,
      `Run chmod 700 ${path} as its owner, or mount its file system for writing.`,
    );
  }
  // Passing without listing (0710, 0711) is what PostgreSQL's own user may need (data-directory.ts).
  if ((found.mode & 0o026) !== 0) {
    return warn(name, `${path} is open to other users (mode ${modeOf(found)}).`, `Close it to them: chmod 700 ${path}`);
  }
  return ok(name, `${path}, of user ${found.uid}, mode ${modeOf(found)}.`);
}

async function checkMissing(path: string, machine: Machine, database: Belonging): Promise<Finding> {
  const name = 'data directory';
  const parent = await nearestThere(path);
  if (parent === null || !(await machine.mayUse(parent))) {
    return fail(
      name,
      `${path} is not there and cannot be made${parent === null ? '' : ` in ${parent}`}.`,
      'Make it as an administrator and give it to the user who runs Gatehouse, or choose another with GATEHOUSE_DATA.',
    );
  }
  if (database?.used) {
    return warn(
      name,
      `${path} is not there, but the database has been used: its files lie somewhere else.`,
      'Point GATEHOUSE_DATA at the directory this database was used with, mount its volume, or restore it.',
    );
  }
  return ok(name, `${path} is not there yet; the first start makes it.`);
}

export async function checkDisk(path: string, machine: Machine): Promise<Finding> {
  const name = 'disk';
  const there = await nearestThere(path);
  if (there === null) return skipped(name, `${path} could not be looked at.`);
  const free = await machine.freeBytes(there);
  const found = `${Math.floor(free / MB)} MB are free at ${there}.`;
  const fix = 'Free some space, or move the data directory to a larger disk and point GATEHOUSE_DATA at it.';
  if (free >= ENOUGH_BYTES) return ok(name, found);
  return free < LITTLE_BYTES ? fail(name, found, fix) : warn(name, found, fix);
}

/** `closed`: it lies in a data directory that was found wrong, whose line says so. */
export async function checkKeyFile(path: string, database: Belonging, closed: boolean): Promise<Finding> {
  const name = 'key file';
  const found = await look(path);
  if (found instanceof Error && closed)
    return skipped(name, `${path} lies in the data directory, which cannot be read.`);
  if (found instanceof Error) return unreadable(name, path, found);
  if (found === null) return missingKeyFile(path, database);
  const text = await readFile(path, 'utf8').catch((error: Error) => error);
  if (text instanceof Error) return unreadable(name, path, text);
  const keys = keyRingFrom(text);
  if (!keys) {
    return fail(
      name,
      `${path} does not hold 64 hexadecimal digits.`,
      'Restore it from your backup, or point GATEHOUSE_KEY_FILE at the right file.',
    );
  }
  if (database?.keyCheck && database.keyCheck !== keyCheckOf(keys)) {
    return fail(
      name,
      `${path} belongs to another database.`,
      'Restore the key file this database was first opened with, or point GATEHOUSE_KEY_FILE at it.',
    );
  }
  if ((found.mode & 0o006) !== 0) {
    return fail(name, `${path} is open to everybody (mode ${modeOf(found)}).`, `Close it: chmod 600 ${path}`);
  }
  if ((found.mode & 0o060) !== 0) {
    return warn(name, `${path} is open to its group (mode ${modeOf(found)}).`, `Close it: chmod 600 ${path}`);
  }
  if (database?.keyCheck) return ok(name, `${path} belongs to the database.`);
  if (database && !database.used) return ok(name, `${path}, for a database not used yet.`);
  return ok(name, `${path}; whether it belongs to the database could not be asked.`);
}

function missingKeyFile(path: string, database: Belonging): Finding {
  const name = 'key file';
  if (!database) return skipped(name, `${path} is not there; whether one was used could not be asked.`);
  if (database.used) {
    return fail(
      name,
      `${path} is not there, but the database has been used with one.`,
      'Restore it from your backup, or point GATEHOUSE_KEY_FILE at it; without it no token can be checked any more.',
    );
  }
  return ok(name, `${path} is not there yet; the first start makes it.`);
}

const unreadable = (name: 'data directory' | 'key file', path: string, error: Error): Finding =>
  fail(
    name,
    `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? error.message}).`,
    'Run Gatehouse as the user it belongs to, or make its parent folders passable.',
  );

/** `null` when there is nothing; what is in the way of looking otherwise. */
async function look(path: string): Promise<Stats | Error | null> {
  try {
    return await stat(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : (error as Error);
  }
}

/** The path itself or the closest folder above it that is there; `null` when a file is in the way. */
async function nearestThere(path: string): Promise<string | null> {
  for (let at = resolve(path); ; at = dirname(at)) {
    const found = await look(at);
    if (found instanceof Error) return null;
    if (found) return found.isDirectory() ? at : null;
    if (at === dirname(at)) return null;
  }
}

const modeOf = ({ mode }: Stats): string => (mode & 0o777).toString(8).padStart(4, '0');
