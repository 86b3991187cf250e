// import <folder|zip> --workspace <name>

import { resolve } from 'node:path';
import type { Command } from 'commander';
import { importExport } from '../importer/import-export.js';
import { newId } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { Refusal } from '../lib/refusal.js';
import type { Unit } from '../unit-of-work.js';
import { addWorkspace } from '../workspace/lifecycle.js';
import { findWorkspace, workspacesNamed } from './find.js';
import { progressBar } from './progress.js';
import {
  type CommonOptions,
  EXIT,
  inSession,
  report,
  type Session,
  type Terminal,
  withCommonOptions,
} from './shell.js';

type ImportOptions = CommonOptions & { workspace: string };

export function importCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  withCommonOptions(
    program.command('import <path>').description('import a "Markdown & CSV" export: a zip, a zip of zips, or a folder'),
  )
    .requiredOption('--workspace <id|name>', 'where to; made when there is none with this name')
    .action(async (path: string, { workspace, ...options }: ImportOptions) =>
      done(await inSession(terminal, options, (session) => importInto(session, path, workspace))),
    );
}

async function importInto(
  { store, configuration, print, terminal }: Session,
  path: string,
  name: string,
): Promise<number> {
  // A name that cannot be meant is told before an export is read for minutes.
  const [existing] = await workspacesNamed(store.em(), name);
  const workspace = existing
    ? await findWorkspace(store.em(), name)
    : { id: newId(), name: requireName(name, 'name of the workspace') };
  const bar = progressBar(terminal);
  try {
    const show = { READING: bar.show('Reading'), WRITING: bar.show('Writing') };
    const { plan, written } = await importExport(resolve(terminal.directory, path), {
      em: store.em,
      files: store.files,
      workspaceId: workspace.id,
      limits: configuration.importLimits,
      ...(!existing && { prepare: (unit: Unit) => addWorkspace(unit, { name }) }),
      onProgress: (phase, done, total) => show[phase](done, total),
    });
    bar.stop();
    const { created, updated } = written;
    const skipped = [...plan.skipped, ...written.vanished];
    print(
      {
        workspace: { id: workspace.id, name: workspace.name },
        created,
        updated,
        inferred: plan.inferred,
        skipped,
      },
      [
        `Workspace ${workspace.name}: ${workspace.id}`,
        `Read ${plan.fileCount} files.`,
        ...counted('Made', created),
        ...counted('Changed', updated),
        ...plan.inferred.map(
          ({ database, property, type, note }) => `  ${database} / ${property}: ${type}${note ? ` (${note})` : ''}`,
        ),
        ...(skipped.length > 0 ? [`Not taken over (${skipped.length}):`] : []),
        ...skipped.map((item) => `  ${item.path}: ${item.reason}`),
      ],
    );
    return EXIT.OK;
  } catch (error) {
    bar.stop();
    // The command line was right, what it names is not: that is a failure, not wrong usage.
    const code = report(error, terminal);
    return error instanceof Refusal && error.code === 'INVALID' ? EXIT.FAILED : code;
  }
}

const counted = (verb: string, counts: object): string[] => {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return parts.length === 0
    ? []
    : [`${verb} ${parts.map(([what, count]) => `${count} ${count === 1 ? what.slice(0, -1) : what}`).join(', ')}.`];
};
