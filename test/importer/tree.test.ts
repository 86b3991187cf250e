// Pages and databases: ids, titles, what lies below what, which lines are rows.

import { describe, expect, it } from 'vitest';
import { derivedId } from '../../src/lib/id.js';
import { blocksOf, csv, hex, idOf, link, outline, readFiles, rowsOf } from './export-builder.js';

const titles = (pages: readonly { title: string }[]) => pages.map(({ title }) => title);
const skippedPaths = (plan: { skipped: { path: string }[] }) => plan.skipped.map(({ path }) => path);

describe('A page', () => {
  it('takes its id from the 32 hex digits in its name, and its title from its first heading', async () => {
    const { plan } = await readFiles({
      [`Short na ${hex(0xabc).toUpperCase()}.md`]: '# Short name, in full\n\n## More',
    });
    expect(plan.pages).toMatchObject([{ id: idOf(0xabc), title: 'Short name, in full' }]);
  });

  it('takes its title from its name when it has no heading', async () => {
    const { plan } = await readFiles({ [`From the name ${hex(1)}.md`]: 'Only text' });
    expect(plan.pages[0]!.title).toBe('From the name');
  });

  it.each([
    ['a*b*c', 'a*b*c'],
    ['say \\*hi\\*', 'say *hi*'],
    ['C#', 'C#'],
    ['Tea, milk, ', 'Tea, milk,'],
    ['Straße ✅', 'Straße ✅'],
  ])('titled "%s" is called "%s"', async (written, title) => {
    const name = written.includes('\\') ? 'say hi' : written.trim();
    const { plan } = await readFiles({ [`${name} ${hex(1)}.md`]: `# ${written}\r\n\r\ntext` });
    expect(plan.pages[0]!.title).toBe(title);
  });

  it('keeps digits in its title that are no id', async () => {
    const uuid = '2b1c6d1e-0f4a-4c55-9a3e-5f1f6f7a8b90';
    const { plan } = await readFiles({ [`Export-${uuid}/cafe${hex(2)} ${hex(1)}.md`]: 'text' });
    expect(plan.pages).toMatchObject([{ id: idOf(1), title: `cafe${hex(2)}`, parent: null }]);
  });

  it('lies below the page whose folder it is in, through folders without an id', async () => {
    const { plan } = await readFiles({
      [`Private & Shared/Home ${hex(1)}.md`]: '# Home',
      [`Private & Shared/Home ${hex(1)}/misc/Sub ${hex(2)}.md`]: '# Sub',
      [`Private & Shared/Home ${hex(1)}/misc/Sub ${hex(2)}/Deep ${hex(3)}.md`]: '# Deep',
    });
    expect(plan.pages.map(({ id, parent }) => [id, parent?.id])).toEqual([
      [idOf(1), undefined],
      [idOf(2), idOf(1)],
      [idOf(3), idOf(2)],
    ]);
  });

  it('lies below the page beside a folder of the same name without an id', async () => {
    const { plan } = await readFiles({ [`Home ${hex(1)}.md`]: '# Home', [`Home/Sub ${hex(2)}.md`]: '# Sub' });
    expect(plan.pages[1]).toMatchObject({ title: 'Sub', parent: { kind: 'PAGE', id: idOf(1) } });
  });

  it('but not when two pages beside the folder have that name', async () => {
    const { plan } = await readFiles({
      [`Home ${hex(1)}.md`]: '',
      [`Home ${hex(3)}.md`]: '',
      [`Home/Sub ${hex(2)}.md`]: '# Sub',
    });
    expect(plan.pages.find(({ title }) => title === 'Sub')!.parent).toBeNull();
  });

  it('may share its title with others', async () => {
    const { plan } = await readFiles({ [`Same ${hex(1)}.md`]: '# Same', [`Same ${hex(2)}.md`]: '# Same' });
    expect(titles(plan.pages)).toEqual(['Same', 'Same']);
  });

  it('whose file is missing is stood in for by its folder', async () => {
    const { plan } = await readFiles({ [`Gone ${hex(1)}/Sub ${hex(2)}.md`]: '# Sub' });
    expect(plan.pages).toMatchObject([
      { id: idOf(1), title: 'Gone', sourcePath: null },
      { id: idOf(2), parent: { kind: 'PAGE', id: idOf(1) } },
    ]);
    expect(skippedPaths(plan)).toEqual([`Gone ${hex(1)}/`]);
  });

  it('with the id of another is skipped; the first by path stays', async () => {
    const { plan } = await readFiles({ [`A ${hex(1)}.md`]: '# First', [`B ${hex(1)}.md`]: '# Second' });
    expect(titles(plan.pages)).toEqual(['First']);
    expect(plan.skipped).toEqual([{ path: `B ${hex(1)}.md`, reason: `"A ${hex(1)}.md" has the same id` }]);
  });

  it('in a folder that lies in itself, or in another in turn, still has a place', async () => {
    const { plan } = await readFiles({
      [`Self ${hex(1)}/Self ${hex(1)}.md`]: '# Self',
      [`A ${hex(2)}/B ${hex(3)}.md`]: '# B',
      [`B ${hex(3)}/A ${hex(2)}.md`]: '# A',
    });
    expect(plan.pages.map(({ title, parent }) => [title, parent?.id])).toEqual([
      ['Self', undefined],
      ['B', undefined],
      ['A', idOf(3)],
    ]);
  });

  it('is read although bytes are not UTF-8 and NUL stands in it, and says so', async () => {
    const bytes = Buffer.from([...Buffer.from('# A\n\nx'), 0xff, 0, 0x79]);
    const reading = await readFiles({ [`A ${hex(1)}.md`]: bytes });
    expect(outline(await blocksOf(reading, idOf(1)))).toEqual(['PARAGRAPH x\uFFFDy']);
    expect(reading.plan.skipped[0]!.reason).toBe(
      'imported, but bytes that are not UTF-8 were replaced by U+FFFD and NUL characters were removed',
    );
  });
});

