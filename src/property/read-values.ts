// What a client writes into the columns of a row, read against those columns: pure, and before anything is looked up.
// Whether the pages and people it names are there for the caller is for the command to ask.

import { type FileReference, UPLOAD } from '../content/block-content.js';
import { type ContentLimits, type Path, place, requireLine, requireText, requireWithin } from '../content/limits.js';
import { mentionsIn, type RichTextSpan, usersIn } from '../content/rich-text.js';
import { requireAddress, spansOfInput } from '../content/span-input.js';
import type { NamedUpload } from '../file/attach.js';
import { type Id, parseId } from '../lib/id.js';
import { notFound, Refusal } from '../lib/refusal.js';
import { requireDate } from './date-text.js';
import type { PropertySchema, PropertyType, SelectOption, StoredValue, Verification } from './property.js';
import type { FileInput, OptionInput, PropertyInput, VerificationInput } from './property-input.js';

/** What one row is to hold. */
export interface WrittenValues {
  /** Left as it is when undefined. */
  title?: string;
  /** By column; null empties it. */
  values: Map<string, StoredValue | null>;
  /** What the values point to, in order. */
  named: Named[];
  /** Files that are named by uploads, wherever they stand in the values. */
  uploads: Pick<NamedUpload, 'file' | 'path'>[];
}

/** Something a value points to, which must be there for the caller. */
export interface Named {
  kind: 'PERSON' | 'MENTION' | 'RELATED';
  id: Id;
  /** Of RELATED: the column. */
  column?: PropertySchema;
  path: Path;
}

type Value = Exclude<keyof PropertyInput, 'id' | 'name'>;

/** Who may be told about the columns. */
export interface ReaderOfColumns {
  columns: readonly PropertySchema[];
  /** Whether names of columns and options are theirs to read. */
  mayRead: boolean;
  /** What is refused to who uses names without. */
  lacksRead: () => Refusal;
}

/** Who writes values, into which columns. */
export interface WriterOfValues extends ReaderOfColumns {
  /** The acting user, who verifies; null for the operator. */
  by: Id | null;
}

/** Reads all values of one row. Refused: an unknown column, one named twice, a value of another kind than the column, one
 *  that is read-only, an unknown option, what is over a limit. Texts name nothing that the caller may not read. */
export function readValues(
  inputs: readonly PropertyInput[],
  reader: WriterOfValues,
  limits: ContentLimits,
  path: Path,
): WrittenValues {
  requireWithin(inputs.length, limits, { limit: 'maxColumns', units: 'values', path });
  const written: WrittenValues = { values: new Map(), named: [], uploads: [] };
  const seen = new Set<string>();
  for (const [index, input] of inputs.entries()) {
    const at = [...path, String(index)];
    const column = columnOf(input, reader, at);
    if (seen.has(column.id))
      throw new Refusal('INVALID', `${place(at)} names a column for the second time.`, { path: at });
    seen.add(column.id);
    const kind = kindOf(input, at);
    const valuePath = [...at, kind];
    const wanted = VALUES_OF[column.type];
    if (wanted.length === 0) {
      const why = reader.mayRead ? `is ${column.type}` : 'is kept by the gateway';
      throw new Refusal('IMMUTABLE', `${place(at)} ${why} and cannot be written.`, { path: at });
    }
    if (kind === 'clear') {
      if (column.type === 'TITLE') written.title = '';
      else written.values.set(column.id, null);
      continue;
    }
    if (!wanted.includes(kind)) {
      const hint = reader.mayRead ? `: the column is ${column.type}, give ${wanted.join(' or ')}` : '';
      throw new Refusal('INVALID', `${place(valuePath)} does not fit the column${hint}.`, { path: valuePath });
    }
    const value = new ValueReader(column, reader, limits, valuePath, written).read(kind, input);
    if (column.type === 'TITLE') written.title = value as string;
    else written.values.set(column.id, isEmpty(value) ? null : (value as StoredValue));
  }
  return written;
}

