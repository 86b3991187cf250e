// query '<document>' --as <connection or installation>

import { type Command, InvalidArgumentError } from 'commander';
import { createGateway } from '../api/gateway.js';
import type { Id } from '../lib/id.js';
import { notFound } from '../lib/refusal.js';
import { actAs } from '../server/authenticate.js';
import { type CommonOptions, EXIT, idArgument, inSession, type Terminal, withCommonOptions } from './shell.js';

interface QueryOptions extends CommonOptions {
  as: Id;
  variables?: Record<string, unknown>;
}

const DENIALS = new Set(['CAPABILITY_MISSING', 'FORBIDDEN']);

export function queryCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  withCommonOptions(program.command('query <document>').description('ask as a connection and print the GraphQL answer'))
    .requiredOption('--as <id>', 'a connection or installation', idArgument)
    .option('--variables <json>', 'variables as a JSON object', variablesArgument)
    .action(async (document: string, { as, variables, ...options }: QueryOptions) =>
      done(
        await inSession(terminal, options, async ({ store, log, configuration }) => {
          const reader = store.reader();
          const actor = await actAs(as, reader);
          if (!actor) throw notFound('The connection or installation');
          const gateway = await createGateway({
            store,
            log,
            limits: configuration.limits,
            contentLimits: configuration.contentLimits,
            showStatements: configuration.showStatements,
          });
          const { body } = await gateway.apollo.executeOperation(
            { query: document, ...(variables && { variables }) },
            { contextValue: gateway.contextFor(actor, reader) },
          );
          await gateway.stop();
          if (body.kind !== 'single') throw new Error('Incremental delivery is not offered.');
          const { data, errors } = body.singleResult;
          terminal.out(JSON.stringify(body.singleResult, null, options.json ? undefined : 2));
          if (!data)
            return errors?.every((error) => DENIALS.has(String(error.extensions?.code))) ? EXIT.DENIED : EXIT.FAILED;
          const roots = Object.keys(data);
          const denied = roots.filter((root) =>
            errors?.some(
              ({ path, extensions }) => path?.length === 1 && path[0] === root && DENIALS.has(String(extensions?.code)),
            ),
          );
          return roots.length > 0 && denied.length === roots.length ? EXIT.DENIED : EXIT.OK;
        }),
      ),
    );
}

function variablesArgument(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // answered below: the caller learns what was expected, not where the parser stopped
  }
  throw new InvalidArgumentError(`Expected a JSON object like {"id": "…"}, but got: ${text.slice(0, 60)}`);
}