describe('A database', () => {
  const TASKS = `Tasks ${hex(1)}`;

  it('has one row a line, and one data source with an id made from its own', async () => {
    const reading = await readFiles({
      [`${TASKS}_all.csv`]: csv(['Name', 'Done'], ['One', 'Yes'], ['Two, too ', 'No']),
      [`${TASKS}.csv`]: csv(['Name'], ['One']),
      [`${TASKS}/One ${hex(2)}.md`]: '# One\n\nDone: Yes\n\nBody',
    });
    const { databases, pages, skipped } = reading.plan;
    expect(databases).toMatchObject([{ id: idOf(1), title: 'Tasks', dataSourceId: derivedId(idOf(1), 'data-source') }]);
    expect(pages).toMatchObject([
      { id: idOf(2), title: 'One', parent: { kind: 'DATA_SOURCE', id: databases[0]!.dataSourceId } },
      { title: 'Two, too', sourcePath: null },
    ]);
    expect(skipped).toEqual([]);
    expect(outline(await blocksOf(reading, idOf(2)))).toEqual(['PARAGRAPH Body']);
    expect(await reading.blocksOf(pages[1]!)).toEqual([]);
  });

  it('is read from its plain CSV when there is no other', async () => {
    const { plan } = await readFiles({ [`${TASKS}.csv`]: 'Name\nOne\n"Two"\n' });
    expect(titles(plan.pages)).toEqual(['One', 'Two']);
  });

  it('may be empty', async () => {
    const { plan } = await readFiles({ [`${TASKS}.csv`]: csv(['Name', 'Tags']), [`More ${hex(2)}.csv`]: '' });
    expect(plan.databases.map(({ properties }) => properties.map(({ name, type }) => `${name} ${type}`))).toEqual([
      ['Name TITLE'],
      ['Name TITLE', 'Tags TEXT'],
    ]);
    expect(plan.pages).toEqual([]);
  });

  it('may lie in a page, in a row, and hold pages below its rows', async () => {
    const { plan } = await readFiles({
      [`Home ${hex(9)}.md`]: '# Home',
      [`Home ${hex(9)}/${TASKS}.csv`]: csv(['Name'], ['Row']),
      [`Home ${hex(9)}/${TASKS}/Row ${hex(2)}.md`]: '# Row',
      [`Home ${hex(9)}/${TASKS}/Row ${hex(2)}/Page ${hex(3)}.md`]: '# Page',
      [`Home ${hex(9)}/${TASKS}/Row ${hex(2)}/Nested ${hex(4)}.csv`]: csv(['Name', 'X'], ['Inner', '1']),
    });
    expect(plan.databases.map(({ id, parent }) => [id, parent?.id])).toEqual([
      [idOf(1), idOf(9)],
      [idOf(4), idOf(2)],
    ]);
    expect(plan.pages.map(({ title, parent }) => [title, parent?.kind])).toEqual([
      ['Home', undefined],
      ['Row', 'DATA_SOURCE'],
      ['Inner', 'DATA_SOURCE'],
      ['Page', 'PAGE'],
    ]);
  });

  it('gives a line without a file an id that a second run finds, equal lines included', async () => {
    const files = { [`${TASKS}.csv`]: csv(['Name', 'N'], ['Same', '1'], ['Same', '1'], ['Other', '2']) };
    const [first, second] = [await readFiles(files), await readFiles(files)];
    const ids = first.plan.pages.map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(second.plan.pages.map(({ id }) => id)).toEqual(ids);
  });

  it('keeps the ids of its properties when columns move and others come', async () => {
    const before = await readFiles({ [`${TASKS}.csv`]: csv(['Name', 'A', 'B'], ['x', 'y', 'z']) });
    const after = await readFiles({ [`${TASKS}.csv`]: csv(['Name', 'New', 'B', 'A'], ['x', '', 'z', 'y']) });
    const ids = ({ plan }: typeof before) =>
      Object.fromEntries(plan.databases[0]!.properties.map(({ id, name }) => [name, id]));
    expect(ids(after)).toMatchObject(ids(before));
    expect(ids(before).Name).toBe('title');
    expect(new Set(Object.values(ids(after))).size).toBe(4);
  });

  it('gives columns without a name, or with the same one, names of their own', async () => {
    const { plan } = await readFiles({
      [`${TASKS}.csv`]: csv(['', 'Tag', 'Tag', '', 'Tag 2'], ['a', 'b', 'c', 'd', 'e', 'f']),
    });
    expect(plan.databases[0]!.properties.map(({ name }) => name)).toEqual([
      'Column 1',
      'Tag',
      'Tag 3',
      'Column 4',
      'Tag 2',
      'Column 6',
    ]);
    expect(rowsOf({ plan } as never)[0]!.values).toMatchObject({ 'Column 6': [{ type: 'TEXT', text: 'f' }] });
  });
});

