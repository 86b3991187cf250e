// All checks, in the order somebody would mend things. Nothing is made, changed or started by any of them.

import { join } from 'node:path';
import type { Configuration } from '../configuration.js';
import { checkDatabase } from './database.js';
import { type CheckName, type Finding, fail, type Machine, ok, skipped, warn } from './finding.js';
import { checkDataDirectory, checkDisk, checkKeyFile } from './place.js';
import { checkPort } from './port.js';
import { checkFileLimit, checkNode } from './program.js';
import { checkSignIn } from './sign-in.js';

/** What came of reading the settings: all of them, or what is wrong with one. */
export type ReadSettings = { configuration: Configuration; warnings: readonly string[] } | { refusal: string };

const SAID_BY_SETTINGS: readonly CheckName[] = [
  'data directory',
  'disk',
  'key file',
  'database',
  'database version',
  'migrations',
  'clock',
  'port',
  'sign-in',
];

/** One finding for each thing looked at. */
export async function examine(settings: ReadSettings, machine: Machine): Promise<Finding[]> {
  const program = [checkNode(machine), checkFileLimit(machine)];
  if ('refusal' in settings) {
    return [
      fail('settings', settings.refusal, 'Correct it: in the environment, in gatehouse.config.json, or in the flag.'),
      ...program,
      ...SAID_BY_SETTINGS.map((name) => skipped(name, 'The settings say where it is.')),
    ];
  }
  const { configuration, warnings } = settings;
  const { dataDirectory, keyFile } = configuration;
  const { findings, belonging } = await checkDatabase(configuration, machine);
  const place = await checkDataDirectory(dataDirectory, machine, belonging);
  const closed = keyFile === undefined && place.status === 'FAIL';
  return [
    checkSettings(warnings),
    ...program,
    place,
    await checkDisk(dataDirectory, machine),
    await checkKeyFile(keyFile ?? join(dataDirectory, 'keys'), belonging, closed),
    ...findings,
    await checkPort(configuration),
    checkSignIn(configuration),
  ];
}

function checkSettings(warnings: readonly string[]): Finding {
  if (warnings.length === 0) return ok('settings', 'All names are known, all values have the right shape.');
  return warn('settings', warnings.join(' '), 'Correct the name, or remove it.');
}
