// Structured logs on stderr, one JSON object a line. Secrets never get there: tokens are recognised by their shape
// in any string, and authorization headers and passwords by their name.

import { type DestinationStream, type Logger, pino } from 'pino';
import { TOKEN_PATTERN } from './secret.js';

export type { Logger };

const HIDDEN = '[hidden]';

/** Makes the process's logger. `level` as in pino; `silent` writes nothing. */
export function createLog(options: { level?: string; destination?: DestinationStream } = {}): Logger {
  return pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: ['authorization', '*.authorization', 'password', '*.password', 'token', '*.token'],
        censor: HIDDEN,
      },
    },
    hidingTokens(options.destination ?? process.stderr),
  );
}

/** What JSON lets through and a terminal obeys or shows wrongly: delete, C1 controls, line separators, and the marks
 *  that turn the direction of text. */
const TREACHEROUS = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** A line as it may be shown in a terminal: what that would obey, or show wrongly, is escaped as in JSON. */
export const harmless = (line: string): string => line.replaceAll(CONTROLS, escaped).replaceAll(TREACHEROUS, escaped);

const CONTROLS = /\p{Cc}/gu;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The last look before a line leaves: whatever looks like a token of ours is replaced. */
const hidingTokens = (out: { write(line: string): unknown }): DestinationStream => ({
  write: (line: string) => {
    out.write(line.replaceAll(TOKEN_PATTERN, HIDDEN).replaceAll(TREACHEROUS, escaped));
  },
});