describe('A file in the folder of a database', () => {
  const table = (...lines: string[][]) => csv(['Name', 'Status', 'Notes'], ...lines);

  it('belongs to the line with its title, trimmed and composed', async () => {
    const { plan } = await readFiles({
      [`T ${hex(1)}.csv`]: table(['Cafe\u0301 ', 'Open', '']),
      [`T ${hex(1)}/Café ${hex(2)}.md`]: '# Caf\u00e9\n\nStatus: Closed',
    });
    expect(plan.pages).toMatchObject([{ id: idOf(2), title: 'Cafe\u0301' }]);
  });

  it('among several belongs to the line with its property lines', async () => {
    const { plan } = await readFiles({
      [`T ${hex(1)}.csv`]: table(['Same', 'Open', ''], ['Same', 'Done', 'a: b\n\nmore'], ['Same', 'Done', '']),
      [`T ${hex(1)}/Same ${hex(2)}.md`]: '# Same\n\nStatus: Done\n',
      [`T ${hex(1)}/Same ${hex(3)}.md`]: '# Same\n\nStatus: Done\nNotes: a: b\n\nmore\n\nBody',
      [`T ${hex(1)}/Same ${hex(4)}.md`]: '# Same\n\nStatus: Open\n',
    });
    expect(plan.pages.map(({ id }) => id)).toEqual([idOf(4), idOf(3), idOf(2)]);
  });

  it('that no line claims is a template: no row, but named, and so is what lies below it', async () => {
    const { plan } = await readFiles({
      [`T ${hex(1)}.csv`]: table(['Task', 'Open', '']),
      [`T ${hex(1)}/Task ${hex(2)}.md`]: '# Task\n\nStatus: Open\n',
      [`T ${hex(1)}/Task ${hex(3)}.md`]: '# Task\n\nSteps to take',
      [`T ${hex(1)}/New ${hex(4)}.md`]: '# New\n\nSteps to take',
      [`T ${hex(1)}/New ${hex(4)}/Below ${hex(5)}.md`]: '# Below',
      [`T ${hex(1)}/New ${hex(4)}/image.png`]: 'x',
    });
    expect(plan.pages.map(({ id }) => id)).toEqual([idOf(2)]);
    expect(plan.skipped.map(({ path, reason }) => [path, reason.split(':')[0]])).toEqual([
      [`T ${hex(1)}/New ${hex(4)}.md`, 'a template of "T"'],
      [`T ${hex(1)}/New ${hex(4)}/Below ${hex(5)}.md`, 'it lies below a template'],
      [`T ${hex(1)}/New ${hex(4)}/image.png`, 'it lies in no page, and no page shows it'],
      [`T ${hex(1)}/Task ${hex(3)}.md`, 'a template of "T"'],
    ]);
  });

  it('that is the likeliest of several for a single line is claimed although nothing is equal', async () => {
    const { plan } = await readFiles({
      [`T ${hex(1)}.csv`]: table(['Task', 'Open', 'x']),
      [`T ${hex(1)}/Task ${hex(2)}.md`]: '# Task\n\nStatus: Open\nNotes: y',
      [`T ${hex(1)}/Task ${hex(3)}.md`]: '# Task\n\nnothing',
    });
    expect(plan.pages.map(({ id }) => id)).toEqual([idOf(2)]);
  });

  it.each([
    ['property lines and a body', 'Status: Open\nNotes: a\nb\n\nBody', ['PARAGRAPH Body']],
    ['no property lines', 'Body: yes\nStatus quo', ['PARAGRAPH Body: yes\nStatus quo']],
    ['a body that looks like properties', 'Status: Open\nNotes: a\nb\n\nStatus: Open', ['PARAGRAPH Status: Open']],
    ['a property the CSV does not have', 'Status: Open\nHidden: 1\n\nBody', ['PARAGRAPH Hidden: 1', 'PARAGRAPH Body']],
    ['nothing', '', []],
  ])('with %s keeps just its body', async (_, text, expected) => {
    const reading = await readFiles({
      [`T ${hex(1)}.csv`]: table(['Task', 'Open', 'a\nb']),
      [`T ${hex(1)}/Task ${hex(2)}.md`]: `# Task\n\n${text}`,
    });
    expect(outline(await blocksOf(reading, idOf(2)))).toEqual(expected);
  });

  it('may stand for a page without a title', async () => {
    const { plan } = await readFiles({
      [`T ${hex(1)}.csv`]: table(['', 'Open', '']),
      [`T ${hex(1)}/Untitled ${hex(2)}.md`]: '# Untitled\n\nStatus: Open',
    });
    expect(plan.pages).toMatchObject([{ id: idOf(2), title: '' }]);
  });
});

