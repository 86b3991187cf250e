// The program itself: the Node it runs on, and how many files it may open.

import { type Finding, fail, type Machine, ok, warn } from './finding.js';

/** As `engines` in package.json and bin/gatehouse say. */
const LEAST_NODE = [22, 18] as const;
/** A socket each for clients, and 10 for the database. */
const FEW_FILES = 256;
const ENOUGH_FILES = 4_096;

export function checkNode({ nodeVersion }: Machine): Finding {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) {
    return ok('node', `Node ${nodeVersion}.`);
  }
  return fail(
    'node',
    `Node ${nodeVersion} is too old.`,
    `Install Node ${LEAST_NODE.join('.')} or newer, or run npm ci, which brings one along.`,
  );
}

export function checkFileLimit(machine: Machine): Finding {
  const limit = machine.fileLimit();
  const found = limit === null ? 'No limit of open files.' : `At most ${limit} open files.`;
  const fix = 'Raise it where the server is started: ulimit -n 65536, or LimitNOFILE=65536 in its systemd unit.';
  if (limit === null || limit >= ENOUGH_FILES) return ok('file limit', found);
  return limit < FEW_FILES ? fail('file limit', found, fix) : warn('file limit', found, fix);
}
