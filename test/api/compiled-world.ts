// Content out of nothing, for asking the same of two engines: what a row holds is a function of its id, so that every
// run of an operation meets the same world. Some rows are missing, some calls throw, some rows are broken.

import { type Block, blockOf } from '../../src/content/block.js';
import { BLOCK_TYPES, type BlockContent } from '../../src/content/block-content.js';
import { Database, DataSource } from '../../src/content/database.js';
import { DEFAULT_CONTENT_LIMITS } from '../../src/content/limits.js';
import { Page } from '../../src/content/page.js';
import type { Resource } from '../../src/content/resource.js';
import type { RichTextSpan } from '../../src/content/rich-text.js';
import { Highlight, HighlightPart, SearchHit, type SearchQuery } from '../../src/content/search-hit.js';
import type { ContentSource, Placed } from '../../src/content/source.js';
import { type Context, createContext, type Reader } from '../../src/context.js';
import type { Actor } from '../../src/gate/actor.js';
import { type Bits, CONTENT_BITS, USER_BITS } from '../../src/gate/capability.js';
import { Redactions } from '../../src/gate/redactions.js';
import type { CursorSeal, Position } from '../../src/lib/cursor.js';
import { dashed, type Id } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { invalid } from '../../src/lib/refusal.js';
import { KeyRing } from '../../src/lib/secret.js';
import type { PropertySchema, StoredProps } from '../../src/property/property.js';
import { face, propertyOf } from '../../src/property/property-schema.js';
import { titleValueOf, valuesOf } from '../../src/property/property-value.js';
import type { RowQuery } from '../../src/property/row-query.js';
import { Shapes } from '../../src/store/shapes.js';
import { DEFAULT_WEBHOOK_SETTINGS } from '../../src/webhook/settings.js';

type Kind = 'page' | 'database' | 'source' | 'block' | 'user' | 'bot' | 'connection' | 'installation' | 'workspace';
const KINDS: Kind[] = ['page', 'database', 'source', 'block', 'user', 'bot', 'connection', 'installation', 'workspace'];

/** The n-th id of a kind. */
export const idOf = (kind: Kind, n: number): Id =>
  dashed(`a${KINDS.indexOf(kind).toString(16)}${n.toString(16).padStart(30, '0')}`);
const kindOf = (id: Id): Kind | undefined =>
  id.startsWith('a') ? KINDS[Number.parseInt(id[1] ?? 'f', 16)] : undefined;
const numberOf = (id: Id): number => Number.parseInt(id.slice(-8), 16);

/** Some ids of each kind, and one that is nobody's. */
export const IDS: Id[] = [...KINDS.flatMap((kind) => [0, 1, 2, 3, 4, 5].map((n) => idOf(kind, n))), 'no id at all'];

/** A number below `below` that depends on these words alone. */
export function dice(below: number, ...words: (string | number)[]): number {
  let hash = 2166136261;
  for (const char of words.join(' ')) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 2246822519);
  return ((hash ^ (hash >>> 13)) >>> 0) % below;
}

const accessOf = (ctx: Context, id: Id): Bits => {
  const opened = dice(3, id, 'narrow') === 0 ? dice(32, id, 'bits') : CONTENT_BITS;
  return (opened & ctx.actor.bits & CONTENT_BITS) | (ctx.actor.bits & USER_BITS);
};

const shared = (ctx: Context, id: Id) => ({
  id: dice(40, id, 'no id') === 0 ? (null as never) : id,
  access: accessOf(ctx, id),
  parentId: dice(4, id, 'top') === 0 ? null : idOf('page', dice(6, id, 'parent')),
  title: dice(6, id, 'untitled') === 0 ? null : `Title ${numberOf(id)}`,
  inTrash: dice(2, id, 'trash') === 0,
  version: dice(12, id, 'version') === 0 ? ('three' as never) : 3,
  createdAt: dice(12, id, 'created') === 0 ? 'never' : '2026-11-22 09:46:16.078172+00',
  createdById: idOf(dice(2, id, 'by') === 0 ? 'user' : 'bot', dice(8, id, 'creator')),
  lastEditedAt: new Date(1_700_000_000_000),
  lastEditedById: dice(2, id, 'edited') === 0 ? null : idOf('user', dice(8, id, 'editor')),
});

