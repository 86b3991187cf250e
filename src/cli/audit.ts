// audit export | checkpoint | verify

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Checkpoint, isGenuine, readCheckpoint, takeCheckpoint } from '../audit/checkpoint.js';
import { INSTALLATION_LOG } from '../audit/entry.js';
import { AUDIT_FORMATS, type AuditFormat, exportAuditLog } from '../audit/export.js';
import { type Verdict, verifyLog } from '../audit/verify.js';
import { operatorOf } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import { invalid } from '../lib/refusal.js';
import { findWorkspace } from './find.js';
import { progressBar } from './progress.js';
import { type CommonOptions, EXIT, inSession, type Session, type Terminal, withCommonOptions } from './shell.js';

/** Exactly one of them. */
interface LogOptions extends CommonOptions {
  workspace?: string;
  installation?: boolean;
}

interface Log {
  id: Id;
  name: string;
}

export function auditCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const audit = program.command('audit').description('give out the audit log, and check that nobody has changed it');

  ofOneLog(
    audit
      .command('export')
      .description('print the whole audit log; that it was printed is its last entry')
      .addOption(
        new Option('--format <format>', 'lines of JSON that can be verified, or a table')
          .choices([...AUDIT_FORMATS])
          .default('ndjson'),
      ),
  ).action(async ({ format, ...options }: LogOptions & { format: AuditFormat }) =>
    done(
      await inSession(terminal, options, async (session) => {
        const { id } = await logOf(session, options);
        const bar = progressBar(terminal);
        try {
          const caller = session.store.callerFor(operatorOf(id));
          const { pieces } = await exportAuditLog(caller, { format, onProgress: bar.show('Exporting') });
          for await (const piece of pieces) terminal.out(piece.slice(0, -1)); // which adds the line break
        } finally {
          bar.stop();
        }
        return EXIT.OK;
      }),
    ),
  );

  ofOneLog(
    audit.command('checkpoint').description('verify the log and print a signed checkpoint of it: keep it elsewhere'),
  ).action(async (options: LogOptions) =>
    done(
      await inSession(terminal, options, async (session) => {
        const log = await logOf(session, options);
        const { head, fault } = await verified(session, log);
        if (fault) {
          terminal.err(`The audit log of ${log.name} is broken at entry ${fault.position}: ${fault.reason}`);
          return EXIT.FAILED;
        }
        terminal.out(JSON.stringify(takeCheckpoint(session.store.keys, log.id, head, new Date())));
        return EXIT.OK;
      }),
    ),
  );

  ofOneLog(
    audit
      .command('verify')
      .description('check every entry of the log: exit code 1 when one is not as it was written')
      .option('--checkpoint <file>', 'check as well that the log begins with what this checkpoint was taken of'),
  ).action(async ({ checkpoint: file, ...options }: LogOptions & { checkpoint?: string }) =>
    done(
      await inSession(terminal, options, async (session) => {
        const log = await logOf(session, options);
        const checkpoint = file === undefined ? null : await checkpointIn(session, log, file);
        if (checkpoint && !isGenuine(session.store.keys, checkpoint)) {
          terminal.err('The checkpoint was not signed with the key file of this Gatehouse, or was changed since.');
          return EXIT.FAILED;
        }
        return tell(session, log, checkpoint, await verified(session, log, checkpoint));
      }),
    ),
  );
}

const ofOneLog = (command: Command): Command =>
  withCommonOptions(command)
    .option('--workspace <id|name>', 'whose log')
    .option('--installation', 'the log of what belongs to no workspace');

async function logOf({ store }: Session, { workspace, installation }: LogOptions): Promise<Log> {
  if ((workspace !== undefined) === (installation === true)) {
    throw invalid('Name the log: either --workspace <id or name>, or --installation.');
  }
  return workspace === undefined
    ? { id: INSTALLATION_LOG, name: 'this installation' }
    : findWorkspace(store.em(), workspace);
}

async function checkpointIn({ terminal }: Session, log: Log, file: string): Promise<Checkpoint> {
  let text: string;
  try {
    text = await readFile(resolve(terminal.directory, file), 'utf8');
  } catch (error) {
    throw invalid(`The checkpoint could not be read: ${(error as Error).message}`);
  }
  const checkpoint = readCheckpoint(text);
  if (checkpoint.workspaceId !== log.id) {
    throw invalid(`The checkpoint is of another log: ${checkpoint.workspaceId}, not ${log.id}.`);
  }
  return checkpoint;
}

async function verified({ store, terminal }: Session, log: Log, checkpoint?: Checkpoint | null): Promise<Verdict> {
  const bar = progressBar(terminal);
  try {
    return await verifyLog(store.em(), log.id, {
      checkpoint: checkpoint ? { position: checkpoint.count, hash: checkpoint.hash } : null,
      onProgress: bar.show('Verifying'),
    });
  } finally {
    bar.stop();
  }
}

/** Says what came of it, and gives the exit code. */
function tell({ print }: Session, log: Log, checkpoint: Checkpoint | null, { head, fault }: Verdict): number {
  const since = checkpoint && { count: checkpoint.count, takenAt: checkpoint.takenAt };
  const about = { workspace: log, checkpoint: since, count: head.position, hash: head.hash };
  if (fault) {
    print({ ok: false, ...about, ...fault }, [
      `The audit log of ${log.name} is broken at entry ${fault.position}: ${fault.reason}`,
    ]);
    return EXIT.FAILED;
  }
  print({ ok: true, ...about }, [
    `The audit log of ${log.name} is whole: ${head.position} entries, the last with hash ${head.hash}`,
    checkpoint
      ? `It begins with the ${checkpoint.count} entries it had at ${checkpoint.takenAt}.`
      : 'Without a checkpoint nobody can tell whether its end was cut off, or all of it written anew.',
  ]);
  return EXIT.OK;
}
