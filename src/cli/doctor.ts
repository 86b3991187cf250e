// doctor: looks at everything a server needs, and says what to do about what is wrong.

import type { Command } from 'commander';
import { Refusal } from '../lib/refusal.js';
import { examine, type ReadSettings } from '../server/checks/examine.js';
import { type Finding, thisMachine } from '../server/checks/finding.js';
import { readConfiguration } from '../server/configuration.js';
import { VERSION } from '../server/version.js';
import { type CommonOptions, EXIT, type Terminal, withCommonOptions } from './shell.js';

export function doctorCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  withCommonOptions(
    program.command('doctor').description('look for what is wrong: exit code 1 when something is; changes nothing'),
  ).action(async (options: CommonOptions) => {
    const findings = await examine(readSettings(terminal, options), thisMachine);
    const isWell = findings.every(({ status }) => status !== 'FAIL');
    terminal.out(
      options.json
        ? JSON.stringify({ ok: isWell, version: VERSION, checks: findings.map(asJson) })
        : findings.map(asLine).join('\n'),
    );
    done(isWell ? EXIT.OK : EXIT.FAILED);
  });
}

function readSettings({ environment, directory }: Terminal, { data }: CommonOptions): ReadSettings {
  const warnings: string[] = [];
  try {
    const configuration = readConfiguration({
      flags: { ...(data !== undefined && { GATEHOUSE_DATA: data }) },
      environment,
      directory,
      warn: (message) => warnings.push(message),
    });
    return { configuration, warnings };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error.message };
    throw error;
  }
}

const asJson = ({ name, status, found, fix }: Finding) => ({
  name,
  status: status.toLowerCase(),
  found,
  fix: fix ?? null,
});

const asLine = ({ name, status, found, fix }: Finding): string =>
  `${status.toLowerCase().padEnd(8)} ${name.padEnd(17)} ${found}${fix ? ` ${fix}` : ''}`;
