// The ways an export is saved, and what is refused before anything is read.

import { chmodSync, mkdirSync, readdirSync, symlinkSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readExport } from '../../src/importer/read-export.js';
import { Refusal } from '../../src/lib/refusal.js';
import {
  asFolder,
  asZip,
  asZipOfZips,
  EXPORTED_AT,
  type Files,
  hex,
  idOf,
  NAMESPACE,
  read,
  saved,
  temporaryFolder,
  zipBytes,
} from './export-builder.js';

const HOME: Files = { [`Home ${hex(1)}.md`]: '# Home\n\nHello' };

async function expectRefused(path: string, message: RegExp, options: object = {}) {
  const refusal = await readExport(path, { idNamespace: NAMESPACE, ...options }).then(
    () => null,
    (error: unknown) => error,
  );
  expect(refusal).toBeInstanceOf(Refusal);
  expect((refusal as Refusal).message).toMatch(message);
  expect((refusal as Refusal).code).toBe('INVALID');
}

/** A zip whose entry has a name no zip writer would let through. */
async function zipWithName(name: string): Promise<string> {
  const stand = 'x'.repeat(Buffer.byteLength(name));
  const bytes = await zipBytes({ ...HOME, [stand]: 'evil' });
  const patched = Buffer.from(
    bytes.toString('latin1').replaceAll(stand, Buffer.from(name).toString('latin1')),
    'latin1',
  );
  return saved(patched);
}

describe('An export is read', () => {
  it.each([
    ['a folder', async () => asFolder(HOME)],
    ['a zip', () => asZip(HOME)],
    ['a zip of zips', () => asZipOfZips(HOME)],
    ['a folder of zips', async () => asFolder({ 'Export-1-Part-1.zip': await zipBytes(HOME) })],
    ['a zip of a zip of any name', async () => saved(await zipBytes({ 'notes.zip': await zipBytes(HOME) }))],
  ])('when it is %s', async (_, save) => {
    const { plan } = await read(await save());
    expect(plan.pages).toMatchObject([{ id: idOf(1), title: 'Home', parent: null, lastEditedAt: EXPORTED_AT }]);
  });

  it('from all its parts as one tree', async () => {
    const { plan } = await read(
      await asZipOfZips(
        { [`Home ${hex(1)}.md`]: '# Home', 'index.html': 'a' },
        { [`Home ${hex(1)}/Sub ${hex(2)}.md`]: '# Sub', 'index.html': 'b' },
      ),
    );
    expect(plan.pages.map(({ title, parent }) => [title, parent?.id])).toEqual([
      ['Home', undefined],
      ['Sub', idOf(1)],
    ]);
    expect(plan.skipped).toEqual([{ path: 'index.html', reason: 'the index of the export' }]);
  });

  it('without opening a zip that somebody attached to a page', async () => {
    const attached = await zipBytes({ [`Other ${hex(9)}.md`]: '# Other' });
    const { plan } = await read(
      await asZip({ ...HOME, [`Home ${hex(1)}/backup.zip`]: attached, 'Home/more.zip': attached }),
    );
    expect(plan.pages).toHaveLength(1);
    expect(plan.files.map(({ name, contentType, size }) => [name, contentType, size])).toEqual([
      ['backup.zip', 'application/zip', attached.length],
      ['more.zip', 'application/zip', attached.length],
    ]);
  });

  it('without the leftovers of operating systems, each named', async () => {
    const { plan } = await read(
      await asZip({
        ...HOME,
        '__MACOSX/._Home.md': 'x',
        '__MACOSX/._More.md': 'x',
        '.DS_Store': 'x',
        'a/Thumbs.db': 'x',
      }),
    );
    expect(plan.skipped.map(({ path }) => path)).toEqual(['.DS_Store', '__MACOSX/', 'a/Thumbs.db']);
    expect(plan.fileCount).toBe(5);
  });

  it('with the text of names whose zip does not say they are UTF-8', async () => {
    const title = 'Übersicht – 予定';
    const bytes = await zipBytes({ [`${title} ${hex(1)}.md`]: 'text' });
    // Clears the flag in both headers.
    for (let at = bytes.indexOf('PK\x03\x04'); at >= 0; at = bytes.indexOf('PK\x03\x04', at + 1)) bytes[at + 7]! &= ~8;
    for (let at = bytes.indexOf('PK\x01\x02'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 1)) bytes[at + 9]! &= ~8;
    const { plan } = await read(saved(bytes));
    expect(plan.pages[0]!.title).toBe(title);
  });

  it('and leaves no temporary file, read or refused', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('gatehouse-import-'));
    await read(await asZipOfZips(HOME));
    await expectRefused(saved(await zipBytes({ 'Export-1-Part-1.zip': 'no zip' })), /undamaged zip/);
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith('gatehouse-import-'));
    expect(after).toEqual(before);
  });

  it('up to the moment it is called off', async () => {
    const signal = AbortSignal.abort();
    await expect(readExport(await asZip(HOME), { idNamespace: NAMESPACE, signal })).rejects.toThrow('abort');
  });

  it('while saying how far it is', async () => {
    const steps: [number, number][] = [];
    const files = { ...HOME, [`Away ${hex(2)}.md`]: '# Away', [`Table ${hex(3)}.csv`]: 'Name\nA' };
    await read(asFolder(files), { onProgress: (done, total) => steps.push([done, total]) });
    expect(steps).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });
});

