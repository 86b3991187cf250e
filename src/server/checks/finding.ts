// What a check says, and what it may know about the machine.

import { access, constants, statfs } from 'node:fs/promises';

/** `SKIPPED`: what it looks at could not be reached; the line that says why is another one. */
export type Status = 'OK' | 'WARN' | 'FAIL' | 'SKIPPED';

export interface Finding {
  name: CheckName;
  status: Status;
  /** One sentence: what was found. */
  found: string;
  /** One sentence: what to do; for warnings and failures. */
  fix?: string;
}

export type CheckName =
  | 'settings'
  | 'node'
  | 'file limit'
  | 'data directory'
  | 'disk'
  | 'key file'
  | 'database'
  | 'database version'
  | 'migrations'
  | 'clock'
  | 'port'
  | 'sign-in';

/** What checks ask the machine. Handed in, so that tests can describe a worse one. */
export interface Machine {
  nodeVersion: string;
  /** `null` where there are no users. */
  uid: number | null;
  /** Milliseconds since 1970. */
  now(): number;
  /** File descriptors this process may have; `null` when there is no limit. */
  fileLimit(): number | null;
  freeBytes(path: string): Promise<number>;
  /** Whether this process may read, write and enter a directory. */
  mayUse(directory: string): Promise<boolean>;
}

export const thisMachine: Machine = {
  nodeVersion: process.versions.node,
  uid: process.getuid?.() ?? null,
  now: () => Date.now(),
  fileLimit: () => {
    Object.assign(process.report, { excludeNetwork: true }); // it would look up names
    const { userLimits } = process.report.getReport() as unknown as {
      userLimits?: { open_files?: { soft: number | string } };
    };
    const soft = userLimits?.open_files?.soft;
    return typeof soft === 'number' ? soft : null;
  },
  freeBytes: async (path) => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
  mayUse: async (directory) => {
    try {
      await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
      return true;
    } catch {
      return false; // the question was whether it may
    }
  },
};

export const ok = (name: CheckName, found: string): Finding => ({ name, status: 'OK', found });
export const warn = (name: CheckName, found: string, fix: string): Finding => ({ name, status: 'WARN', found, fix });
export const fail = (name: CheckName, found: string, fix: string): Finding => ({ name, status: 'FAIL', found, fix });
export const skipped = (name: CheckName, found: string): Finding => ({ name, status: 'SKIPPED', found });
