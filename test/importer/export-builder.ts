// Makes exports for tests: files by path, saved as a folder, a zip, or a zip of zips.

import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import yazl from 'yazl';
import type { BlockTree } from '../../src/content/block-content.js';
import { plainText, type RichTextSpan } from '../../src/content/rich-text.js';
import { type ExportReading, type ReadExportOptions, readExport } from '../../src/importer/read-export.js';
import { parseId } from '../../src/lib/id.js';

export type Files = Record<string, string | Buffer>;

export const NAMESPACE = '9b0c0b30-8b1e-4c3e-9a43-0f1c5f5a0b01';
export const EXPORTED_AT = new Date('2024-05-06T07:08:10Z');

/** 32 hex digits that tell themselves apart by a number. */
export const hex = (number: number): string => `ab${number.toString(16).padStart(30, '0')}`;

/** The id that `hex(number)` stands for. */
export const idOf = (number: number): string => parseId(hex(number))!;

export const csv = (...lines: string[][]): string =>
  `\uFEFF${lines
    .map((cells) => cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(','))
    .join('\r\n')}`;

/** A link target as exports write it. */
export const link = (...segments: string[]): string => segments.map(encodeURIComponent).join('/').replace(/%2F/g, '/');

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-export-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function asFolder(files: Files): string {
  const root = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    utimesSync(file, EXPORTED_AT, EXPORTED_AT);
  }
  return root;
}

export interface ZipEntryOptions {
  mode?: number;
  mtime?: Date;
}

export async function zipBytes(files: Files, options: ZipEntryOptions = {}): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [path, content] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(content as string), path, { mtime: EXPORTED_AT, ...options });
  }
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function saved(bytes: Buffer, name = 'export.zip'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

export const asZip = async (files: Files): Promise<string> => saved(await zipBytes(files));

export async function asZipOfZips(...parts: Files[]): Promise<string> {
  const outer: Files = {};
  for (const [index, part] of parts.entries()) {
    outer[`Export-2b1c6d1e-0f4a-4c55-9a3e-5f1f6f7a8b90-Part-${index + 1}.zip`] = await zipBytes(part);
  }
  return saved(await zipBytes(outer));
}

/** Reads what was saved at `path` and closes it with the test. */
export async function read(path: string, options: Partial<ReadExportOptions> = {}): Promise<ExportReading> {
  const reading = await readExport(path, { idNamespace: NAMESPACE, ...options });
  onTestFinished(() => reading.close());
  return reading;
}

export const readFiles = (files: Files, options?: Partial<ReadExportOptions>): Promise<ExportReading> =>
  read(asFolder(files), options);

/** The blocks of the page with this id. */
export async function blocksOf(reading: ExportReading, id: string): Promise<BlockTree[]> {
  const page = reading.plan.pages.find((it) => it.id === id);
  if (!page) throw new Error(`no page ${id}`);
  return reading.blocksOf(page);
}

/** Blocks as indented lines: type, text, `<id>` for mentions. */
export const outline = (blocks: readonly BlockTree[], indent = ''): string[] =>
  blocks.flatMap(({ content, children }) => [
    `${indent}${content.type}${'richText' in content && content.richText.length > 0 ? ` ${inLine(content.richText)}` : ''}`,
    ...outline(children, `${indent}  `),
  ]);

export const inLine = (spans: readonly RichTextSpan[]): string =>
  spans
    .map((span) => {
      if (span.type === 'MENTION') return `<${span.resourceId}>`;
      return span.type === 'EQUATION' ? `$${span.expression}$` : plainText([span], () => undefined);
    })
    .join('');

/** Rows of the first database as `title` → its values by column name. */
export function rowsOf(
  { plan }: ExportReading,
  database = plan.databases[0]!,
): { title: string; values: Record<string, unknown> }[] {
  return plan.pages
    .filter((page) => page.parent?.kind === 'DATA_SOURCE' && page.parent.id === database.dataSourceId)
    .map(({ title, props = {} }) => ({
      title,
      values: Object.fromEntries(
        database.properties.filter(({ id }) => id in props).map(({ id, name }) => [name, props[id]]),
      ),
    }));
}

/** Reads one table with the given columns and says what was made of it. */
export async function readTable(header: string[], lines: string[][], others: Files = {}) {
  const reading = await readFiles({ [`Table ${hex(1)}.csv`]: csv(header, ...lines), ...others });
  const database = reading.plan.databases.find(({ id }) => id === idOf(1))!;
  const types = Object.fromEntries(database.properties.map(({ name, type }) => [name, type]));
  return { reading, database, types, rows: rowsOf(reading, database) };
}