describe('A linked view', () => {
  const ALL = csv(['Name', 'Tag'], ['A', 'x'], ['B', 'y'], ['B', 'z']);

  it('is no second database; links to it lead to the database it shows', async () => {
    const reading = await readFiles({
      [`Home ${hex(9)}.md`]: `# Home\n\n[View](${link(`Home ${hex(9)}`, `View ${hex(2)}.csv`)})`,
      [`Home ${hex(9)}/View ${hex(2)}.csv`]: csv(['Tag', 'Name'], ['y', 'B']),
      [`All ${hex(1)}_all.csv`]: ALL,
    });
    expect(reading.plan.databases.map(({ id }) => id)).toEqual([idOf(1)]);
    expect(reading.plan.skipped).toEqual([
      { path: `Home ${hex(9)}/View ${hex(2)}.csv`, reason: `a linked view of the database in "All ${hex(1)}_all.csv"` },
    ]);
    expect(outline(await blocksOf(reading, idOf(9)))).toEqual([`PARAGRAPH <${idOf(1)}>`]);
  });

  it.each([
    ['another column', csv(['Name', 'Other'], ['A', 'x'])],
    ['a line of its own', csv(['Name', 'Tag'], ['A', 'x'], ['C', 'x'])],
    ['a line more often', csv(['Name', 'Tag'], ['A', 'x'], ['A', 'x'])],
    ['no lines', csv(['Name', 'Tag'])],
  ])('is a database when it has %s', async (_, table) => {
    const { plan } = await readFiles({ [`View ${hex(2)}.csv`]: table, [`All ${hex(1)}_all.csv`]: ALL });
    expect(plan.databases).toHaveLength(2);
  });

  it('is a database when it has a folder of row files or an `_all` twin', async () => {
    const { plan } = await readFiles({
      [`All ${hex(1)}_all.csv`]: ALL,
      [`Copy ${hex(2)}_all.csv`]: ALL,
      [`Again ${hex(3)}.csv`]: ALL,
      [`Again ${hex(3)}/A ${hex(4)}.md`]: '# A',
    });
    expect(plan.databases).toHaveLength(3);
  });

  it('of two that show each other the first is the database', async () => {
    const { plan } = await readFiles({ [`Y ${hex(2)}.csv`]: ALL, [`X ${hex(1)}.csv`]: ALL });
    expect(plan.databases.map(({ title }) => title)).toEqual(['X']);
  });
});

