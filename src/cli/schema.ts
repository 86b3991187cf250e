// schema print

import type { Command } from 'commander';
import { buildGatewaySchema } from '../api/schema.js';
import { printSdl, sliceSchema } from '../api/slice.js';
import type { Id } from '../lib/id.js';
import { notFound } from '../lib/refusal.js';
import { actAs } from '../server/authenticate.js';
import { type CommonOptions, EXIT, idArgument, inSession, type Terminal, withCommonOptions } from './shell.js';

export function schemaCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const schema = program.command('schema').description('print the GraphQL schema');
  withCommonOptions(schema.command('print').description('print the whole schema, or what one connection may use'))
    .option('--connection <id>', 'only what this connection may use', idArgument)
    .action(async ({ connection, ...options }: CommonOptions & { connection?: Id }) => {
      const built = buildGatewaySchema();
      const print = (sdl: string) => terminal.out(options.json ? JSON.stringify({ sdl }) : sdl.trimEnd());
      if (connection === undefined) {
        print(printSdl(built.schema));
        return done(EXIT.OK);
      }
      done(
        await inSession(terminal, options, async ({ store }) => {
          const actor = await actAs(connection, store.reader());
          if (!actor) throw notFound('The connection');
          print(printSdl(sliceSchema(built.schema, built.rules, actor)));
        }),
      );
    });
}