/** Which members of the input a column takes; none for what is computed or kept by the gateway. */
const VALUES_OF: Record<PropertyType, readonly Value[]> = {
  TITLE: ['text'],
  TEXT: ['text', 'richText'],
  NUMBER: ['number'],
  CHECKBOX: ['checkbox'],
  DATE: ['date'],
  SELECT: ['select'],
  MULTI_SELECT: ['multiSelect'],
  STATUS: ['status'],
  PEOPLE: ['people'],
  URL: ['url'],
  EMAIL: ['email'],
  PHONE: ['phone'],
  RELATION: ['relation'],
  FILES: ['files'],
  ROLLUP: [],
  FORMULA: [],
  UNIQUE_ID: [],
  CREATED_TIME: [],
  LAST_EDITED_TIME: [],
  CREATED_BY: [],
  LAST_EDITED_BY: [],
  VERIFICATION: ['verification'],
  BUTTON: [],
  PLACE: [],
};

/** The column a client names. Refused alike, whether it is missing or not theirs to know: by name only those find one who
 *  may read names. */
export function columnOf(
  { id, name }: { id?: string | null | undefined; name?: string | null | undefined },
  { columns, mayRead, lacksRead }: ReaderOfColumns,
  path: Path,
): PropertySchema {
  if ((id == null) === (name == null)) {
    const got = id == null ? 'neither' : 'both';
    throw new Refusal(
      id == null ? 'REQUIRED' : 'INVALID',
      `${place(path)} names a column by id or by name, but got: ${got}`,
      {
        path,
      },
    );
  }
  if (id != null) {
    const found = columns.find((column) => column.id === id);
    if (found) return found;
    throw new Refusal('NOT_FOUND', 'The column was not found.', { path: [...path, 'id'] });
  }
  if (!mayRead) throw lacksRead();
  const found = columns.filter((column) => column.name === name);
  const [only] = found;
  if (only && found.length === 1) return only;
  throw only
    ? new Refusal('INVALID', 'Several columns have this name: name the one you mean by id.', {
        path: [...path, 'name'],
      })
    : new Refusal('NOT_FOUND', 'The column was not found.', { path: [...path, 'name'] });
}