/** What pages and databases have besides. */
const looking = (ctx: Context, id: Id) => {
  const row = shared(ctx, id);
  const url = `https://example.org/${id}`;
  return {
    ...row,
    isLocked: dice(3, id, 'locked') === 0,
    icon:
      dice(2, id, 'icon') === 0
        ? null
        : { access: row.access, fileId: null, resourceId: id, emoji: dice(2, id, 'emoji') ? '🌿' : null, url },
    cover: dice(2, id, 'cover') === 0 ? null : { access: row.access, fileId: null, resourceId: id, url },
  };
};

const pageOf = (ctx: Context, id: Id): Page => face(Page, looking(ctx, id));

function resourceOf(ctx: Context, id: Id): Resource | undefined {
  if (dice(8, id, 'missing') === 0) return undefined;
  switch (kindOf(id)) {
    case 'page':
      return pageOf(ctx, id);
    case 'database':
      return face(Database, looking(ctx, id));
    case 'source': {
      const row = shared(ctx, id);
      return face<Partial<DataSource>>(DataSource, {
        ...row,
        databaseId: idOf('database', dice(6, id)),
        name: row.title,
        storedProperties: COLUMNS,
        properties: COLUMNS.map((column) => propertyOf(column, row.access)),
      }) as DataSource & { __typename: string };
    }
    default:
      return undefined;
  }
}

const spans = (id: Id): RichTextSpan[] => [
  { type: 'TEXT', text: `text ${numberOf(id)}`, href: 'https://example.org', annotations: ['BOLD'] },
  { type: 'MENTION', resourceId: idOf('page', dice(8, id, 'mention')) },
  { type: 'EQUATION', expression: 'e=mc^2' },
  { type: 'USER', userId: idOf('user', dice(8, id, 'user')), color: 'RED' },
  { type: 'DATE', start: '2026-11-22' },
];

const file = { name: 'plan.pdf', fileId: idOf('page', 1), contentType: 'application/pdf', size: 12 };

function contentOf(id: Id): BlockContent {
  const richText = spans(id);
  const type = BLOCK_TYPES[dice(BLOCK_TYPES.length, id, 'type')] ?? 'PARAGRAPH';
  switch (type) {
    case 'HEADING':
      return { type, level: 2, richText };
    case 'TO_DO':
      return { type, checked: true, richText };
    case 'EQUATION':
      return { type, expression: 'x' };
    case 'DIVIDER':
    case 'COLUMN_LIST':
    case 'COLUMN':
    case 'TABLE_OF_CONTENTS':
      return { type };
    case 'LINK_TO_PAGE':
      return { type, resourceId: idOf('page', dice(8, id, 'link')) };
    case 'TABLE':
      return { type, width: 2, hasColumnHeader: true };
    case 'TABLE_ROW':
      return { type, cells: [richText, [], richText] };
    case 'IMAGE':
    case 'VIDEO':
    case 'AUDIO':
    case 'PDF':
    case 'FILE':
      return { type, file, caption: richText };
    case 'BOOKMARK':
    case 'EMBED':
    case 'LINK_PREVIEW':
      return { type, url: 'https://example.org', caption: [] };
    case 'OTHER':
      return { type, kind: 'embed', text: 'other' };
    default:
      return { type, richText };
  }
}

function blockAt(ctx: Context, pageId: Id, n: number): Block {
  const id = idOf('block', n);
  const block = blockOf(
    {
      id,
      pageId,
      parentId: null,
      path: `a${n}`,
      depth: 0,
      content: contentOf(id),
      version: 1,
      createdAt: '2026-11-22T00:00:00Z',
      createdById: idOf('user', 1),
      lastEditedAt: '2026-11-22T00:00:00Z',
      lastEditedById: null,
    },
    accessOf(ctx, pageId),
    { [idOf('page', 1)]: 'One' },
  );
  return dice(25, id, 'class') === 0 ? ({ ...block, plainText: new Error('This text is broken') } as never) : block;
}

