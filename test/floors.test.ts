// Imports point down. A file names what it needs from its own floor or a lower one; what it would need from above
// belongs lower, or is handed in.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

/** From the ground up; folders of one floor may use each other. */
const FLOORS: readonly (readonly string[])[] = [
  ['lib', 'client'],
  ['gate'],
  ['events', 'audit', 'context.ts', 'unit-of-work.ts', 'idempotent-result.ts', 'payload.ts'],
  ['workspace', 'people'],
  ['connection'],
  ['content', 'property', 'file'],
  ['comment'],
  ['share'],
  ['feed'],
  ['webhook'],
  ['oauth'],
  ['importer'],
  ['api'],
  ['store', 'server', 'cli'],
  ['main.ts'],
];

interface Import {
  from: string;
  line: number;
  to: string;
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));

const imports: Import[] = files.flatMap((from) =>
  readFileSync(join('src', from), 'utf8')
    .split('\n')
    .flatMap((text, index): Import[] => {
      const path = text.match(/(?:from|import|module) '(\.{1,2}\/[^']+)'/)?.[1];
      if (!path) return [];
      return [{ from, line: index + 1, to: relative('src', join('src', dirname(from), path)).replace(/\.js$/, '.ts') }];
    }),
);

const floorOf = (path: string): number => {
  const [first = ''] = path.split('/');
  const floor = FLOORS.findIndex((names) => names.includes(first));
  if (floor < 0) throw new Error(`src/${path} stands on no floor. Add ${first} to the floors.`);
  return floor;
};

const named = (found: readonly Import[]): string[] =>
  found.map(({ from, line, to }) => `src/${from}:${line} imports ${to}`);

test('what programs elsewhere take along takes nothing from the server', () => {
  expect(named(imports.filter(({ from, to }) => from.startsWith('client/') !== to.startsWith('client/')))).toEqual([]);
});

describe('Imports point down', () => {
  test('no file imports from a floor above its own', () => {
    // A feature may add to what a context carries; that declaration names the context, which lies below it.
    expect(named(imports.filter(({ from, to }) => floorOf(to) > floorOf(from)))).toEqual([]);
  });

  test('only the schema imports resolvers', () => {
    expect(named(imports.filter(({ from, to }) => to.endsWith('.resolver.ts') && from !== 'api/schema.ts'))).toEqual(
      [],
    );
  });

  test('only the store and the feature itself import tables', () => {
    const foreign = imports.filter(
      ({ from, to }) => to.endsWith('/tables.ts') && from !== 'store/store.ts' && dirname(from) !== dirname(to),
    );
    expect(named(foreign)).toEqual([]);
  });

  test('every import was seen', () => {
    expect(imports.length).toBeGreaterThan(200);
  });
});
