// A line of the log is one line, whatever is put into it, and shows what was put in.

import { expect, test } from 'vitest';
import { createLog } from '../../src/lib/log.js';

function logged(text: string): string {
  let written = '';
  createLog({
    destination: {
      write: (line) => {
        written += line;
      },
    },
  }).warn({ name: text }, text);
  return written;
}

test.each([
  ['line breaks', 'a\nb\r\nc\u2028d\u2029e\u0085f'],
  ['terminal colours and commands', '\u001b[31mred\u009b2J\u0007\u007f'],
  ['turned text', '\u202Egnp.exe\u202c \u2066x\u2069 \u200f\u061c\ufeff'],
  ['quotes and braces', '"} {"level":"error","msg":"forged"'],
])('%s are escaped and can be read back', (_, text) => {
  const line = logged(text);
  expect(line).toMatch(/^\{[\x20-\x7e]*\}\n$/);
  expect(JSON.parse(line)).toMatchObject({ level: 'warn', name: text, msg: text });
});