function kindOf({ id: _id, name: _name, ...values }: PropertyInput, path: Path): Value {
  const given = (Object.entries(values) as [Value, unknown][]).filter(([, value]) => value != null);
  const [only] = given;
  if (only && given.length === 1 && !(only[0] === 'clear' && only[1] === false)) return only[0];
  const got = given.map(([kind]) => kind).join(' and ') || 'none';
  throw new Refusal(
    given.length === 0 ? 'REQUIRED' : 'INVALID',
    `${place(path)} holds exactly one value, or clear: true, but got: ${got}`,
    { path },
  );
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

class ValueReader {
  private readonly named: Named[];
  private readonly uploads: WrittenValues['uploads'];

  constructor(
    private readonly column: PropertySchema,
    private readonly reader: WriterOfValues,
    private readonly limits: ContentLimits,
    private readonly path: Path,
    written: WrittenValues,
  ) {
    this.named = written.named;
    this.uploads = written.uploads;
  }

  read(kind: Value, input: PropertyInput): unknown {
    const { limits, path } = this;
    switch (kind) {
      case 'text':
        return this.text(input.text ?? '');
      case 'richText':
        return this.richText(spansOfInput(input.richText ?? [], limits, path));
      case 'number':
        return this.number(input.number as number);
      case 'checkbox':
        return input.checkbox;
      case 'select':
      case 'status':
        return this.option(input[kind] as OptionInput, path);
      case 'multiSelect':
        return this.many(input.multiSelect, 'options', (option, at) => this.option(option, at));
      case 'date':
        return requireDate(input.date as NonNullable<PropertyInput['date']>, path);
      case 'people':
        return this.many(input.people, 'people', (id, at) => this.name('PERSON', id, 'The person', at));
      case 'relation':
        return this.many(input.relation, 'pages', (id, at) => this.name('RELATED', id, RELATED, at));
      case 'files':
        return this.many(input.files, 'files', (file, at) => this.file(file, at));
      case 'verification':
        return this.verification(input.verification as VerificationInput);
      case 'url':
        return requireAddress(input.url ?? '', limits, path);
      case 'email':
        return requireLine(input.email ?? '', limits, { limit: 'maxEmailLength', path });
      case 'phone':
        return requireLine(input.phone ?? '', limits, { limit: 'maxPhoneLength', path });
      case 'clear':
        return null;
    }
  }

  private text(text: string): string | RichTextSpan[] {
    const isTitle = this.column.type === 'TITLE';
    const limit = isTitle ? 'maxTitleLength' : 'maxTextLength';
    const words = requireText(text, this.limits, { limit, path: this.path });
    if (isTitle) return words;
    return words === '' ? [] : [{ type: 'TEXT', text: words }];
  }

  private richText(spans: RichTextSpan[]): RichTextSpan[] {
    for (const id of mentionsIn(spans)) this.named.push({ kind: 'MENTION', id, path: this.path });
    for (const id of usersIn(spans)) this.named.push({ kind: 'PERSON', id, path: this.path });
    return spans;
  }

  private number(number: number): number {
    if (Number.isFinite(number)) return number;
    throw new Refusal('INVALID', `${place(this.path)} must be a finite number.`, { path: this.path });
  }

  /** From now on, by whoever writes it. */
  private verification({ until }: VerificationInput): Verification {
    const start = new Date().toISOString();
    const at = [...this.path, 'until'];
    const end = until == null ? null : requireDate({ start: until }, at).start;
    if (end !== null && Date.parse(end) < Date.parse(start)) {
      throw new Refusal('INVALID', `${place(at)} must lie in the future.`, { path: at });
    }
    return { start, ...(end !== null && { end }), verifiedById: this.reader.by };
  }

  private option({ id, name }: OptionInput, path: Path): Id {
    const { column, reader } = this;
    if (name != null && !reader.mayRead) throw reader.lacksRead();
    const options: readonly SelectOption[] = 'options' in column ? column.options : [];
    const found = options.find((option) => (id == null ? option.name === name : option.id === parseId(id)));
    if (found) return found.id;
    throw new Refusal('NOT_FOUND', 'The option was not found: updateDataSource adds options.', { path });
  }

  private name(kind: 'PERSON' | 'RELATED', text: string, what: string, path: Path): Id {
    const id = parseId(text);
    if (id === null) throw notFoundAt(what, path);
    this.named.push({ kind, id, path, ...(kind === 'RELATED' && { column: this.column }) });
    return id;
  }

  private file({ name, url, uploadId }: FileInput, path: Path): FileReference {
    const called = requireLine(name ?? '', this.limits, { limit: 'maxTextLength', path: [...path, 'name'] });
    if (uploadId != null && url == null) {
      const id = parseId(uploadId);
      if (id === null) throw notFoundAt('The upload', [...path, 'uploadId']);
      const file = { name: called ?? '', [UPLOAD]: id };
      this.uploads.push({ file, path: [...path, 'uploadId'] });
      return file;
    }
    const address = requireAddress(url ?? '', this.limits, [...path, 'url']);
    if (called && address && uploadId == null) return { name: called, url: address };
    throw new Refusal('REQUIRED', `${place(path)} needs a name and a url, or an uploadId.`, { path });
  }

  /** Each once, in order. */
  private many<Item, Value>(
    items: readonly Item[] | null | undefined,
    what: string,
    read: (item: Item, path: Path) => Value,
  ): Value[] {
    const all = items ?? [];
    requireWithin(all.length, this.limits, { limit: 'maxReferences', units: what, path: this.path });
    return [...new Set(all.map((item, index) => read(item, [...this.path, String(index)])))];
  }
}

/** What needs CONTENT_READ in every write. */
export const NAMING = 'name columns and options by name';

/** What a refusal calls a page that may be related, missing or out of reach. */
export const RELATED = 'The related page';

export const notFoundAt = (what: string, path: Path): Refusal =>
  new Refusal('NOT_FOUND', notFound(what).message, { path });
