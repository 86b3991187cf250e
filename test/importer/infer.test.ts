// Types of columns. A column is typed only when nothing is lost; each type has the twin that stays text.

import { describe, expect, it } from 'vitest';
import { csv, hex, idOf, link, readFiles, readTable } from './export-builder.js';

/** The type of one column with these cells, and the values that are stored. */
async function column(cells: string[], name = 'Value') {
  const { types, rows, database, reading } = await readTable(
    ['Name', name],
    cells.map((cell, index) => [`Row ${index}`, cell]),
  );
  const note = reading.plan.inferred.find(({ property }) => property === name)?.note;
  return { type: types[name], values: rows.map(({ values }) => values[name]), database, note };
}

const text = (value: string) => [{ type: 'TEXT', text: value }];

describe('A column of', () => {
  it.each([
    ['Yes and No', ['Yes', 'No', 'No'], 'CHECKBOX', [true, false, false]],
    ['numbers', ['1', '-2.5', '0', '1,234,567.25', ''], 'NUMBER', [1, -2.5, 0, 1234567.25, undefined]],
    ['amounts with two decimals', ['1.50', '2.25'], 'NUMBER', [1.5, 2.25]],
    [
      'addresses',
      ['https://a.example/x?y=1,2', 'http://b.example'],
      'URL',
      ['https://a.example/x?y=1,2', 'http://b.example'],
    ],
    ['e-mails', ['a@b.example', 'c.d+e@f.example'], 'EMAIL', ['a@b.example', 'c.d+e@f.example']],
    ['telephone numbers', ['+49 30 1234567', '(030) 1234567'], 'PHONE', ['+49 30 1234567', '(030) 1234567']],
    ['nothing', ['', ''], 'TEXT', [undefined, undefined]],
    ['prose', ['One thing', 'Another, quite different'], 'TEXT', [text('One thing'), text('Another, quite different')]],
  ])('%s is typed', async (_, cells, type, values) => {
    const found = await column(cells);
    expect(found).toMatchObject({ type, values });
  });

  it.each([
    ['Yes, No and something else', ['Yes', 'No', 'Maybe']],
    ['numbers with leading zeros', ['007', '12']],
    ['numbers too long to keep', ['12345678901234567890', '1']],
    ['numbers with more digits than fit', ['0.12345678901234567', '1']],
    ['negative zero', ['-0', '1']],
    ['versions', ['1.1', '1.10', '1.9']],
    ['numbers grouped elsewhere', ['1,23', '4']],
    ['numbers and a remark', ['1', '2', 'about 3']],
    ['percentages', ['45%', '50%']],
    ['money', ['$1.00', '$2.50']],
    ['addresses and a remark', ['https://a.example', 'soon']],
    ['e-mails and a remark', ['a@b.example', 'n/a']],
    ['dates and a remark', ['January 2, 2024', 'soon']],
    ['a day that does not exist', ['February 30, 2024', 'January 2, 2024']],
    ['dates that could be either', ['04/12/2024', '05/06/2024']],
    ['dates that are both', ['13/12/2024', '12/13/2024']],
    ['a range that runs backwards', ['January 2, 2024 → January 1, 2024']],
    ['a range of a day and a time', ['January 2, 2024 → January 3, 2024 8:00 AM']],
    ['an hour that was skipped', ['March 10, 2024 2:30 AM (EST)']],
    ['a zone nobody knows', ['March 10, 2024 2:30 AM (XYZT)']],
    ['different values', ['One', 'Two', 'Three']],
    ['a value once', ['Done']],
  ])('%s stays text, each value as it was', async (_, cells) => {
    expect(await column(cells)).toMatchObject({ type: 'TEXT', values: cells.map(text) });
  });

  it('says why it stays text when one may have expected more', async () => {
    expect((await column(['45%', '50%'])).note).toMatch(/lose the unit/);
    expect((await column(['€3', '€4.50'])).note).toMatch(/lose the currency/);
    expect((await column(['04/12/2024', '05/06/2024'])).note).toMatch(/day and month/);
  });

  it('plain digits is of telephone numbers when its name says so', async () => {
    expect((await column(['0301234567', '5551234567'], 'Phone')).type).toBe('PHONE');
    expect((await column(['5551234567', '5551234568'], 'Count')).type).toBe('NUMBER');
  });
});