describe('A database that is only linked', () => {
  const target = (title: string, number: number) => link(`Home ${hex(9)}`, `${title} ${hex(number)}.csv`);

  it('stays as text, and its page of nothing but a heading is skipped, both named', async () => {
    const reading = await readFiles({
      [`Home ${hex(9)}.md`]: `# Home\n\n[Tasks](${target('Tasks', 1)})`,
      [`Home ${hex(9)}/Tasks ${hex(1)}.md`]: '# Tasks\n',
    });
    expect(titles(reading.plan.pages)).toEqual(['Home']);
    expect(skippedPaths(reading.plan)).toEqual([
      `Home ${hex(9)}/Tasks ${hex(1)}.csv`,
      `Home ${hex(9)}/Tasks ${hex(1)}.md`,
    ]);
    const [paragraph] = await blocksOf(reading, idOf(9));
    expect(paragraph!.content).toEqual({ type: 'PARAGRAPH', richText: [{ type: 'TEXT', text: 'Tasks' }] });
  });

  it('keeps its page when that has a body', async () => {
    const reading = await readFiles({
      [`Home ${hex(9)}.md`]: `# Home\n\n[Tasks](${target('Tasks', 1)})`,
      [`Home ${hex(9)}/Tasks ${hex(1)}.md`]: '# Tasks\n\nAbout them',
    });
    expect(titles(reading.plan.pages)).toEqual(['Home', 'Tasks']);
    expect(outline(await blocksOf(reading, idOf(9)))).toEqual([`PARAGRAPH <${idOf(1)}>`]);
  });

  it('has nothing to do with an empty page that nobody links as a database', async () => {
    const { plan } = await readFiles({ [`Empty ${hex(1)}.md`]: '# Empty\n' });
    expect(titles(plan.pages)).toEqual(['Empty']);
  });
});