const COLUMNS: PropertySchema[] = [
  { id: 'title', name: 'Name', type: 'TITLE' },
  { id: 'a', name: 'Text', type: 'TEXT', description: 'Any text' },
  { id: 'b', name: 'Number', type: 'NUMBER' },
  { id: 'c', name: 'Check', type: 'CHECKBOX' },
  { id: 'd', name: 'Date', type: 'DATE' },
  { id: 'e', name: 'One', type: 'SELECT', options: [{ id: idOf('page', 90), name: 'Red' }] },
  { id: 'f', name: 'Many', type: 'MULTI_SELECT', options: [{ id: idOf('page', 91), name: 'Blue' }] },
  { id: 'g', name: 'Web', type: 'URL' },
  { id: 'h', name: 'Mail', type: 'EMAIL' },
  { id: 'i', name: 'Phone', type: 'PHONE' },
  { id: 'j', name: 'Others', type: 'RELATION', dataSourceId: null },
  { id: 'k', name: 'Files', type: 'FILES' },
];

const propsOf = (id: Id): StoredProps => ({
  a: spans(id),
  b: dice(3, id, 'nan') === 0 ? Number.NaN : dice(100, id),
  c: true,
  d: { start: '2026-11-22' },
  e: idOf('page', 90),
  f: [idOf('page', 91)],
  g: 'https://example.org',
  j: [0, 1, 2, 3].map((n) => idOf('page', n)),
  k: [file],
});

/** How many rows were asked for, wherever the window stands among the arguments. */
const limitOf = (args: unknown[]): number =>
  args.map((arg) => (arg as { limit?: number } | undefined)?.limit).find((limit) => limit !== undefined) ?? 3;

const some = <T>(id: Id, args: unknown[], of: (n: number) => T): Placed<T>[] =>
  Array.from({ length: Math.min(dice(5, id, 'length'), limitOf(args) + 1) }, (_, n) => ({
    row: of(n),
    position: ['2026-11-22 09:46:16.078172+00', idOf('page', n)],
  }));

/** Some rows have lost theirs. */
const idIn = ({ id }: { id: Id | null }): Id => id ?? 'none';