describe('Dates', () => {
  it.each([
    ['December 4, 2024', { start: '2024-12-04' }],
    ['Dec 4, 2024', { start: '2024-12-04' }],
    ['4 December 2024', { start: '2024-12-04' }],
    ['2024/12/04', { start: '2024-12-04' }],
    ['2024-12-04', { start: '2024-12-04' }],
    ['31/12/2024', { start: '2024-12-31' }],
    ['12/31/2024 18:05', { start: '2024-12-31T18:05:00Z' }],
    ['04.12.2024', { start: '2024-12-04' }],
    ['December 4, 2024 8:45 AM', { start: '2024-12-04T08:45:00Z' }],
    ['December 4, 2024 12:00 AM', { start: '2024-12-04T00:00:00Z' }],
    ['December 4, 2024 12:30 PM', { start: '2024-12-04T12:30:00Z' }],
    ['2024-12-04T08:45:30.250Z', { start: '2024-12-04T08:45:30.250Z' }],
    ['2024-12-04T08:45:00+02:00', { start: '2024-12-04T06:45:00Z' }],
    ['December 4, 2024 8:45 AM (EST)', { start: '2024-12-04T13:45:00Z', timeZone: 'America/New_York' }],
    ['July 4, 2024 8:45 AM (CEST)', { start: '2024-07-04T06:45:00Z', timeZone: 'Europe/Paris' }],
    ['July 4, 2024 8:45 AM (UTC)', { start: '2024-07-04T08:45:00Z', timeZone: 'UTC' }],
    ['July 4, 2024 8:45 AM (Asia/Tokyo)', { start: '2024-07-03T23:45:00Z', timeZone: 'Asia/Tokyo' }],
    ['July 4, 2024 8:45 AM (GMT+5:30)', { start: '2024-07-04T03:15:00Z' }],
    ['December 4, 2024 → December 6, 2024', { start: '2024-12-04', end: '2024-12-06' }],
    ['2024/12/04 → 2024/12/06', { start: '2024-12-04', end: '2024-12-06' }],
    ['December 4, 2024 8:45 AM → 9:45 AM', { start: '2024-12-04T08:45:00Z', end: '2024-12-04T09:45:00Z' }],
    [
      'December 4, 2024 8:45 AM → December 5, 2024 9:45 AM (EST)',
      { start: '2024-12-04T13:45:00Z', end: '2024-12-05T14:45:00Z', timeZone: 'America/New_York' },
    ],
    [
      'December 4, 2024 8:45 AM (EST) → 9:45 AM',
      { start: '2024-12-04T13:45:00Z', end: '2024-12-04T14:45:00Z', timeZone: 'America/New_York' },
    ],
  ])('%s', async (cell, value) => {
    expect(await column([cell, ''])).toMatchObject({ type: 'DATE', values: [value, undefined] });
  });

  it('with numbers only are read by what the whole column allows', async () => {
    expect((await column(['04/12/2024', '31/01/2025'])).values).toEqual([
      { start: '2024-12-04' },
      { start: '2025-01-31' },
    ]);
    expect((await column(['04/12/2024', '01/31/2025'])).values).toEqual([
      { start: '2024-04-12' },
      { start: '2025-01-31' },
    ]);
  });

  it('with a time but no zone are taken as UTC, and the summary says so', async () => {
    expect((await column(['December 4, 2024 8:45 AM'])).note).toBe('times without a zone are taken as UTC');
    expect((await column(['December 4, 2024'])).note).toBeUndefined();
  });
});

describe('Selects', () => {
  it('are short values that come again; options stand in order of appearance', async () => {
    const { type, values, database } = await column(['To do', 'Done', 'To do', '', 'Done']);
    const property = database.properties[1]!;
    expect(type).toBe('SELECT');
    const options = 'options' in property ? property.options : [];
    expect(options.map(({ name }) => name)).toEqual(['To do', 'Done']);
    expect(values).toEqual([options[0]!.id, options[1]!.id, options[0]!.id, undefined, options[1]!.id]);
  });

  it('of several values are lists with values that come again', async () => {
    const { type, values, database } = await column(['red, blue', 'blue', 'red', 'blue, green, red']);
    const property = database.properties[1]!;
    const options = 'options' in property ? property.options : [];
    expect(type).toBe('MULTI_SELECT');
    expect(options.map(({ name }) => name)).toEqual(['red', 'blue', 'green']);
    expect(values[3]).toEqual([options[1]!.id, options[2]!.id, options[0]!.id]);
  });

  it('have ids that a second import finds, and that differ between data sources', async () => {
    const table = csv(['Name', 'A', 'B'], ['1', 'x', 'x'], ['2', 'x', 'x']);
    const idsIn = async () => {
      const { plan } = await readFiles({ [`S ${hex(1)}_all.csv`]: table, [`T ${hex(2)}_all.csv`]: table });
      return plan.databases.flatMap(({ properties }) =>
        properties.flatMap((property) => ('options' in property ? property.options.map(({ id }) => id) : [])),
      );
    };
    const ids = await idsIn();
    expect(new Set(ids).size).toBe(4);
    expect(await idsIn()).toEqual(ids);
  });

  it.each([
    ['long values', ['x'.repeat(101), 'x'.repeat(101)]],
    ['sentences', ['we saw it all the way there', 'we saw it all the way there']],
    ['lists with a value twice', ['a, a', 'a, a']],
    ['values of several lines', ['a\nb', 'a\nb']],
    ['many values, few of them again', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'g']],
  ])('are not %s', async (_, cells) => {
    expect((await column(cells)).type).toBe('TEXT');
  });
});

