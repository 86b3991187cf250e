// The command line: which commands there are, and what becomes of what they throw.

import { Command, CommanderError } from 'commander';
import { TOKEN_PATTERN } from '../lib/secret.js';
import { VERSION } from '../server/version.js';
import { auditCommand } from './audit.js';
import { connectionCommand } from './connection.js';
import { doctorCommand } from './doctor.js';
import { explainCommand } from './explain.js';
import { importCommand } from './import.js';
import { personCommand } from './person.js';
import { queryCommand } from './query.js';
import { schemaCommand } from './schema.js';
import { shareCommand } from './share.js';
import { EXIT, report, type Terminal } from './shell.js';
import { startCommand } from './start.js';
import { tailCommand } from './tail.js';
import { tokenCommand } from './token.js';
import { workspaceCommand } from './workspace.js';

/** Runs one command line (without node and script) and gives the exit code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT.OK;
  const done = (given: number) => {
    code = given;
  };
  const program = new Command('gatehouse')
    .description('A self-hosted GraphQL gateway for workspace connections.')
    .version(VERSION)
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      // It repeats what came; a token pasted in the wrong place does not belong into a log.
      writeErr: (text) => terminal.err(text.trimEnd().replaceAll(TOKEN_PATTERN, '[hidden]')),
    });
  for (const add of [
    startCommand,
    importCommand,
    workspaceCommand,
    personCommand,
    connectionCommand,
    shareCommand,
    tokenCommand,
    queryCommand,
    tailCommand,
    explainCommand,
    schemaCommand,
    auditCommand,
    doctorCommand,
  ]) {
    add(program, terminal, done);
  }
  exitByThrowing(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.OK : EXIT.USAGE;
    return report(error, terminal);
  }
}

/** Commander would end the process; we want the code. Subcommands inherit nothing that was set after they were made. */
function exitByThrowing(command: Command): void {
  command.exitOverride();
  for (const sub of command.commands) {
    sub.copyInheritedSettings(command);
    exitByThrowing(sub);
  }
}