/** Content for everybody; `calls` notes what was asked, in order. Arguments beyond the ids only matter by their limit. */
function contentFor(calls: string[]): ContentSource {
  const asked = (method: string, ids: readonly Id[] = []): void => {
    calls.push(`${method} ${[...ids].sort().join(' ')}`);
    if (ids.some((id) => dice(30, id, method, 'throws') === 0)) throw new Error(`${method} failed`);
    if (ids.some((id) => dice(30, id, method, 'refuses') === 0)) throw invalid(`${method} refused`);
  };
  const byId = <T>(ids: readonly Id[], of: (id: Id) => T | undefined): Map<Id, T> =>
    new Map(ids.flatMap((id): [Id, T][] => (of(id) === undefined ? [] : [[id, of(id) as T]])));
  const content = {
    async resources(ctx: Context, ids: readonly Id[]) {
      asked('resources', ids);
      return byId(ids, (id) => resourceOf(ctx, id));
    },
    async nodes(ctx: Context, ids: readonly Id[]) {
      asked('nodes', ids);
      return byId<Resource | Block>(ids, (id) =>
        kindOf(id) === 'block' ? blockAt(ctx, idOf('page', 1), numberOf(id)) : resourceOf(ctx, id),
      );
    },
    async pages(ctx: Context, ...rest: unknown[]) {
      asked(`pages ${JSON.stringify(rest)}`);
      return some(idOf('workspace', 0), rest, (n) => pageOf(ctx, idOf('page', n)));
    },
    async countPages() {
      asked('countPages');
      return 12;
    },
    async databases(ctx: Context, ...rest: unknown[]) {
      asked(`databases ${JSON.stringify(rest)}`);
      return some(idOf('workspace', 1), rest, (n) => face(Database, looking(ctx, idOf('database', n))));
    },
    async countDatabases() {
      throw new Error('countDatabases always fails');
    },
    async children(ctx: Context, ids: readonly Id[], ...rest: unknown[]) {
      asked('children', ids);
      return byId(ids, (id) =>
        some(id, rest, (n): Resource => {
          const child = idOf(n % 2 ? 'page' : 'database', (numberOf(id) * 2 + n) % 40);
          return n % 2 ? pageOf(ctx, child) : face(Database, looking(ctx, child));
        }),
      );
    },
    async countChildren(_ctx: Context, ids: readonly Id[]) {
      asked('countChildren', ids);
      return byId(ids, (id) => dice(9, id));
    },
    async backlinks(ctx: Context, ids: readonly Id[], ...rest: unknown[]) {
      asked('backlinks', ids);
      return byId(ids, (id) => some(id, rest, (n) => pageOf(ctx, idOf('page', numberOf(id) + n))));
    },
    async countBacklinks(_ctx: Context, ids: readonly Id[]) {
      asked('countBacklinks', ids);
      return byId(ids, (id) => dice(9, id));
    },
    async mentions(ctx: Context, ids: readonly Id[], ...rest: unknown[]) {
      asked('mentions', ids);
      return byId(ids, (id) => some(id, rest, (n): Resource => face(Database, looking(ctx, idOf('database', n)))));
    },
    async countMentions(_ctx: Context, ids: readonly Id[]) {
      asked('countMentions', ids);
      return byId(ids, (id) => dice(9, id));
    },
    async search(ctx: Context, query: SearchQuery, ...rest: unknown[]) {
      asked(`search ${JSON.stringify(query)}`);
      return some(idOf('workspace', 2), rest, (n) => {
        const resource = pageOf(ctx, idOf('page', n));
        return face(SearchHit, { access: resource.access, isTitleHit: n % 2 === 0, query, resource });
      });
    },
    async countHits() {
      throw new Error('countHits always fails');
    },
    async highlights(_ctx: Context, hits: readonly SearchHit[]) {
      asked(
        'highlights',
        hits.map(({ resource }) => idIn(resource ?? { id: null })),
      );
      const parts = (access: Bits) => [face(HighlightPart, { access, text: 'One', isMatch: true })];
      return new Map(
        hits.map((hit, n): [SearchHit, Highlight[]] => {
          const { access } = hit;
          return [hit, n % 3 === 0 ? [face(Highlight, { access, blockId: null, parts: parts(access) })] : []];
        }),
      );
    },
    async breadcrumbs(ctx: Context, ids: readonly Id[]) {
      asked('breadcrumbs', ids);
      return byId(ids, (id) => Array.from({ length: dice(3, id) }, (_, n) => pageOf(ctx, idOf('page', n))));
    },
    async rows(ctx: Context, queries: readonly RowQuery[], ...rest: unknown[]) {
      asked(
        'rows',
        queries.map(({ dataSource }) => idIn(dataSource)),
      );
      return new Map(
        queries.map((query) => {
          const id = idIn(query.dataSource);
          return [query, some(id, rest, (n) => pageOf(ctx, idOf('page', numberOf(id) + n)))];
        }),
      );
    },
    async countRows(_ctx: Context, queries: readonly RowQuery[]) {
      asked(
        'countRows',
        queries.map(({ dataSource }) => idIn(dataSource)),
      );
      return new Map(queries.map((query) => [query, dice(2, idIn(query.dataSource)) === 0 ? 2.5 : 2]));
    },
    async dataSources(ctx: Context, ids: readonly Id[]) {
      asked('dataSources', ids);
      return byId(ids, (id) =>
        [0, 1].flatMap((n) => (resourceOf(ctx, idOf('source', numberOf(id) + n)) as DataSource | undefined) ?? []),
      );
    },
    async blocks(ctx: Context, ids: readonly Id[], ...rest: unknown[]) {
      asked('blocks', ids);
      return byId(ids, (id) => some(id, rest, (n) => blockAt(ctx, id, numberOf(id) * 4 + n)));
    },
    async bodies(_ctx: Context, ids: readonly Id[]) {
      asked('bodies', ids);
      return byId(ids, (id) => ({
        titles: { [idOf('page', 1)]: 'One' },
        blocks: Array.from({ length: dice(4, id, 'body') }, (_, n) => {
          const blockId = idOf('block', numberOf(id) * 4 + n);
          return { id: blockId, parentId: null, content: contentOf(blockId) };
        }),
      }));
    },
    async countBlocks(_ctx: Context, ids: readonly Id[]) {
      asked('countBlocks', ids);
      return byId(ids, (id) => dice(9, id));
    },
    async properties(_ctx: Context, pages: readonly Page[]) {
      asked('properties', pages.map(idIn));
      return new Map(
        pages.map((page) => [
          page.id,
          dice(2, idIn(page)) === 0 ? valuesOf(page, COLUMNS, propsOf(idIn(page)), {}) : [titleValueOf(page)],
        ]),
      );
    },
  };
  return content satisfies Partial<ContentSource> as unknown as ContentSource;
}

const shapes = new Shapes();

