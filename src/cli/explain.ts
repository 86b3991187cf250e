// explain --connection <id> [--resource <id>] [--field <coordinate>] [--action <access>]

import { type Command, InvalidArgumentError } from 'commander';
import { createGateway } from '../api/gateway.js';
import { operatorOf } from '../gate/actor.js';
import { SHARE_ACCESS, type ShareAccess } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { notFound } from '../lib/refusal.js';
import { explainAccess } from '../share/explain-access.js';
import type { AccessStep } from '../share/explanation.js';
import { type CommonOptions, idArgument, inSession, type Terminal, withCommonOptions } from './shell.js';

interface ExplainOptions extends CommonOptions {
  connection: Id;
  resource?: Id;
  field?: string;
  action?: ShareAccess;
}

export function explainCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  withCommonOptions(program.command('explain').description('say why a connection may do something, or may not'))
    .requiredOption('--connection <id>', 'who: a connection or installation', idArgument)
    .option('--resource <id>', 'a page, row, database or data source', idArgument)
    .option('--field <coordinate>', 'a field or mutation, like Page.title or Mutation.createConnection')
    .option('--action <access>', `what to do: ${SHARE_ACCESS.join(', ')} (default: READ)`, actionArgument)
    .action(async ({ connection, resource, field, action, ...options }: ExplainOptions) =>
      done(
        await inSession(terminal, options, async ({ store, log, print }) => {
          const [found] = await store.em().execute<{ workspaceId: Id; isInstallation: boolean }[]>(
            `select workspace_id as "workspaceId", false as "isInstallation" from connection where id = ?
             union all select workspace_id, true from installation where id = ?`,
            [connection, connection],
          );
          if (!found) throw notFound('The connection or installation');
          const gateway = await createGateway({ store, log });
          const ctx = gateway.contextFor(operatorOf(found.workspaceId), store.reader());
          const { allowed, sentence, steps } = await explainAccess(ctx, {
            about: found.isInstallation ? { installationId: connection } : { connectionId: connection },
            resourceId: resource ?? null,
            coordinate: field ?? null,
            action: action ?? null,
          });
          await gateway.stop();
          print({ explanation: { allowed, sentence, steps: steps.map(described) } }, [
            sentence,
            ...steps.flatMap(linesOf),
          ]);
        }),
      ),
    );
}

const described = ({ shares, ...step }: AccessStep) => ({
  ...step,
  shares: shares.map(({ grantedAt, expiresAt, revokedAt, ...share }) => ({
    ...share,
    grantedAt: new Date(grantedAt),
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
    revokedAt: revokedAt === null ? null : new Date(revokedAt),
  })),
});

const MARKS = { PASSED: 'yes', FAILED: 'no ', NOT_ASKED: ' - ' } as const;

const linesOf = ({ asked, outcome, detail, remedy }: AccessStep): string[] => [
  `${MARKS[outcome]}  ${asked.padEnd(12)}  ${detail}`,
  ...(remedy === null ? [] : [`     what would change it: ${remedy}`]),
];

function actionArgument(text: string): ShareAccess {
  const name = SHARE_ACCESS.find((candidate) => candidate === text.toUpperCase());
  if (!name)
    throw new InvalidArgumentError(`Expected any of ${SHARE_ACCESS.join(', ')}, but got: ${text.slice(0, 60)}`);
  return name;
}
