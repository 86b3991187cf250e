// What every command shares: data to stdout, messages to stderr, `--json`, exit codes, and the store opened and left.

import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { type Id, parseId } from '../lib/id.js';
import { createLog, type Logger } from '../lib/log.js';
import { type ErrorCode, Refusal } from '../lib/refusal.js';
import { type Configuration, readConfiguration } from '../server/configuration.js';
import { isDatabaseTrouble } from '../server/database-trouble.js';
import { openStore, type Store } from '../store/store.js';

export const EXIT = { OK: 0, FAILED: 1, USAGE: 2, DENIED: 3, NOT_FOUND: 4, UNREACHABLE: 5 } as const;

const EXIT_BY_CODE: Partial<Record<ErrorCode, number>> = {
  INVALID: EXIT.USAGE,
  REQUIRED: EXIT.USAGE,
  CURSOR_INVALID: EXIT.USAGE,
  TOO_LONG: EXIT.USAGE,
  FORBIDDEN: EXIT.DENIED,
  CAPABILITY_MISSING: EXIT.DENIED,
  UNAUTHENTICATED: EXIT.DENIED,
  NOT_FOUND: EXIT.NOT_FOUND,
  UNAVAILABLE: EXIT.UNREACHABLE,
};

/** What commands print and read. Handed in, so that tests can listen. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  environment: NodeJS.ProcessEnv;
  directory: string;
  /** Whether progress bars make sense. */
  interactive: boolean;
}

/** Options every command has. */
export interface CommonOptions {
  json?: boolean;
  data?: string;
}

export interface Session {
  store: Store;
  configuration: Configuration;
  log: Logger;
  terminal: Terminal;
  /** Prints the JSON with `--json`, else the lines. */
  print(json: object, lines: readonly string[]): void;
}

export const withCommonOptions = (command: Command): Command =>
  command
    .option('--json', 'print one JSON object instead of text')
    .option('--data <directory>', 'data directory (GATEHOUSE_DATA, default ./.gatehouse)');

export function configurationOf(
  terminal: Terminal,
  options: CommonOptions,
  flags: { port?: string; host?: string } = {},
): Configuration {
  return readConfiguration({
    flags: {
      ...(options.data !== undefined && { GATEHOUSE_DATA: options.data }),
      ...(flags.port !== undefined && { PORT: flags.port }),
      ...(flags.host !== undefined && { HOST: flags.host }),
    },
    environment: terminal.environment,
    directory: terminal.directory,
    warn: (message) => terminal.err(message),
  });
}

/** Opens the store, runs one command on it and leaves it, whatever happens. */
export async function inSession(
  terminal: Terminal,
  options: CommonOptions,
  work: (session: Session) => Promise<number | undefined>,
): Promise<number> {
  const configuration = configurationOf(terminal, options);
  const log = createLog({
    level: configuration.logLevel === 'debug' ? 'debug' : 'error',
    destination: { write: (line) => terminal.err(line.trimEnd()) },
  });
  const store = await openStore({ ...configuration, log, poolSize: 2 });
  try {
    const code = await work({
      store,
      configuration,
      log,
      terminal,
      print: (json, lines) => {
        if (options.json) terminal.out(JSON.stringify(json));
        else if (lines.length > 0) terminal.out(lines.join('\n'));
      },
    });
    return code ?? EXIT.OK;
  } finally {
    await store.close();
  }
}

/** Prints what went wrong in one sentence and gives the exit code for it. */
export function report(error: unknown, terminal: Terminal): number {
  if (error instanceof Refusal) {
    terminal.err(error.message);
    return EXIT_BY_CODE[error.code] ?? EXIT.FAILED;
  }
  if (isDatabaseTrouble(error)) {
    terminal.err('The database went away. What was under way is done whole or not at all: look, and run it again.');
    return EXIT.UNREACHABLE;
  }
  terminal.err(`Unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return EXIT.FAILED;
}

/** Parses an id argument, dashes optional. */
export function idArgument(text: string): Id {
  const id = parseId(text);
  if (id === null)
    throw new InvalidArgumentError(
      `Expected an id of 32 hexadecimal digits, dashes optional, but got: ${text.slice(0, 60)}`,
    );
  return id;
}

/** Parses a comma-separated list of known names, case left aside. */
export const namesArgument =
  <Name extends string>(known: readonly Name[], what: string) =>
  (text: string): Name[] =>
    text
      .split(',')
      .map((part) => part.trim().toUpperCase())
      .filter((part) => part !== '')
      .map((part) => {
        const name = known.find((candidate) => candidate === part);
        if (!name)
          throw new InvalidArgumentError(`"${part.slice(0, 60)}" is no ${what}. Expected any of: ${known.join(', ')}`);
        return name;
      });
