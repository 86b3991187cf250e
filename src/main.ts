// Where the process begins.

import 'reflect-metadata'; // before any class with decorators
import { run } from './cli/program.js';

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  environment: process.env,
  directory: process.cwd(),
  interactive: process.stderr.isTTY === true,
});