describe('An export is refused', () => {
  it('when there is nothing at the path', async () => {
    await expect(readExport('/nowhere/at all', { idNamespace: NAMESPACE })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('when it is no zip', () =>
    expectRefused(saved(Buffer.from('hello'), 'notes.txt'), /undamaged zip, but "notes.txt"/));

  it('when it is empty', () => expectRefused(saved(Buffer.alloc(0)), /undamaged zip/));

  it('when the zip is cut off', async () => {
    const path = await asZip(HOME);
    truncateSync(path, 60);
    await expectRefused(path, /undamaged zip/);
  });

  it('when bytes inside the zip were changed', async () => {
    const bytes = await zipBytes({ [`Home ${hex(1)}.md`]: 'Hello world' });
    bytes[bytes.indexOf('.md') + 5]! ^= 0xff;
    await expectRefused(saved(bytes), /undamaged zip/);
  });

  it('when it is encrypted', async () => {
    const bytes = await zipBytes(HOME);
    bytes[bytes.indexOf('PK\x01\x02') + 8]! |= 1;
    await expectRefused(saved(bytes), /without a password/);
  });

  it.each([
    ['climbs out', '../../etc/evil.md'],
    ['climbs out further down', 'a/../../evil.md'],
    ['is absolute', '/etc/evil.md'],
    ['names a drive', 'C:/evil.md'],
    ['uses backslashes', '..\\evil.md'],
    ['holds NUL', 'evil\0.md'],
  ])('when a path in the zip %s', async (_, name) => {
    await expectRefused(await zipWithName(name), /paths inside the export/);
  });

  it('but not when a path only looks as if it did', async () => {
    const { plan } = await read(await zipWithName(`...and ..more ${hex(2)}.md`));
    expect(plan.pages).toHaveLength(2);
  });

  it('when a link in the zip leads out', async () => {
    const bytes = await zipBytes({ ...HOME, link: '../outside' }, { mode: 0o120777 });
    await expectRefused(saved(bytes), /symbolic link/);
  });

  it('when a link in the folder leads out', async () => {
    const root = asFolder(HOME);
    symlinkSync(tmpdir(), join(root, 'away'));
    await expectRefused(root, /symbolic link "away" leads out/);
  });

  it('but not when the link stays inside; it is skipped', async () => {
    const root = asFolder(HOME);
    symlinkSync(join(root, `Home ${hex(1)}.md`), join(root, 'again.md'));
    const { plan } = await read(root);
    expect(plan.skipped).toEqual([{ path: 'again.md', reason: 'a symbolic link' }]);
  });

  it.runIf(process.getuid?.() !== 0)('when a folder may not be read', async () => {
    const root = asFolder(HOME);
    mkdirSync(join(root, 'closed'));
    chmodSync(join(root, 'closed'), 0);
    await expectRefused(root, /EACCES/);
  });

  it('when its pages are HTML', async () => {
    const files = { [`Home ${hex(1)}.html`]: '<p>', [`Table ${hex(2)}.csv`]: 'Name\nA', 'index.html': '' };
    await expectRefused(await asZip(files), /pages in ".*" are HTML/);
  });

  it('but not when a page only has an HTML file attached', async () => {
    const { plan } = await read(await asZip({ ...HOME, [`Home ${hex(1)}/Saved ${hex(2)}.html`]: '<p>' }));
    expect(plan.files).toMatchObject([{ contentType: 'text/html', ownerPageId: idOf(1) }]);
  });

  it('when it holds nothing to import, naming what was expected', async () => {
    await expectRefused(asFolder({ 'readme.md': '# Hi', 'data.csv': 'a,b' }), /named "Title <32 hex digits>.md"/);
    await expectRefused(temporaryFolder(), /holds none/);
    await expectRefused(await asZip({ '.DS_Store': '' }), /holds none/);
  });

  it('when a CSV is not well-formed', () =>
    expectRefused(asFolder({ [`Table ${hex(1)}.csv`]: 'Name\n"open' }), /well-formed CSV, but "Table/));
});

describe('A bomb is refused', () => {
  const MiB = 1024 ** 2;

  it('by the number of files', async () => {
    const files = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`A ${hex(index)}.md`, '']));
    await expectRefused(await asZip(files), /at most 10 files/, { limits: { maxFiles: 10 } });
    await expectRefused(asFolder(files), /at most 10 files/, { limits: { maxFiles: 10 } });
    expect((await read(await asZip(files), { limits: { maxFiles: 11 } })).plan.fileCount).toBe(11);
  });

  it('by the size of one file', async () => {
    const files = { ...HOME, 'big.bin': Buffer.alloc(101) };
    await expectRefused(await asZip(files), /at most 100 bytes, but "big.bin"/, { limits: { maxFileBytes: 100 } });
    expect((await read(await asZip(files), { limits: { maxFileBytes: 101 } })).plan.pages).toHaveLength(1);
  });

  it('by the size of all files', async () => {
    const files = { ...HOME, a: Buffer.alloc(60), b: Buffer.alloc(60) };
    await expectRefused(await asZip(files), /together/, { limits: { maxTotalBytes: 100 } });
    await expectRefused(await asZipOfZips(HOME, files), /together/, { limits: { maxTotalBytes: 500 } });
  });

  it('by its ratio, without any setting', async () => {
    await expectRefused(await asZip({ ...HOME, zeros: Buffer.alloc(20 * MiB) }), /inflates further/);
  });

  it('by what really comes out, whatever the headers claim', async () => {
    const bytes = await zipBytes({ [`Home ${hex(1)}.md`]: Buffer.alloc(20 * MiB, 'a') });
    bytes.writeUInt32LE(100, bytes.indexOf('PK\x01\x02') + 24);
    await expectRefused(saved(bytes), /inflates further|too many bytes/);
  });

  it('by the columns of a table', async () => {
    const table = (width: number) => asFolder({ [`Table ${hex(1)}.csv`]: `Name\nA${','.repeat(width - 1)}` });
    await expectRefused(table(1_001), /at most 1000 columns, but ".*" has 1001/);
    expect((await read(table(1_000))).plan.databases[0]!.properties).toHaveLength(1_000);
  });

  it('by the size of text, which is read into memory', async () => {
    await expectRefused(await asZip({ [`Home ${hex(1)}.md`]: 'abc' }), /bytes of text/, {
      limits: { maxTextBytes: 2 },
    });
  });

  it('by zips inside each other', async () => {
    const inner = await zipBytes({ 'a.zip': await zipBytes({ 'b.zip': await zipBytes(HOME) }) });
    await expectRefused(saved(inner), /at most 2 deep/);
    expect((await read(saved(inner), { limits: { maxZipDepth: 3 } })).plan.pages).toHaveLength(1);
  });

  it('by folders inside each other', async () => {
    const path = await asZip({ [`${'a/'.repeat(101)}x.md`]: '' });
    await expectRefused(path, /at most 100 deep/);
  });

  it('by an attachment that inflates beyond its size, when it is read', async () => {
    const bytes = await zipBytes({ ...HOME, [`Home ${hex(1)}/a.bin`]: Buffer.alloc(3 * MiB, 'a') });
    const central = bytes.lastIndexOf('PK\x01\x02');
    bytes.writeUInt32LE(100, central + 24);
    const { plan } = await read(saved(bytes));
    const drain = async () => {
      for await (const chunk of await plan.files[0]!.open()) void chunk;
    };
    await expect(drain()).rejects.toBeInstanceOf(Refusal);
  });
});

describe('An attachment', () => {
  it('streams its bytes out of the zip and out of the folder, with the same id', async () => {
    const bytes = Buffer.from([0, 1, 2, 250, 255]);
    const files = { ...HOME, [`Home ${hex(1)}/photo 1.PNG`]: bytes };
    const ids = new Set<string>();
    for (const path of [
      await asZip(files),
      asFolder(files),
      asFolder({ [`Export-1/Home ${hex(1)}.md`]: '', [`Export-1/Home ${hex(1)}/photo 1.PNG`]: bytes }),
    ]) {
      const { plan } = await read(path);
      const [file] = plan.files;
      expect(file).toMatchObject({ name: 'photo 1.PNG', contentType: 'image/png', size: 5, ownerPageId: idOf(1) });
      const chunks: Buffer[] = [];
      for await (const chunk of await file!.open()) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks)).toEqual(bytes);
      ids.add(file!.id);
    }
    expect(ids.size).toBe(1);
  });

  it('that no page shows is skipped by name', async () => {
    const { plan } = await read(await asZip({ ...HOME, 'stray.txt': 'x' }));
    expect(plan.files).toEqual([]);
    expect(plan.skipped).toEqual([{ path: 'stray.txt', reason: 'it lies in no page, and no page shows it' }]);
  });
});
