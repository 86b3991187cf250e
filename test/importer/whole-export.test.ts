// Whole exports: random trees are read back exactly, whichever way they are saved; a real one, when
// `GATEHOUSE_SAMPLE_EXPORT` names it, becomes a plan that hangs together.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asFolder,
  asZip,
  asZipOfZips,
  csv,
  EXPORTED_AT,
  type Files,
  hex,
  idOf,
  NAMESPACE,
  read,
} from './export-builder.js';

interface Page {
  kind: 'PAGE';
  title: string;
  children: (Page | Database)[];
}

interface Database {
  kind: 'DATABASE';
  title: string;
  rows: { title: string; number: string; page: Page | null }[];
}

const title = fc
  .stringMatching(/^[A-Za-z0-9äöü日本,.()&'+ @!-]{1,20}$/)
  .map((text) =>
    text
      .trim()
      .replace(/^\.+|^[#>+-]+|\s+#+$/g, '')
      .trim(),
  )
  .filter((text) => text !== '' && !/[0-9a-f]{32}/i.test(text) && !/^\d+[.)]/.test(text));

const { page } = fc.letrec<{ page: Page; database: Database }>((tie) => ({
  page: fc.record({
    kind: fc.constant('PAGE' as const),
    title,
    children: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'tree' },
      fc.constant<(Page | Database)[]>([]),
      fc.array(fc.oneof(tie('page'), tie('database')), { maxLength: 3, depthIdentifier: 'tree' }),
    ),
  }),
  database: fc.record({
    kind: fc.constant('DATABASE' as const),
    title,
    rows: fc.array(
      fc.record({
        title,
        number: fc.integer().map(String),
        page: fc.option(tie('page'), { maxDepth: 4, depthIdentifier: 'tree' }),
      }),
      { maxLength: 4 },
    ),
  }),
}));

/** What should be read back: id, parent, title, in any order. */
type Fact = [id: string, parent: string | null, title: string];

function written(roots: Page[]): { files: Files; facts: Fact[]; rowCounts: Record<string, number> } {
  const files: Files = {};
  const facts: Fact[] = [];
  const rowCounts: Record<string, number> = {};
  let last = 0;
  // Slashes of titles never reach a name; long names are cut.
  const nameOf = (item: { title: string }, number: number) => `${item.title.slice(0, 12).trim()} ${hex(number)}`;

  const writePage = (item: Page, folder: string, parent: string | null, top = '') => {
    last += 1;
    const number = last;
    const name = nameOf(item, number);
    files[`${folder}${name}.md`] = `# ${item.title}\n\n${top}Text\n`;
    if (parent !== 'ROW') facts.push([idOf(number), parent, item.title]);
    for (const child of item.children) {
      if (child.kind === 'PAGE') writePage(child, `${folder}${name}/`, idOf(number));
      else writeDatabase(child, `${folder}${name}/`, idOf(number));
    }
    return idOf(number);
  };

  const writeDatabase = (item: Database, folder: string, parent: string | null) => {
    last += 1;
    const number = last;
    const name = nameOf(item, number);
    // A column of its own keeps databases from being views of each other.
    const lines = item.rows.map((row) => [row.title, row.number, String(number)]);
    files[`${folder}${name}_all.csv`] = csv(['Name', 'Number', `Of ${number}`], ...lines);
    facts.push([idOf(number), parent, item.title.slice(0, 12).trim()]);
    rowCounts[idOf(number)] = item.rows.length;
    for (const row of item.rows) {
      if (!row.page) continue;
      const top = `Number: ${row.number}\nOf ${number}: ${number}\n\n`;
      const id = writePage({ ...row.page, title: row.title }, `${folder}${name}/`, 'ROW', top);
      facts.push([id, idOf(number), row.title]);
    }
  };

  for (const root of roots) writePage(root, '', null);
  return { files, facts, rowCounts };
}

const byId = (a: Fact, b: Fact) => (a[0] < b[0] ? -1 : 1);

describe('A random tree', () => {
  it('is read back: ids, parents, titles and numbers of rows', async () => {
    const save = fc.constantFrom('folder', 'zip', 'zip of zips');
    await fc.assert(
      fc.asyncProperty(fc.array(page, { minLength: 1, maxLength: 3 }), save, async (roots, how) => {
        const { files, facts, rowCounts } = written(roots);
        const entries = Object.entries(files);
        const half = Math.ceil(entries.length / 2);
        const path =
          how === 'folder'
            ? asFolder(files)
            : how === 'zip'
              ? await asZip(files)
              : await asZipOfZips(Object.fromEntries(entries.slice(0, half)), Object.fromEntries(entries.slice(half)));
        const { plan, close } = await read(path);
        const databaseOf = new Map(plan.databases.map(({ id, dataSourceId }) => [dataSourceId, id]));
        const found: Fact[] = [
          ...plan.pages
            // Lines without a file have ids of their own making.
            .filter(({ sourcePath }) => sourcePath !== null)
            .map(({ id, parent, title }): Fact => {
              const parentId = parent?.kind === 'DATA_SOURCE' ? databaseOf.get(parent.id)! : (parent?.id ?? null);
              return [id, parentId, title];
            }),
          ...plan.databases.map(({ id, parent, title }): Fact => [id, parent?.id ?? null, title]),
        ];
        expect(found.sort(byId)).toEqual(facts.sort(byId));
        for (const { id, dataSourceId } of plan.databases) {
          expect(plan.pages.filter(({ parent }) => parent?.id === dataSourceId)).toHaveLength(rowCounts[id]!);
        }
        expect(plan.skipped).toEqual([]);
        expect(new Set(plan.pages.map(({ id }) => id)).size).toBe(plan.pages.length);
        const seen = new Set<string>();
        for (const { id, parent } of plan.pages) {
          if (parent?.kind === 'PAGE') expect(seen).toContain(parent.id);
          seen.add(id);
        }
        expect(plan.pages.every(({ lastEditedAt }) => lastEditedAt?.getTime() === EXPORTED_AT.getTime())).toBe(true);
        await close();
      }),
      { numRuns: 100 },
    );
  });
});

const sample = process.env.GATEHOUSE_SAMPLE_EXPORT;

if (sample) {
  describe('The export that GATEHOUSE_SAMPLE_EXPORT names', () => {
    it('is read into a plan that hangs together, the same each time', async () => {
      const { plan, blocksOf } = await read(sample, { idNamespace: NAMESPACE });
      const again = await read(sample, { idNamespace: NAMESPACE });
      expect(JSON.stringify(again.plan)).toBe(JSON.stringify(plan));

      const known = new Set([
        ...plan.pages.map(({ id }) => id),
        ...plan.databases.flatMap(({ id, dataSourceId }) => [id, dataSourceId]),
      ]);
      expect(known.size).toBe(plan.pages.length + 2 * plan.databases.length);
      for (const { parent } of [...plan.pages, ...plan.databases]) if (parent) expect(known).toContain(parent.id);
      for (const page of plan.pages) expect(Array.isArray(await blocksOf(page))).toBe(true);
      for (const { reason } of plan.skipped) expect(reason).not.toBe('');
    });
  });
}