/** Answers the few statements about people, connections and workspaces by what they select from. */
function readerFor(calls: string[]): Reader {
  const userRow = (id: Id) => ({
    id,
    name: dice(5, id) === 0 ? null : `Name ${numberOf(id)}`,
    email: kindOf(id) === 'user' ? `${numberOf(id)}@example.org` : null,
    avatarUrl: null,
    connectionId: kindOf(id) === 'bot' ? idOf('connection', numberOf(id)) : null,
  });
  const at = { createdAt: '2026-11-22 09:46:16.078172+00' };
  const connectionRow = (id: Id) => ({
    id,
    name: 'Robot',
    kind: 'INTERNAL',
    status: 'ACTIVE',
    capabilities: 3,
    version: 1,
    ...at,
  });
  const installationRow = (id: Id) => ({
    id,
    connectionId: idOf('connection', numberOf(id)),
    botId: idOf('bot', numberOf(id)),
    installedById: null,
    status: dice(2, id) === 0 ? 'ACTIVE' : 'NO_STATUS',
    capabilities: 127,
    ...at,
  });
  const workspaceRow = (id: Id) => ({ id, name: 'Everything', version: 1, ...at });
  return {
    sent: 0,
    async rows<Row>(statement: Parameters<Reader['rows']>[0]): Promise<Row[]> {
      const { shape, values } = shapes.of(statement);
      const sql = shape.text;
      const ids = [...new Set(values.flat().filter((value): value is Id => typeof value === 'string'))].sort();
      calls.push(`sql ${sql} ${ids.join(' ')}`);
      const of = (...kinds: Kind[]) => ids.filter((id) => kinds.includes(kindOf(id) as Kind) && numberOf(id) < 7);
      if (ids.some((id) => dice(40, id, 'sql', 'throws') === 0)) throw new Error('The database is gone');
      if (/select 'USER' as kind/.test(sql)) {
        return [
          ...of('user', 'bot').map((id) => ({ kind: 'USER', row: userRow(id) })),
          ...of('connection').map((id) => ({ kind: 'CONNECTION', row: connectionRow(id) })),
          ...of('installation').map((id) => ({ kind: 'INSTALLATION', row: installationRow(id) })),
          ...of('workspace').map((id) => ({ kind: 'WORKSPACE', row: workspaceRow(id) })),
        ] as Row[];
      }
      if (/from connection\s+where/.test(sql)) return of('connection').map(connectionRow) as Row[];
      if (/from installation i\s+left join/.test(sql)) return of('installation').map(installationRow) as Row[];
      if (/from workspace\s+where/.test(sql)) return of('workspace').map(workspaceRow) as Row[];
      if (/count\(/.test(sql)) return [{ count: 5 }] as Row[];
      if (/u\.connectionId|"connectionId"/.test(sql) && /u\.id = any/.test(sql))
        return of('user', 'bot').map(userRow) as Row[];
      if (/u\."connectionId"/.test(sql)) return [0, 1, 2].map((n) => userRow(idOf('user', n))) as Row[];
      throw new Error(`No answer for ${sql}`);
    },
  };
}

/** A context on that world, and what was asked of it. */
export function contextOn(actor: Actor): { ctx: Context; calls: string[] } {
  const calls: string[] = [];
  const ctx = createContext({
    actor,
    em: () => {
      throw new Error('No store here.');
    },
    keys: new KeyRing(Buffer.alloc(32)),
    reader: readerFor(calls),
    content: contentFor(calls),
    contentLimits: DEFAULT_CONTENT_LIMITS,
    webhooks: DEFAULT_WEBHOOK_SETTINGS,
    judgeDocument: () => [],
    maxRollupCandidates: 10_000,
    cursors: plainCursors as CursorSeal,
    redactions: new Redactions(),
    denied: (coordinate) => calls.push(`denied ${coordinate}`),
    log: LOG,
    requestId: 'compiled',
    publicUrl: () => 'http://compiled',
    slice: () => {
      throw new Error('No slice here.');
    },
    ruleOf: () => undefined,
    contentOf: () => null,
  });
  return { ctx, calls };
}

/** Sealed ones differ each time. */
const plainCursors = {
  seal: (list: string, position: Position) => Buffer.from(JSON.stringify([list, position])).toString('base64url'),
  open: (_list: string, cursor: string): Position => {
    if (dice(2, cursor) === 0) throw invalid('A cursor of another list');
    return ['2026-11-22 09:46:16.078172+00', idOf('page', 2)];
  },
};
const LOG = createLog({ level: 'silent' });