describe('Times', () => {
  it('come from the columns that hold them, else from the file', async () => {
    const { plan } = await readFiles({
      [`T ${hex(1)}.csv`]: csv(
        ['Name', 'Created time', 'Last edited time'],
        ['A', 'January 2, 2024 3:04 AM', 'January 5, 2024 6:00 PM'],
        ['B', 'January 2, 2025 3:04 AM', ''],
      ),
    });
    expect(
      plan.pages.map(({ createdAt, lastEditedAt }) => [createdAt?.toISOString(), lastEditedAt?.toISOString()]),
    ).toEqual([
      ['2024-01-02T03:04:00.000Z', '2024-01-05T18:00:00.000Z'],
      // Edited when the file says, but never before it was created.
      ['2025-01-02T03:04:00.000Z', '2025-01-02T03:04:00.000Z'],
    ]);
  });

  it('make a column that says one for every row the time of the row itself', async () => {
    const typesOf = async (...lines: [created: string, edited: string][]) => {
      const { plan } = await readFiles({
        [`T ${hex(1)}.csv`]: csv(
          ['Name', 'Created time', 'Last edited time', 'Created'],
          ...lines.map(([created, edited], line) => [`Row ${line}`, created, edited, 'January 2, 2024 3:04 AM']),
        ),
      });
      const types = plan.databases[0]!.properties.slice(1).map(({ type }) => type);
      expect(plan.inferred.map(({ type }) => type)).toEqual(types);
      return { types, held: plan.pages.map(({ props }) => Object.keys(props ?? {}).length) };
    };
    const [january, may] = ['January 2, 2024 3:04 AM', 'May 5, 2024 6:00 PM'];
    expect(await typesOf([january, may], [may, may])).toEqual({
      types: ['CREATED_TIME', 'LAST_EDITED_TIME', 'DATE'],
      held: [1, 1],
    });
    // Where some row says none, or an edit before the creation, the values are kept as they are.
    expect((await typesOf([january, may], ['', may])).types).toEqual(['DATE', 'LAST_EDITED_TIME', 'DATE']);
    expect((await typesOf([january, may], [may, january])).types).toEqual(['CREATED_TIME', 'DATE', 'DATE']);
  });

  it('are not taken from a column of days', async () => {
    const { plan } = await readFiles({ [`T ${hex(1)}.csv`]: csv(['Name', 'Created'], ['A', 'January 2, 2024']) });
    expect(plan.pages[0]!.createdAt?.toISOString()).toBe('2024-05-06T07:08:10.000Z');
  });
});

describe('Attachments', () => {
  it('that a page of another folder shows still belong to their own page', async () => {
    const reading = await readFiles({
      [`A ${hex(1)}.md`]: `![](${link(`B ${hex(2)}`, 'p.png')})`,
      [`B ${hex(2)}.md`]: '# B',
      [`B ${hex(2)}/p.png`]: 'x',
    });
    expect(reading.plan.files).toMatchObject([{ ownerPageId: idOf(2) }]);
    expect(outline(await blocksOf(reading, idOf(1)))).toEqual(['IMAGE']);
  });

  it('that their page does not show stand at its end', async () => {
    const reading = await readFiles({ [`B ${hex(2)}.md`]: '# B\n\nText', [`B ${hex(2)}/p.pdf`]: 'x' });
    expect(outline(await blocksOf(reading, idOf(2)))).toEqual(['PARAGRAPH Text', 'FILE']);
  });
});