describe('Relations', () => {
  const PEOPLE = `People ${hex(0x50)}`;
  const person = (title: string, number: number) => `${title} (${link(PEOPLE, `${title} ${hex(number)}.md`)})`;
  const people = {
    [`${PEOPLE}.csv`]: csv(['Name'], ['Ann, B. (PhD)'], ['Bob']),
    [`${PEOPLE}/Ann, B. (PhD) ${hex(0x51)}.md`]: '# Ann, B. (PhD)',
    [`${PEOPLE}/Bob ${hex(0x52)}.md`]: '# Bob',
    [`Page ${hex(0x60)}.md`]: '# Page',
  };
  const ANN = person('Ann, B. (PhD)', 0x51);
  const BOB = person('Bob', 0x52);

  it('are links to exported pages, whatever their titles hold; no title is stored', async () => {
    const { database, rows } = await readTable(
      ['Name', 'Who'],
      [
        ['1', `${ANN}, ${BOB}`],
        ['2', BOB],
        ['3', ''],
      ],
      people,
    );
    const dataSource = (await readFiles(people)).plan.databases[0]!.dataSourceId;
    expect(database.properties[1]).toMatchObject({ type: 'RELATION', dataSourceId: dataSource });
    expect(rows.map(({ values }) => values.Who)).toEqual([[idOf(0x51), idOf(0x52)], [idOf(0x52)], undefined]);
    expect(JSON.stringify([database, rows])).not.toContain('Bob');
  });

  it('may be written as addresses of the reference product', async () => {
    const cell = `Bob (https://www.notion.so/Bob-${hex(0x52)}?pvs=21)`;
    const { rows } = await readTable(['Name', 'Who'], [['1', cell]], people);
    expect(rows[0]!.values.Who).toEqual([idOf(0x52)]);
  });

  it('name no data source when the pages do not all lie in one', async () => {
    const page = `Page (${link(`Page ${hex(0x60)}.md`)})`;
    const { database } = await readTable(['Name', 'Who'], [['1', `${BOB}, ${page}`]], people);
    expect(database.properties[1]).toMatchObject({ type: 'RELATION', dataSourceId: null });
  });

  it('stay text when one page is not in the export; the others are mentioned without their titles', async () => {
    const gone = person('Gone', 0x5f);
    const { reading, types, rows } = await readTable(['Name', 'Who'], [['1', `${BOB}, ${gone}`]], people);
    expect(types.Who).toBe('TEXT');
    expect(rows[0]!.values.Who).toEqual([
      { type: 'MENTION', resourceId: idOf(0x52) },
      { type: 'TEXT', text: `, ${gone}` },
    ]);
    expect(reading.plan.inferred.find(({ property }) => property === 'Who')!.note).toMatch(/does not hold/);
  });
});

describe('Files', () => {
  const others = {
    [`Table ${hex(1)}/Row 0 ${hex(2)}.md`]: '# Row 0',
    [`Table ${hex(1)}/Row 0 ${hex(2)}/a, b.png`]: 'x',
    [`Table ${hex(1)}/c.pdf`]: 'y',
  };
  const A = link(`Table ${hex(1)}`, `Row 0 ${hex(2)}`, 'a, b.png');
  const C = link(`Table ${hex(1)}`, 'c.pdf');

  it('are links to attachments, which belong to their page, else to the row', async () => {
    const lines = [
      ['Row 0', `${A}, ${C}`],
      ['Row 1', 'https://x.example/d%20e.txt'],
    ];
    const { reading, types, rows } = await readTable(['Name', 'Docs'], lines, others);
    const [a, c] = reading.plan.files;
    expect(types.Docs).toBe('FILES');
    expect(reading.plan.files.map(({ name, ownerPageId }) => [name, ownerPageId])).toEqual([
      ['a, b.png', idOf(2)],
      ['c.pdf', idOf(2)],
    ]);
    expect(rows.map(({ values }) => values.Docs)).toEqual([
      [
        { name: 'a, b.png', fileId: a!.id },
        { name: 'c.pdf', fileId: c!.id },
      ],
      [{ name: 'd e.txt', url: 'https://x.example/d%20e.txt' }],
    ]);
  });

  it('are found when their names are not encoded', async () => {
    const { types } = await readTable(['Name', 'Docs'], [['Row 0', decodeURIComponent(A)]], others);
    expect(types.Docs).toBe('FILES');
  });

  it('stay text when one is not in the export', async () => {
    const { types, reading } = await readTable(
      ['Name', 'Docs'],
      [
        ['Row 0', C],
        ['Row 1', 'gone.png'],
      ],
      others,
    );
    expect(types.Docs).toBe('TEXT');
    expect(reading.plan.inferred[0]!.note).toMatch(/not in the export/);
  });
});
