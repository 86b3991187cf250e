// Writes schema/gatehouse.graphql, or checks with --check that it says what the code says. Run by the build.

import 'reflect-metadata'; // before any class with decorators
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { buildGatewaySchema } from './schema.js';
import { printSdl } from './slice.js';

const path = fileURLToPath(new URL('../../schema/gatehouse.graphql', import.meta.url));
const sdl = printSdl(buildGatewaySchema().schema);

if (process.argv.includes('--check')) {
  const committed = await readFile(path, 'utf8').catch(() => '');
  if (committed !== sdl) {
    process.stderr.write('schema/gatehouse.graphql does not say what the code says. Run: npm run schema\n');
    process.exitCode = 1;
  }
} else {
  await writeFile(path, sdl);
}
