// The doors a fact is asked at. A door takes a question and says what it saw, or nothing when it has no way to ask; the
// facts then compare that with what should be seen. A later door (socket, webhook, search …) is one more entry here.

import { documentOf } from './document.js';
import type { Fact, Facts, Seen } from './facts.js';
import { type Field, type PersonModel, type ResourceModel, textsOn } from './model.js';
import type { Answered } from './plant.js';

export type Body = Answered['body'];

/** Where a question is asked: the world of a facts file, as one of its askers. */
export interface Place extends Facts {
  fact: Fact;
  /** Sends a document as the asker; whatever comes back has been searched for canaries. */
  send(document: { query: string; variables?: Record<string, unknown> }): Promise<Body>;
  /** Sends one as an owner of the workspace, who may know all of it. */
  sendAsOwner(document: { query: string; variables?: Record<string, unknown> }): Promise<Body>;
}

export interface Door {
  name: string;
  /** `undefined`: this door has no way to ask about that object. */
  ask(place: Place, resource: ResourceModel): Promise<Seen | undefined>;
  /** What should be seen here of something seen as `seen` by id; the same when left out. */
  shows?(seen: Seen, resource: ResourceModel): Seen;
}

const inLists = (seen: Seen, { inTrash }: ResourceModel): Seen => (seen === 'WHOLE' && !inTrash ? 'WHOLE' : 'NOTHING');

type Shown = { id?: string; title?: string | null } | null | undefined;

/** What an answered object shows of a resource. Anything that does not fit is an error, not a guess. */
function seenIn(object: Shown, resource: ResourceModel, titleKey = 'title', idKey = 'id'): Seen {
  if (!object) return 'NOTHING';
  const shown = object as Record<string, unknown>;
  if (shown[idKey] !== resource.id) throw new Error(`Asked for ${resource.id}, but got ${JSON.stringify(object)}.`);
  if (shown[titleKey] === null) return 'ID';
  if (shown[titleKey] === resource.title) return 'WHOLE';
  throw new Error(`Expected the title ${resource.title} or null, but got ${JSON.stringify(object)}.`);
}

/** A door that is one document with the id in `$id` and the answer in `found`. */
const byId = (name: string, query: string, spell = (id: string) => id, titleKey?: string, idKey?: string): Door => ({
  name,
  ask: async ({ send }, resource) => {
    const { data } = await send({ query, variables: { id: spell(resource.id) } });
    return seenIn(data!.found as Shown, resource, titleKey, idKey);
  },
});

const ROOTS = { Page: 'page', Database: 'database', DataSource: 'dataSource' } as const;

const byKind = (name: string, selection: string): Door => ({
  name,
  ask: async ({ send }, resource) => {
    const root = ROOTS[resource.kind];
    const { data } = await send({
      query: `query Q($id: ID!) { found: ${root}(id: $id) { ${selection} } }`,
      variables: { id: resource.id },
    });
    return seenIn(data!.found as Shown, resource);
  },
});

const LISTS = { Page: 'pages', Database: 'databases', DataSource: null } as const;
type ListAnswer = {
  totalCount: number;
  nodes: Shown[];
  edges: { node: Shown }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
};
const LIST = `totalCount nodes { id title } edges { node { id title } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;

/** A list that is refused shows nothing, provided it says why. */
function listIn(body: Body, key: string): ListAnswer | null {
  const list = body.data?.[key] as ListAnswer | null | undefined;
  const code = body.errors?.[0]?.extensions?.code;
  if (!list && code !== 'CAPABILITY_MISSING')
    throw new Error(`A list is there or refused, but got ${JSON.stringify(body)}.`);
  return list ?? null;
}

const find = (list: Shown[] | undefined, resource: ResourceModel): Seen =>
  seenIn(
    list?.find((one) => one?.id === resource.id),
    resource,
  );

const inList = (name: string, from: (list: ListAnswer) => Shown[]): Door => ({
  name,
  shows: inLists,
  ask: async ({ send }, resource) => {
    const list = LISTS[resource.kind];
    if (!list) return undefined;
    const found = listIn(await send({ query: `{ ${list}(first: 100) { ${LIST} } }` }), list);
    return found ? find(from(found), resource) : 'NOTHING';
  },
});

const walked = (name: string, backwards: boolean, size: number): Door => ({
  name,
  shows: inLists,
  ask: async ({ send }, resource) => {
    const list = LISTS[resource.kind];
    if (!list) return undefined;
    const pass = backwards ? 'last: $n, before: $c' : 'first: $n, after: $c';
    let cursor: string | null = null;
    let seen: Seen = 'NOTHING';
    let met = 0;
    for (;;) {
      const body: Body = await send({
        query: `query Q($n: Int, $c: String) { ${list}(${pass}) { ${LIST} } }`,
        variables: { n: size, c: cursor },
      });
      const page = listIn(body, list);
      if (!page) return seen;
      met += page.nodes.length;
      const here = find(page.nodes, resource);
      if (here !== 'NOTHING') seen = here;
      if (!(backwards ? page.pageInfo.hasPreviousPage : page.pageInfo.hasNextPage)) {
        if (met !== page.totalCount) throw new Error(`Met ${met}, but totalCount says ${page.totalCount}.`);
        return seen;
      }
      if (page.nodes.length !== size) throw new Error(`A page of ${size} that goes on has ${page.nodes.length}.`);
      cursor = backwards ? page.pageInfo.startCursor : page.pageInfo.endCursor;
    }
  },
});

const filtered = (name: string, filterOf: (title: string) => Record<string, unknown>, asVariables: boolean): Door => ({
  name,
  shows: inLists,
  ask: async ({ send }, resource) => {
    const list = LISTS[resource.kind];
    if (!list) return undefined;
    const selection: Field[] = [{ name: 'id' }, { name: 'title' }];
    const args = { first: 5, filter: { title: filterOf(resource.title) } };
    const field: Field = {
      name: list,
      args,
      asVariables,
      fields: [{ name: 'totalCount' }, { name: 'nodes', fields: selection }],
    };
    const found = listIn(await send(documentOf([field])), list);
    if (found && found.totalCount !== found.nodes.length) throw new Error(`${JSON.stringify(found)} counts wrongly.`);
    return found ? find(found.nodes, resource) : 'NOTHING';
  },
});

/** What stands right below something that the asker reads. */
const below: Door = {
  name: 'children, rows and data sources of what stands above',
  shows: inLists,
  ask: async ({ send, fact, workspace }, resource) => {
    const parent = workspace.resources.find(({ id }) => id === resource.parentId);
    if (!parent || fact.seen.get(parent.id) !== 'WHOLE') return undefined;
    const list = {
      Page: `children(first: 100) { ${LIST} }`,
      DataSource: `rows(first: 100) { ${LIST} }`,
      Database: 'dataSources { id title }',
    };
    const { data } = await send({
      query: `{ found: ${ROOTS[parent.kind]}(id: "${parent.id}") { ${list[parent.kind]} } }`,
    });
    const found = data!.found as Record<string, ListAnswer & Shown[]>;
    return find(parent.kind === 'Database' ? found.dataSources : Object.values(found)[0]!.nodes, resource);
  },
};

/** Rows asked for by who made them and stands in them, and by when: a filter finds what the list shows, and no more. */
const rowsBy = (name: string, filterOf: (row: ResourceModel) => object, orderBy: object[] = []): Door => ({
  name,
  shows: inLists,
  ask: async ({ send, fact, workspace }, resource) => {
    const parent = workspace.resources.find(({ id }) => id === resource.parentId);
    if (parent?.kind !== 'DataSource' || fact.seen.get(parent.id) !== 'WHOLE') return undefined;
    const { data } = await send({
      query: `query Q($id: ID!, $filter: RowFilter, $orderBy: [RowOrder!]) {
        found: dataSource(id: $id) { rows(first: 100, filter: $filter, orderBy: $orderBy) { ${LIST} } } }`,
      variables: { id: parent.id, filter: filterOf(resource), orderBy },
    });
    const { nodes, totalCount } = (data!.found as { rows: ListAnswer }).rows;
    if (totalCount !== nodes.length) throw new Error(`Of ${nodes.length} rows it counts ${totalCount}.`);
    return find(nodes, resource);
  },
});
const among = ({ createdBy }: ResourceModel) => (createdBy === null ? { isEmpty: true } : { contains: [createdBy] });

/** Asked from above when nothing above is read: the list is not there at all. */
const belowUnread: Door = {
  name: 'children, rows and data sources of what stands above and is not read',
  shows: () => 'NOTHING',
  ask: async ({ send, fact, workspace }, resource) => {
    const parent = workspace.resources.find(({ id }) => id === resource.parentId);
    if (!parent || fact.seen.get(parent.id) === 'WHOLE') return undefined;
    const list = {
      Page: 'children { totalCount nodes { id title } }',
      DataSource: 'rows { totalCount nodes { id title } }',
      Database: 'dataSources { id title }',
    };
    const { data } = await send({
      query: `{ found: ${ROOTS[parent.kind]}(id: "${parent.id}") { list: ${list[parent.kind]} } }`,
    });
    const found = data!.found as { list: unknown } | null;
    if (found?.list) throw new Error(`${parent.name} is not read, but lists ${JSON.stringify(found)}.`);
    return 'NOTHING';
  },
};

const above: Door = {
  name: 'parent of something below',
  ask: async ({ send, fact, workspace }, resource) => {
    const child = workspace.resources.find((one) => one.parentId === resource.id && fact.seen.get(one.id) === 'WHOLE');
    if (!child) return undefined;
    const { data } = await send({
      query: `{ found: ${ROOTS[child.kind]}(id: "${child.id}") { parent { id title } } }`,
    });
    return seenIn((data!.found as { parent: Shown }).parent, resource);
  },
};

const mentioned: Door = {
  name: 'mention in rich text',
  ask: async ({ send, fact, workspace }, resource) => {
    const page = workspace.resources.find(
      (one) => fact.seen.get(one.id) === 'WHOLE' && one.mentions.some(({ resourceId }) => resourceId === resource.id),
    );
    if (!page) return undefined;
    const query = `query Q($id: ID!) { page(id: $id) { blocks { nodes { id plainText ... on ParagraphBlock {
      richText { type href plainText mention { id title } } } } } } }`;
    const { data } = await send({ query, variables: { id: page.id } });
    const blocks = (data!.page as { blocks: { nodes: MentionBlock[] } }).blocks.nodes;
    if (blocks.length !== page.mentions.length) throw new Error(`${page.name} shows ${blocks.length} blocks.`);
    const { blockId } = page.mentions.find(({ resourceId }) => resourceId === resource.id)!;
    const block = blocks.find(({ id }) => id === blockId)!;
    const span = block.richText[1]!;
    const seen = seenIn(span.mention, resource);
    const words = seen === 'WHOLE' ? resource.title : 'Unavailable page';
    if (
      span.plainText !== words ||
      block.plainText !== `See ${words}` ||
      span.type !== 'MENTION' ||
      span.href !== null
    ) {
      throw new Error(`A mention seen ${seen} reads "${words}", but got ${JSON.stringify(block)}.`);
    }
    return seen;
  },
};

/** Ids of a list that says how many it has in all, and looks the same from its end. */
function wholeList(
  { nodes, totalCount }: ListAnswer,
  backwards: ListAnswer,
  expected: string[],
  what: string,
): Shown[] {
  const ids = (shown: Shown[]) => shown.map((one) => one!.id);
  const met = ids(nodes);
  if (totalCount !== met.length || JSON.stringify(ids(backwards.nodes)) !== JSON.stringify(met))
    throw new Error(`${what} counts ${totalCount} and lists ${met} and, from its end, ${ids(backwards.nodes)}.`);
  if (met.toSorted().join() !== expected.toSorted().join()) throw new Error(`${what} lists ${met}, not ${expected}.`);
  return nodes;
}

/** What is mentioned, as a list of its own. Neither its length nor its count tells of what is hidden. */
const amongMentions: Door = {
  name: 'list of what a page mentions',
  shows: inLists,
  ask: async ({ send, fact, workspace }, resource) => {
    const page = workspace.resources.find(
      (one) => fact.seen.get(one.id) === 'WHOLE' && one.mentions.some(({ resourceId }) => resourceId === resource.id),
    );
    if (!page) return undefined;
    const { data } = await send({
      query: `{ page(id: "${page.id}") { all: mentions(first: 100) { ${LIST} } back: mentions(last: 100) { ${LIST} } } }`,
    });
    const { all, back } = data!.page as Record<'all' | 'back', ListAnswer>;
    const readable = page.mentions.flatMap(({ resourceId }) => {
      const target = workspace.resources.find(({ id }) => id === resourceId);
      return target && !target.inTrash && fact.seen.get(resourceId) === 'WHOLE' ? [resourceId] : [];
    });
    return find(wholeList(all, back, [...new Set(readable)], `What ${page.name} mentions`), resource);
  },
};

const backlink: Door = {
  name: 'backlinks of a page that it mentions',
  shows: inLists,
  ask: async ({ send, fact, workspace }, resource) => {
    const target = workspace.resources.find(
      ({ id, kind }) =>
        kind === 'Page' &&
        fact.seen.get(id) === 'WHOLE' &&
        resource.mentions.some(({ resourceId }) => resourceId === id),
    );
    if (!target) return undefined;
    const { data } = await send({
      query: `{ page(id: "${target.id}") { all: backlinks(first: 100) { ${LIST} } back: backlinks(last: 100) { ${LIST} } } }`,
    });
    const { all, back } = data!.page as Record<'all' | 'back', ListAnswer>;
    const readable = workspace.resources.filter(
      ({ id, inTrash, mentions }) =>
        fact.seen.get(id) === 'WHOLE' && !inTrash && mentions.some(({ resourceId }) => resourceId === target.id),
    );
    const expected = readable.map(({ id }) => id);
    return find(wholeList(all, back, expected, `What mentions ${target.name}`), resource);
  },
};

/** What hits of a search show. Only what a search must find is among them, and what is found has its title marked. */
const searched = (name: string, query: (resource: ResourceModel) => string, inTrash = false): Door => ({
  name,
  shows: (seen, resource) => (seen === 'WHOLE' && resource.inTrash === inTrash ? 'WHOLE' : 'NOTHING'),
  ask: async ({ send, fact, workspace }, resource) => {
    const text = query(resource);
    const body = await send({
      query: `query Q($query: String!) { search(query: $query, first: 100, filter: { inTrash: ${inTrash} }) { totalCount
        nodes { isTitleHit resource { id title } highlights { blockId parts { text isMatch } } } } }`,
      variables: { query: text },
    });
    const found = listIn(body, 'search') as unknown as { totalCount: number; nodes: FoundHit[] } | null;
    if (!found) return 'NOTHING';
    const isDue = (one: ResourceModel) =>
      fact.seen.get(one.id) === 'WHOLE' &&
      one.inTrash === inTrash &&
      (text === 'see' ? one.mentions.length > 0 : one.title === text);
    const due = workspace.resources.filter(isDue).map(({ id }) => id);
    const met = found.nodes.map((hit) => hit.resource!.id!);
    if (found.totalCount !== met.length || met.toSorted().join() !== due.toSorted().join())
      throw new Error(`${text} should be found in ${due}, but ${found.totalCount} are: ${met}`);
    const hit = found.nodes.find((one) => one.resource!.id === resource.id);
    if (!hit) return 'NOTHING';
    const texts = hit.highlights.map(({ parts }) => parts.map((part) => part.text).join(''));
    const expected = text === 'see' ? resource.mentions.slice(0, 2).map(() => 'See …') : [resource.title];
    if (JSON.stringify(texts) !== JSON.stringify(expected)) throw new Error(`${text} is highlighted in ${texts}.`);
    return seenIn(hit.resource, resource);
  },
});

const withText = (door: Door): Door => ({
  ...door,
  ask: async (place, resource) => (resource.mentions.length > 0 ? door.ask(place, resource) : undefined),
});

interface FoundHit {
  resource: Shown;
  highlights: { parts: { text: string; isMatch: boolean }[] }[];
}

/** Both ends of a link must be read: what mentions a page is told to nobody who may not read that page. */
const backlinkOfUnread: Door = {
  name: 'backlinks of a page that is not read',
  shows: () => 'NOTHING',
  ask: async ({ send, fact, workspace }, resource) => {
    const target = workspace.resources.find(
      ({ id, kind }) =>
        kind === 'Page' &&
        fact.seen.get(id) !== 'WHOLE' &&
        resource.mentions.some(({ resourceId }) => resourceId === id),
    );
    if (!target) return undefined;
    const { data } = await send({
      query: `{ found: page(id: "${target.id}") { backlinks { totalCount } mentions { totalCount } breadcrumbs { id } } }`,
    });
    const found = data!.found as Record<string, unknown> | null;
    if (found && Object.values(found).some((one) => one !== null))
      throw new Error(`${target.name} is not read, but tells ${JSON.stringify(found)}.`);
    return 'NOTHING';
  },
};

/** The way down stops at the reach: what is above it adds nothing, not even to its length. */
const breadcrumb: Door = {
  name: 'breadcrumbs of something below',
  ask: async ({ send, fact, workspace }, resource) => {
    const byId = new Map(workspace.resources.map((one) => [one.id, one]));
    const above = (id: string | null): string[] => (id === null ? [] : [...above(byId.get(id)!.parentId), id]);
    const below = workspace.resources.find(
      ({ id, parentId }) => fact.seen.get(id) === 'WHOLE' && above(parentId).includes(resource.id),
    );
    if (!below) return undefined;
    const { data } = await send({
      query: `{ found: ${ROOTS[below.kind]}(id: "${below.id}") { breadcrumbs { id title } } }`,
    });
    const { breadcrumbs } = data!.found as { breadcrumbs: Shown[] };
    const expected = above(below.parentId).filter((id) => ['WHOLE', 'ID'].includes(fact.seen.get(id) ?? ''));
    const met = breadcrumbs.map((one) => one!.id);
    if (met.join() !== expected.join()) throw new Error(`The way to ${below.name} is ${met}, not ${expected}.`);
    return find(breadcrumbs, resource);
  },
};

const markdown: Door = {
  name: 'Markdown of a page',
  ask: async ({ send }, resource) => {
    if (resource.kind !== 'Page') return undefined;
    const query = 'query Q($id: ID!) { found: page(id: $id) { id markdown } }';
    const { data } = await send({ query, variables: { id: resource.id } });
    const found = data!.found as { id: string; markdown: string | null } | null;
    if (!found) return 'NOTHING';
    if (found.markdown === null) return 'ID';
    const lines = found.markdown.split('\n').filter((line) => line !== '');
    if (lines.length !== resource.mentions.length) throw new Error(`${resource.name} reads ${found.markdown}`);
    return 'WHOLE';
  },
};

const mentionedInMarkdown: Door = {
  name: 'mention in Markdown',
  shows: (seen) => (seen === 'WHOLE' ? 'WHOLE' : 'NOTHING'),
  ask: async ({ send, fact, workspace }, resource) => {
    const page = workspace.resources.find(
      (one) => fact.seen.get(one.id) === 'WHOLE' && one.mentions.some(({ resourceId }) => resourceId === resource.id),
    );
    if (!page) return undefined;
    const { data } = await send({ query: `{ page(id: "${page.id}") { markdown } }` });
    const text = (data!.page as { markdown: string }).markdown;
    const at = page.mentions.findIndex(({ resourceId }) => resourceId === resource.id);
    const line = text.split('\n').filter((one) => one !== '')[at];
    if (line === `See [${resource.title}](gatehouse:${resource.id})`) return 'WHOLE';
    if (line === 'See Unavailable page') return 'NOTHING';
    throw new Error(`A mention of ${resource.name} reads ${line}`);
  },
};

/** What is mentioned is looked for before a row without a table is refused, so that nothing is ever written here. */
const mentionedByWriter: Door = {
  name: 'mention in a block that somebody writes',
  shows: (seen) => (seen === 'NOTHING' ? 'NOTHING' : 'ID'),
  ask: async ({ send, fact, workspace }, resource) => {
    const page = workspace.resources.find(
      (one) => one.kind === 'Page' && !one.inTrash && fact.seen.get(one.id) === 'WHOLE',
    );
    if (!page) return undefined;
    const { data } = await send({
      query: `mutation M($input: AppendBlocksInput!) { found: appendBlocks(input: $input) { userErrors { code message } } }`,
      variables: { input: { pageId: page.id, blocks: [{ tableRow: { cells: [[{ mention: resource.id }]] } }] } },
    });
    if (!data) return undefined; // whoever acts as somebody else writes nothing
    const [error] = (data.found as { userErrors: { code: string; message: string }[] }).userErrors;
    if (error?.code === 'NOT_FOUND' && error.message === 'What is mentioned was not found.') return 'NOTHING';
    if (error?.code === 'INVALID') return 'ID';
    if (error?.code === 'CAPABILITY_MISSING') return undefined; // it may not write here
    throw new Error(`A mention of ${resource.name} is answered ${JSON.stringify(data)}`);
  },
};

interface MentionBlock {
  id: string;
  plainText: string;
  richText: { type: string; href: string | null; plainText: string; mention: Shown }[];
}

const related: Door = {
  name: 'relation value',
  shows: inLists,
  ask: async ({ send, fact, workspace }, resource) => {
    const row = workspace.resources.find(
      (one) => fact.seen.get(one.id) === 'WHOLE' && one.relations.includes(resource.id),
    );
    if (!row) return undefined;
    const query = `query Q($id: ID!) { page(id: $id) { properties { id ... on RelationValue { pages(first: 100) { ${LIST} } } } } }`;
    const { data } = await send({ query, variables: { id: row.id } });
    const values = (data!.page as { properties: { id: string; pages?: ListAnswer }[] }).properties;
    const { nodes, totalCount } = values.find(({ pages }) => pages)!.pages!;
    const trashed = (id: string) => workspace.resources.find((one) => one.id === id)!.inTrash;
    const readable = row.relations.filter((id) => fact.seen.get(id) === 'WHOLE' && !trashed(id));
    if (nodes.map((one) => one?.id).join() !== readable.join() || totalCount !== readable.length)
      throw new Error(`Expected ${readable} to be related, but got ${totalCount}, ${JSON.stringify(nodes)}.`);
    return find(nodes, resource);
  },
};

const grouped: Door = {
  name: 'group of the rows that point to it',
  shows: inLists,
  ask: async ({ send, fact, workspace }, resource) => {
    const row = workspace.resources.find(
      (one) =>
        fact.seen.get(one.id) === 'WHOLE' &&
        !one.inTrash &&
        one.relations.includes(resource.id) &&
        fact.seen.get(one.parentId ?? '') === 'WHOLE',
    );
    if (!row) return undefined;
    const query = `query Q($id: ID!) { dataSource(id: $id) { groups(first: 100, by: { property: { id: "rel" } }) {
      totalCount nodes { count key { value ... on PageKey { page { id title } } } values(id: "rel") { unique } } } } }`;
    const { data } = await send({ query, variables: { id: row.parentId } });
    const { groups } = data!.dataSource as { groups: { totalCount: number; nodes: GroupShown[] } };
    if (groups.totalCount !== groups.nodes.length) throw new Error(`${JSON.stringify(groups)} counts wrongly.`);
    return seenIn(groups.nodes.find(({ key }) => key?.value === resource.id)?.key?.page, resource);
  },
};
interface GroupShown {
  count: number;
  key: { value: string; page: Shown } | null;
}

/** What an installation says of all it reaches; people have none. */
const reachList: Door = {
  name: 'reach of its own installation',
  shows: (seen, { inTrash }) => (inTrash ? 'NOTHING' : seen),
  ask: async ({ send, fact }, resource) => {
    if (!('connection' in fact.asker)) return undefined;
    const query = '{ viewer { installation { reach(first: 100) { totalCount nodes { resource { id title } } } } } }';
    const { reach } = ((await send({ query })).data!.viewer as { installation: { reach: ReachAnswer } }).installation;
    if (reach.totalCount !== reach.nodes.length) throw new Error(`${JSON.stringify(reach)} counts wrongly.`);
    return find(
      reach.nodes.map((node) => node.resource),
      resource,
    );
  },
};
interface ReachAnswer {
  totalCount: number;
  nodes: { resource: Shown }[];
}

/** What is shared, as the share itself names it. */
const ownShare: Door = {
  name: 'resource of a share on it',
  ask: async ({ send, fact }, resource) => {
    if (!('connection' in fact.asker)) return undefined;
    const live = fact.asker.connection.shares.filter(({ state }) => state === 'LIVE' || state === 'EXPIRES_LATER');
    if (!live.some(({ resourceId }) => resourceId === resource.id)) return undefined;
    const query = '{ viewer { installation { shares(first: 100) { nodes { id resource { id title } } } } } }';
    const { shares } = ((await send({ query })).data!.viewer as { installation: { shares: ReachAnswer } }).installation;
    if (shares.nodes.length !== live.length)
      throw new Error(`Of ${live.length} shares it lists ${shares.nodes.length}.`);
    return find(
      shares.nodes.map((node) => node.resource),
      resource,
    );
  },
};

/** With ERROR in place of null: what is held answers with an error that says what is needed, what is missed with null. */
const strict: Door = {
  name: 'error text of @whenDenied(behave: ERROR)',
  ask: async ({ send }, resource) => {
    const body = await send({
      query: `query Q($id: ID!) @whenDenied(behave: ERROR) { found: node(id: $id) { id ... on Resource { title } } }`,
      variables: { id: resource.id },
    });
    const errors = body.errors ?? [];
    const found = body.data!.found as Shown;
    if (!found) return errors.length === 0 ? 'NOTHING' : undefined;
    if (found.title) return seenIn(found, resource);
    const [error] = errors;
    const due = error?.extensions?.code === 'CAPABILITY_MISSING' && String(error.path) === 'found,title';
    if (!due || errors.length !== 1 || body.extensions?.redactions) throw new Error(`Got ${JSON.stringify(body)}.`);
    return seenIn(found, resource);
  },
};

/** One receipt for each hidden field of what is held, none for what is read or missed. */
const receipts: Door = {
  name: 'receipts',
  ask: async ({ send }, resource) => {
    const body = await send({
      query: `query Q($id: ID!) { found: node(id: $id) { id ... on Resource { title label: title inTrash } } }`,
      variables: { id: resource.id },
    });
    const found = body.data!.found as Shown;
    const seen = seenIn(found, resource);
    const came = JSON.stringify(body.extensions?.redactions ?? []);
    const due = [
      ['inTrash', 'inTrash'],
      ['title', 'label'],
      ['title', 'title'],
    ].map(([field, key]) => ({
      coordinate: `${resource.kind}.${field}`,
      path: `found.${key}`,
      needs: [['CONTENT_READ']],
      count: 1,
    }));
    if (came !== JSON.stringify(seen === 'ID' ? due : []))
      throw new Error(`Receipts of what is seen ${seen}: ${came}.`);
    if (body.errors) throw new Error(`A hidden field is no error: ${JSON.stringify(body.errors)}.`);
    return seen;
  },
};

const EXPLAIN = `query Q($read: AccessQuestion!, $title: AccessQuestion!, $id: AccessQuestion!) {
  read: explainAccess(question: $read) { ...E } title: explainAccess(question: $title) { ...E }
  id: explainAccess(question: $id) { ...E } }
  fragment E on AccessExplanation { allowed sentence resource { id title } installedBy { name }
    steps { asked outcome detail needs has remedy shares { id access state expiresAt resource { id title } grantedBy { name } } } }`;

interface Explained {
  allowed: boolean;
  sentence: string;
  steps: { outcome: string }[];
}

/** Why? The verdict is what the other doors show, and what is not seen explains like what is missing. */
const explained = (name: string, asOwner: boolean): Door => ({
  name,
  ask: async ({ send, sendAsOwner, fact }, resource) => {
    if (!('connection' in fact.asker)) return undefined;
    const about = asOwner ? { installationId: fact.asker.connection.installationId } : null;
    const explain = async (resourceId: string): Promise<Record<'read' | 'title' | 'id', Explained>> => {
      const question = { about, resourceId };
      const body = await (asOwner ? sendAsOwner : send)({
        query: EXPLAIN,
        variables: {
          read: question,
          title: { ...question, coordinate: `${resource.kind}.title` },
          id: { ...question, coordinate: `${resource.kind}.id` },
        },
      });
      if (body.errors) throw new Error(JSON.stringify(body.errors));
      return body.data as never;
    };
    const found = await explain(resource.id);
    const { read, title, id } = found;
    if (read.allowed !== title.allowed) throw new Error(`READ and the title disagree: ${JSON.stringify(found)}.`);
    for (const { allowed, steps } of [read, title, id]) {
      const failed = steps.filter(({ outcome }) => outcome === 'FAILED').length;
      if (failed !== (allowed ? 0 : 1)) throw new Error(`${failed} questions failed: ${JSON.stringify(found)}.`);
    }
    if (id.allowed && !read.allowed && !read.sentence.includes('may name '))
      throw new Error(`It may name it, but is told: ${read.sentence}`);
    const seen = read.allowed ? 'WHOLE' : id.allowed ? 'ID' : 'NOTHING';
    const missing =
      asOwner || seen !== 'NOTHING' ? [] : await Promise.all(['nonsense', crypto.randomUUID()].map(explain));
    for (const one of missing) {
      if (JSON.stringify(one) !== JSON.stringify(found))
        throw new Error(`What is hidden explains ${JSON.stringify(found)}, what is missing ${JSON.stringify(one)}.`);
    }
    return seen;
  },
});

const NODE = 'query Q($id: ID!) { found: node(id: $id)';

/** A mutation that comes to what is there already, and so writes nothing: what its payload shows. Whoever may not update has
 *  no way to ask; what is out of reach must look missing, whatever else one may update. */
const echo = (
  name: string,
  mutation: string,
  shown: string,
  inputFor: (resource: ResourceModel, place: Place) => Record<string, unknown> | undefined,
): Door => ({
  name,
  ask: async (place, resource) => {
    const input = inputFor(resource, place);
    if (!input) return undefined;
    const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!`;
    const body = await place.send({
      query: `mutation M($input: ${type}) { done: ${mutation}(input: $input) { ${shown} userErrors { code message } } }`,
      variables: { input },
    });
    const { found, userErrors } = (body.data?.done ?? {}) as {
      found?: Shown | Shown[];
      userErrors?: { code: string }[];
    };
    if (!userErrors && body.errors?.[0]?.extensions?.code === 'FORBIDDEN') return undefined; // who asks as somebody else
    if (!userErrors) throw new Error(JSON.stringify(body));
    const code = userErrors[0]?.code;
    if (code === 'NOT_FOUND') return 'NOTHING';
    const { asker, seen } = place.fact;
    const updatesSome = !('connection' in asker) || asker.connection.capabilities.includes('CONTENT_UPDATE');
    if (code === 'CAPABILITY_MISSING' && updatesSome && seen.get(resource.id) === 'NOTHING') {
      throw new Error(`What is out of reach was told apart from what is missing: ${JSON.stringify(body)}.`);
    }
    if (code !== undefined) return undefined;
    return seenIn([found].flat()[0], resource);
  },
});

const ECHOES: Door[] = [
  echo('payload of updatePage', 'updatePage', 'found: page { id title }', ({ kind, id }) =>
    kind === 'Page' ? { id, icon: null } : undefined,
  ),
  echo('payload of updateDatabase', 'updateDatabase', 'found: database { id title }', ({ kind, id }) =>
    kind === 'Database' ? { id, icon: null } : undefined,
  ),
  echo('payload of updateDataSource', 'updateDataSource', 'found: dataSource { id title }', ({ kind, id }) =>
    kind === 'DataSource' ? { id, changes: [{ update: { property: { id: 'title' } } }] } : undefined,
  ),
  echo('payload of updateRows', 'updateRows', 'found: rows { id title }', ({ id, parentId }, { workspace }) =>
    workspace.resources.some((one) => one.id === parentId && one.kind === 'DataSource')
      ? { rows: [{ id }] }
      : undefined,
  ),
];

const EVENTS = `{ events(first: 100) { totalCount nodes { resourceId authors { id name ... on Person { email } }
  ... on PageEvent { page { id title } } ... on DatabaseEvent { database { id title } }
  ... on DataSourceEvent { dataSource { id title } } ... on CommentEvent { comment { plainText } page { id title } } } } }`;

interface EventAnswer {
  totalCount: number;
  nodes: {
    resourceId: string;
    authors: PersonShown[];
    page?: Shown;
    database?: Shown;
    dataSource?: Shown;
    comment?: { plainText: string } | null;
  }[];
}

/** Something has happened to each resource of the workspace (`Garden.happen`): who reads it is told. */
const happened: Door = {
  name: 'events',
  shows: (seen) => (seen === 'WHOLE' ? 'WHOLE' : 'NOTHING'),
  ask: async ({ send, fact, workspace }, resource) => {
    const body = await send({ query: EVENTS });
    const list = body.data?.events as EventAnswer | null | undefined;
    if (!list) {
      if (body.errors?.[0]?.extensions?.code === 'CAPABILITY_MISSING') return 'NOTHING';
      throw new Error(`Events are there or refused, but got ${JSON.stringify(body)}.`);
    }
    const heard = workspace.resources.filter(fact.hears).flatMap(textsOn).length;
    const due = workspace.resources.filter(({ id }) => fact.seen.get(id) === 'WHOLE').length + heard;
    if (list.nodes.length !== due || list.totalCount !== due)
      throw new Error(`Expected ${due} events, but got ${list.totalCount}: ${JSON.stringify(list.nodes)}.`);
    const event = list.nodes.find(({ resourceId }) => resourceId === resource.id);
    return event ? seenIn((event.page ?? event.database ?? event.dataSource) as Shown, resource) : 'NOTHING';
  },
};

export const RESOURCE_DOORS: Door[] = [
  happened,
  ...ECHOES,
  byId('node, inline fragment on the interface', `${NODE} { id ... on Resource { title } } }`),
  byId(
    'node, a fragment for each type',
    `${NODE} { id ... on Page { title } ... on Database { title } ... on DataSource { title } } }`,
  ),
  byId('node, named fragment', `${NODE} { ...R } } fragment R on Resource { id title }`),
  byId(
    'node, fragments within fragments',
    `${NODE} { ... on Node { ...A } } } fragment A on Resource { ...B } fragment B on Resource { ... on Node { id } ... on Page { title } ... on Database { title } ... on DataSource { title } }`,
  ),
  byId(
    'node, inline fragment without a type',
    `${NODE} { ... { id ... on Resource { ... @include(if: true) { title } } } } }`,
  ),
  byId('alias', `${NODE} { name: id ... on Resource { id: title } } }`, undefined, 'id', 'name'),
  byId('the same field twice', `${NODE} { id ... on Resource { title title } ... on Resource { title } } }`),
  byId(
    'included by variable',
    `query Q($id: ID!, $yes: Boolean = true) { found: node(id: $id) { id ... on Resource { title @include(if: $yes) } } }`,
  ),
  byId('id without dashes', `${NODE} { id ... on Resource { title } } }`, (id) => id.replaceAll('-', '')),
  byId('id in capitals', `${NODE} { id ... on Resource { title } } }`, (id) => id.toUpperCase()),
  {
    name: 'id as a literal',
    ask: async ({ send }, resource) => {
      const { data } = await send({ query: `{ found: node(id: "${resource.id}") { id ... on Resource { title } } }` });
      return seenIn(data!.found as Shown, resource);
    },
  },
  {
    name: 'nodes, between others',
    ask: async ({ send, workspace }, resource) => {
      const others = workspace.resources.map(({ id }) => id);
      const ids = [others[0]!, 'nonsense', resource.id, ...others];
      const query = 'query Q($ids: [ID!]!) { nodes(ids: $ids) { id ... on Resource { title } } }';
      const { data } = await send({ query, variables: { ids } });
      const nodes = data!.nodes as Shown[];
      if (nodes.length !== ids.length || nodes[1] !== null) throw new Error('nodes answers each id in its place.');
      return seenIn(nodes[2], resource);
    },
  },
  byKind('page, database or dataSource by id', 'id title'),
  byKind('page, database or dataSource through its interfaces', '... on Node { id } ... on Resource { title }'),
  {
    name: 'by id as another type',
    shows: () => 'NOTHING',
    ask: async ({ send }, resource) => {
      const others = Object.entries(ROOTS).filter(([kind]) => kind !== resource.kind);
      const query = `query Q($id: ID!) { ${others.map(([, root]) => `${root}(id: $id) { id title }`).join(' ')} user(id: $id) { id name } connection(id: $id) { id name } installation(id: $id) { id } }`;
      const { data, errors } = await send({ query, variables: { id: resource.id } });
      if (errors) throw new Error(JSON.stringify(errors));
      return Object.values(data ?? {}).every((one) => one === null) ? 'NOTHING' : undefined;
    },
  },
  inList('list, nodes', ({ nodes }) => nodes),
  inList('list, edges', ({ edges }) => edges.map(({ node }) => node)),
  walked('list, one at a time', false, 1),
  walked('list, two at a time from the end', true, 2),
  filtered('filter by a literal', (title) => ({ eq: title }), false),
  filtered('filter by a variable', (title) => ({ eq: title }), true),
  filtered('filter by a part of the title', (title) => ({ contains: title.slice(3, 15) }), true),
  filtered(
    'filter by the beginning in other letters',
    (title) => ({ startsWith: title.slice(0, 14).toUpperCase() }),
    false,
  ),
  {
    name: 'count',
    shows: inLists,
    ask: async ({ send }, resource) => {
      const list = LISTS[resource.kind];
      if (!list) return undefined;
      const body = await send({ query: `{ ${list}(filter: { title: { eq: "${resource.title}" } }) { totalCount } }` });
      return listIn(body, list)?.totalCount === 1 ? 'WHOLE' : 'NOTHING';
    },
  },
  {
    name: 'hasNextPage after what is listed before it',
    shows: inLists,
    ask: async ({ send }, resource) => {
      const list = LISTS[resource.kind];
      if (!list) return undefined;
      // Of two that could match, the edge between them tells whether the second is there.
      const at = resource.lastEditedAt.toISOString();
      const filter = `{ lastEditedAt: { onOrAfter: "${at}", onOrBefore: "${at}" } }`;
      const body = await send({
        query: `{ ${list}(first: 1, filter: ${filter}) { nodes { id title } pageInfo { hasNextPage } } }`,
      });
      const found = listIn(body, list);
      if (found?.pageInfo.hasNextPage) throw new Error('Nothing follows the only one of its minute.');
      return found ? find(found.nodes, resource) : 'NOTHING';
    },
  },
  {
    name: 'list of the trash',
    shows: (seen, { inTrash }) => (seen === 'WHOLE' && inTrash ? 'WHOLE' : 'NOTHING'),
    ask: async ({ send }, resource) => {
      const list = LISTS[resource.kind];
      if (!list) return undefined;
      const found = listIn(
        await send({ query: `{ ${list}(first: 100, filter: { inTrash: true }) { ${LIST} } }` }),
        list,
      );
      return found ? find(found.nodes, resource) : 'NOTHING';
    },
  },
  below,
  rowsBy('rows by who made them', (row) => ({ property: { id: 'by', people: among(row) } })),
  rowsBy('rows by who stands in them', (row) => ({ property: { id: 'who', people: among(row) } })),
  rowsBy('rows by when they were made', ({ createdAt }) => ({ createdAt: { equals: createdAt.toISOString() } })),
  rowsBy('rows sorted by what they point to', () => ({ and: [] }), [{ property: { id: 'rel' } }]),
  belowUnread,
  above,
  mentioned,
  amongMentions,
  backlink,
  backlinkOfUnread,
  searched('search for its title', ({ title }) => title),
  searched('search for its title in the trash', ({ title }) => title, true),
  withText(searched('search for a word of its text', () => 'see')),
  breadcrumb,
  markdown,
  mentionedInMarkdown,
  mentionedByWriter,
  related,
  grouped,
  reachList,
  ownShare,
  strict,
  receipts,
  explained('explainAccess, about oneself', false),
  explained('explainAccess, by an owner', true),
];

/** A door to what was said on a page: the texts, or null; `undefined` where it has no way to ask. */
export interface CommentDoor {
  name: string;
  /** It leads through the page itself. */
  needsPage?: boolean;
  ask(place: Place, page: ResourceModel): Promise<string[] | null | undefined>;
}

interface CommentShown {
  id: string;
  plainText: string | null;
  richText?: { plainText: string; mention: Shown }[];
}
interface DiscussionShown {
  id: string;
  comments: { totalCount: number; nodes: CommentShown[] };
}
type Listed<Item> = { totalCount: number; nodes: Item[] } | null | undefined;

const SAID = 'id plainText richText { plainText mention { id title } }';
const SAID_IN = `id isResolved comments(first: 9) { totalCount nodes { ${SAID} } }`;

/** The texts without what they mention, which has to show what the asker sees of that. */
function textsIn({ fact, workspace }: Place, page: ResourceModel, comments: CommentShown[]): string[] {
  const known = page.discussions.flatMap((discussion) => discussion.comments);
  return comments.map(({ id, plainText, richText }) => {
    const { text, resourceId } = known.find((one) => one.id === id)!;
    const target = workspace.resources.find((one) => one.id === resourceId);
    const seen = (target && fact.seen.get(target.id)) ?? 'NOTHING';
    const words = resourceId === null ? '' : seen === 'WHOLE' ? target!.title : 'Unavailable page';
    if (plainText !== `${text}${words}`) throw new Error(`It mentions what is seen ${seen}, but reads ${plainText}.`);
    const mention = richText?.[1]?.mention ?? null;
    if (target && seenIn(mention, target) !== seen) throw new Error(`Seen ${seen}: ${JSON.stringify(mention)}.`);
    return text;
  });
}

function textsOf(place: Place, page: ResourceModel, list: Listed<DiscussionShown>): string[] | null {
  if (!list) return null;
  if (list.totalCount !== list.nodes.length) throw new Error(`${JSON.stringify(list)} counts wrongly.`);
  for (const { comments } of list.nodes) {
    if (comments.totalCount !== comments.nodes.length) throw new Error(`${JSON.stringify(comments)} counts wrongly.`);
  }
  return textsIn(
    place,
    page,
    list.nodes.flatMap(({ comments }) => comments.nodes),
  );
}

export const COMMENT_DOORS: CommentDoor[] = [
  {
    name: 'discussions by the id of a page',
    ask: async (place, page) => {
      const query = `query Q($id: ID!) { found: discussions(pageId: $id, first: 9) { totalCount nodes { ${SAID_IN} } } }`;
      const { data, errors } = await place.send({ query, variables: { id: page.id } });
      const [code] = (errors ?? []).map(({ extensions }) => extensions?.code);
      if (code !== undefined && code !== 'CAPABILITY_MISSING') throw new Error(JSON.stringify(errors));
      return textsOf(place, page, data?.found as Listed<DiscussionShown>);
    },
  },
  {
    name: 'discussions of a page',
    needsPage: true,
    ask: async (place, page) => {
      const query = `query Q($id: ID!) { page(id: $id) { found: discussions(first: 9) { totalCount nodes { ${SAID_IN} } } } }`;
      const { data } = await place.send({ query, variables: { id: page.id } });
      return textsOf(place, page, (data!.page as { found: Listed<DiscussionShown> } | null)?.found);
    },
  },
  {
    name: 'comments of a page',
    needsPage: true,
    ask: async (place, page) => {
      const query = `query Q($id: ID!) { page(id: $id) { found: comments(last: 9) { totalCount edges { node { ${SAID} } } } } }`;
      const { data } = await place.send({ query, variables: { id: page.id } });
      const found = (data!.page as { found: { totalCount: number; edges: { node: CommentShown }[] } | null } | null)
        ?.found;
      if (!found) return null;
      const texts = textsIn(
        place,
        page,
        found.edges.map(({ node }) => node),
      );
      if (found.totalCount !== texts.length) throw new Error(`${JSON.stringify(found)} counts wrongly.`);
      return texts;
    },
  },
  {
    name: 'discussions of a block',
    needsPage: true,
    ask: async (place, page) => {
      if (page.discussions.some(({ blockId }) => blockId === null)) return undefined;
      const query = `query Q($id: ID!) { page(id: $id) { blocks(first: 9) { nodes { found: discussions(first: 9) {
        totalCount nodes { ${SAID_IN} } } } } } }`;
      const { data } = await place.send({ query, variables: { id: page.id } });
      const blocks = (data!.page as { blocks: { nodes: { found: Listed<DiscussionShown> }[] } | null } | null)?.blocks;
      const lists = (blocks?.nodes ?? []).flatMap(({ found }) => textsOf(place, page, found) ?? []);
      return lists.length === 0 ? null : lists;
    },
  },
  {
    name: 'node of a comment, and of its discussion',
    ask: async (place, page) => {
      const ids = page.discussions.flatMap(({ id, comments }) => [id, ...comments.map((one) => one.id)]);
      const query = `query Q($ids: [ID!]!) { nodes(ids: $ids) { id ... on Comment { ${SAID} } ... on Discussion { ${SAID_IN.slice(3)} } } }`;
      const { data } = await place.send({ query, variables: { ids } });
      const nodes = data!.nodes as ((CommentShown & Partial<DiscussionShown>) | null)[];
      if (nodes.every((one) => one === null)) return null;
      const found = nodes.filter((one) => one !== null);
      if (found.map(({ id }) => id).join() !== ids.join()) throw new Error(JSON.stringify(nodes));
      const inDiscussion = found.flatMap(({ comments }) => comments?.nodes ?? []);
      const alone = found.filter(({ comments }) => !comments);
      const texts = textsIn(place, page, alone);
      if (textsIn(place, page, inDiscussion).join() !== texts.join()) throw new Error(JSON.stringify(nodes));
      return texts;
    },
  },
  {
    name: 'event of a comment',
    ask: async (place, page) => {
      const { data, errors } = await place.send({ query: EVENTS });
      const list = data?.events as EventAnswer | null | undefined;
      if (!list && errors?.[0]?.extensions?.code === 'CAPABILITY_MISSING') return undefined;
      const comments = page.discussions.flatMap((discussion) => discussion.comments);
      const told = list!.nodes.flatMap(({ resourceId, comment }) =>
        comments.some(({ id }) => id === resourceId) ? [{ id: resourceId, plainText: comment?.plainText ?? null }] : [],
      );
      return told.length === 0
        ? null
        : textsIn(
            place,
            page,
            told.map((one) => ({ ...one, richText: mentionsOf(place, page) })),
          );
    },
  },
  {
    name: 'echo of a mutation that leaves a discussion open',
    ask: async (place, page) => {
      if (page.inTrash) return undefined;
      const [discussion] = page.discussions;
      const query = `mutation M($id: ID!) { done: resolveDiscussion(input: { id: $id, resolved: false }) {
        discussionId discussion { ${SAID_IN} } userErrors { code message } } }`;
      const { data } = await place.send({ query, variables: { id: discussion!.id } });
      const done = data?.done as {
        discussionId: string;
        discussion: DiscussionShown | null;
        userErrors: { code: string }[];
      };
      if (!done) return undefined; // who asks as somebody else
      const [error] = done.userErrors;
      const { seen } = place.fact;
      const code = error?.code;
      if (code === 'NOT_FOUND') return seen.get(page.id) === 'NOTHING' ? null : undefined;
      if (code !== undefined) return undefined;
      if (done.discussionId !== discussion!.id) throw new Error(JSON.stringify(done));
      return done.discussion && textsIn(place, page, done.discussion.comments.nodes);
    },
  },
  {
    name: 'explainAccess of the text of a comment',
    ask: async (place, page) => {
      const { asker } = place.fact;
      if (!('connection' in asker)) return undefined;
      const { data } = await place.send({
        query: 'query Q($q: AccessQuestion!) { explainAccess(question: $q) { allowed sentence steps { outcome } } }',
        variables: { q: { resourceId: page.id, coordinate: 'Comment.plainText' } },
      });
      return (data!.explainAccess as Explained).allowed ? textsOn(page) : null;
    },
  },
];

/** As an event shows it: what a comment mentions is not asked there. */
function mentionsOf({ fact, workspace }: Place, page: ResourceModel): NonNullable<CommentShown['richText']> {
  const target = workspace.resources.find(({ id }) => id === page.discussions[0]!.comments[0]!.resourceId);
  const seen = (target && fact.seen.get(target.id)) ?? 'NOTHING';
  const mention =
    target && seen !== 'NOTHING' ? { id: target.id, title: seen === 'WHOLE' ? target.title : null } : null;
  return [
    { plainText: '', mention: null },
    { plainText: '', mention },
  ];
}

/** A door to one person: her name and e-mail as they came, or `undefined` where it has no way to ask. */
export interface PersonDoor {
  name: string;
  ask(place: Place, person: PersonModel): Promise<{ name: unknown; email: unknown } | undefined>;
}

type PersonShown = { id: string; name?: unknown; email?: unknown } | null;

const personById = (name: string, query: string): PersonDoor => ({
  name,
  ask: async ({ send }, person) => {
    const { data } = await send({ query, variables: { id: person.id, ids: [person.id] } });
    const found = [data?.found].flat()[0] as PersonShown;
    if (found?.id !== person.id) throw new Error(`A person's id is never hidden, but got ${JSON.stringify(found)}.`);
    return { name: found.name, email: found.email };
  },
});

const findUser = (
  name: string,
  member: 'name' | 'email',
  how: string,
  asVariable: boolean,
  cut = (text: string) => text,
): PersonDoor => ({
  name,
  ask: async ({ send, fact, workspace }, person) => {
    const text = cut(person[member]);
    const filter = asVariable ? '$filter' : `{ ${member}: { ${how}: ${JSON.stringify(text)} } }`;
    const body = await send({
      query: `query Q${asVariable ? '($filter: UserFilter)' : ''} { users(first: 100, filter: ${filter}) { totalCount nodes { id } } }`,
      ...(asVariable && { variables: { filter: { [member]: { [how]: text } } } }),
    });
    const users = body.data!.users as { totalCount: number; nodes: { id: string }[] } | null;
    const see = member === 'email' ? fact.email : fact.name;
    const may = workspace.people.filter((one) => !('person' in fact.asker) || one !== fact.asker.person).every(see);
    if (!users) {
      // The same for somebody who exists and for nobody: nothing was looked at.
      if (may || body.errors?.[0]?.extensions?.code !== 'CAPABILITY_MISSING') throw new Error(JSON.stringify(body));
      return undefined;
    }
    if (!may) throw new Error(`A filter on a hidden field is an error, but got ${JSON.stringify(users)}.`);
    const listed = users.nodes.some(({ id }) => id === person.id);
    if (listed !== (person.role !== 'GUEST')) throw new Error(`${person.role} is listed: ${listed}.`);
    if (users.totalCount !== users.nodes.length) throw new Error('The count is wrong.');
    return { name: person.name, email: member === 'email' ? person.email : fact.email(person) ? person.email : null };
  },
});

/** A value of a row that names its author. */
const ofRow = (name: string, type: string, field: string, shape: 'one' | 'list'): PersonDoor => ({
  name,
  ask: async ({ send, fact, workspace }, person) => {
    const isRow = ({ parentId }: ResourceModel) =>
      workspace.resources.some(({ id, kind }) => id === parentId && kind === 'DataSource');
    const row = workspace.resources.find(
      (one) => isRow(one) && one.createdBy === person.id && fact.seen.get(one.id) === 'WHOLE',
    );
    if (!row) return undefined;
    const shown = 'id name ... on Person { email }';
    const selection = shape === 'one' ? shown : `totalCount nodes { ${shown} }`;
    const { data } = await send({
      query: `query Q($id: ID!) { page(id: $id) { properties { ... on ${type} { found: ${field} { ${selection} } } } } }`,
      variables: { id: row.id },
    });
    const values = (data!.page as { properties: { found?: PersonShown | { nodes: PersonShown[] } }[] }).properties;
    const value = values.find(({ found }) => found)?.found;
    const found = (value && 'nodes' in value ? value.nodes[0] : value) as PersonShown | undefined;
    if (found?.id !== person.id)
      throw new Error(`Expected ${person.id} in the row, but got ${JSON.stringify(values)}.`);
    return { name: found.name, email: found.email };
  },
});

export const PERSON_DOORS: PersonDoor[] = [
  personById('user, inline fragment', 'query Q($id: ID!) { found: user(id: $id) { id name ... on Person { email } } }'),
  personById(
    'user, all in one fragment',
    'query Q($id: ID!) { found: user(id: $id) { ... on Person { id name email } } }',
  ),
  personById(
    'user, named fragments',
    'query Q($id: ID!) { found: user(id: $id) { ...U ...P } } fragment U on User { id name } fragment P on Person { email }',
  ),
  personById(
    'node, through its interfaces',
    'query Q($id: ID!) { found: node(id: $id) { ... on Node { id } ... on User { name ... on Person { email } } } }',
  ),
  personById(
    'nodes',
    'query Q($ids: [ID!]!) { found: nodes(ids: $ids) { id ... on User { name } ... on Person { email } } }',
  ),
  {
    name: 'alias `name: email` and `email: name`',
    ask: async ({ send }, person) => {
      const { data } = await send({
        query: 'query Q($id: ID!) { found: user(id: $id) { ... on Person { id name: email email: name } } }',
        variables: { id: person.id },
      });
      const found = data!.found as { name: unknown; email: unknown };
      return { name: found.email, email: found.name };
    },
  },
  {
    name: 'author of an event',
    ask: async ({ send, fact, workspace }, person) => {
      const page = workspace.resources.find((one) => one.createdBy === person.id && fact.seen.get(one.id) === 'WHOLE');
      if (!page) return undefined;
      const { data } = await send({ query: EVENTS });
      const event = (data!.events as EventAnswer).nodes.find(({ resourceId }) => resourceId === page.id);
      const [author] = event?.authors ?? [];
      if (author?.id !== person.id) throw new Error(`Expected the author ${person.id}: ${JSON.stringify(event)}.`);
      return { name: author.name, email: author.email };
    },
  },
  {
    name: 'author of a page',
    ask: async ({ send, fact, workspace }, person) => {
      const page = workspace.resources.find((one) => one.createdBy === person.id && fact.seen.get(one.id) === 'WHOLE');
      if (!page) return undefined;
      const { data } = await send({
        query:
          'query Q($id: ID!) { node(id: $id) { ... on Resource { createdBy { id name ... on Person { email } } } } }',
        variables: { id: page.id },
      });
      const author = (data!.node as { createdBy: PersonShown }).createdBy;
      if (author?.id !== person.id)
        throw new Error(`Expected the author ${person.id}, but got ${JSON.stringify(author)}.`);
      return { name: author.name, email: author.email };
    },
  },
  {
    name: 'author of a comment',
    ask: async ({ send, fact, workspace }, person) => {
      const page = workspace.resources.find(
        (one) => one.kind === 'Page' && one.createdBy === person.id && fact.hears(one),
      );
      if (!page) return undefined;
      const { data } = await send({
        query: `query Q($id: ID!) { node(id: $id) { ... on Comment { createdBy { id name ... on Person { email } } } } }`,
        variables: { id: page.discussions[0]!.comments[0]!.id },
      });
      const author = (data!.node as { createdBy: PersonShown }).createdBy;
      if (author?.id !== person.id) throw new Error(`Expected the author ${person.id}: ${JSON.stringify(author)}.`);
      return { name: author.name, email: author.email };
    },
  },
  {
    name: 'author in a list',
    ask: async ({ send, fact, workspace }, person) => {
      const page = workspace.resources.find(
        (one) => one.kind === 'Page' && one.createdBy === person.id && fact.seen.get(one.id) === 'WHOLE',
      );
      if (!page) return undefined;
      const { data } = await send({
        query: '{ pages(first: 100) { edges { node { id createdBy { id name ... on Person { email } } } } } }',
      });
      const { edges } = data!.pages as { edges: { node: { id: string; createdBy: PersonShown } }[] };
      const author = edges.find(({ node }) => node.id === page.id)!.node.createdBy!;
      return { name: author.name, email: author.email };
    },
  },
  ofRow('author of a row, in a column', 'CreatedByValue', 'createdBy', 'one'),
  ofRow('who last changed a row, in a column', 'LastEditedByValue', 'lastEditedBy', 'one'),
  ofRow('column of people', 'PeopleValue', 'people', 'list'),
  {
    name: 'list of users',
    ask: async ({ send, fact }, person) => {
      const body = await send({
        query: '{ users(first: 100) { totalCount nodes { id name ... on Person { email } } } }',
      });
      const users = body.data!.users as { nodes: NonNullable<PersonShown>[] } | null;
      if (!users) {
        if (!fact.refused.includes('users')) throw new Error(JSON.stringify(body));
        return undefined;
      }
      const found = users.nodes.find(({ id }) => id === person.id);
      if (!found && person.role !== 'GUEST') throw new Error('A member is listed.');
      if (found && person.role === 'GUEST') throw new Error('A guest is not listed.');
      return found && { name: found.name, email: found.email };
    },
  },
  findUser('filter by e-mail, literal', 'email', 'eq', false),
  findUser('filter by e-mail, variable', 'email', 'eq', true),
  findUser('filter by the beginning of an e-mail', 'email', 'startsWith', true, (text) => text.slice(0, 12)),
  findUser('filter by name', 'name', 'contains', false, (text) => text.slice(2, 15)),
];

/** A door to the schema: whether it says that the asker may use this coordinate, or `undefined` where it has no way to ask. */
export interface SchemaDoor {
  name: string;
  ask(place: Place, coordinate: string): Promise<boolean | undefined>;
}

const explainedCoordinate = (name: string, asOwner: boolean): SchemaDoor => ({
  name,
  ask: async ({ send, sendAsOwner, fact }, coordinate) => {
    if (!('connection' in fact.asker)) return undefined;
    const about = asOwner ? { connectionId: fact.asker.connection.id } : null;
    const { data } = await (asOwner ? sendAsOwner : send)({
      query: 'query Q($q: AccessQuestion!) { explainAccess(question: $q) { allowed sentence steps { detail } } }',
      variables: { q: { about, coordinate } },
    });
    return (data!.explainAccess as Explained).allowed;
  },
});

const namesOf = (list: { name: string }[] | null | undefined): string[] => (list ?? []).map(({ name }) => name);

export const SCHEMA_DOORS: SchemaDoor[] = [
  {
    name: 'fieldAccess',
    ask: async ({ send }, coordinate) => {
      const query = 'query Q($c: [String!]!) { fieldAccess(coordinates: $c) { coordinate allowed } }';
      const { data } = await send({ query, variables: { c: [coordinate] } });
      const [found] = data!.fieldAccess as { coordinate: string; allowed: boolean }[];
      if (found?.coordinate !== coordinate) throw new Error(`fieldAccess does not know ${coordinate}.`);
      return found.allowed;
    },
  },
  explainedCoordinate('explainAccess, about oneself', false),
  explainedCoordinate('explainAccess, by an owner', true),
  {
    name: '__type',
    ask: async ({ send }, coordinate) => {
      const [type, field] = coordinate.split('.');
      const query =
        'query Q($t: String!) { __type(name: $t) { fields(includeDeprecated: true) { name } inputFields { name } } }';
      const { data } = await send({ query, variables: { t: type } });
      const found = data!.__type as { fields?: { name: string }[]; inputFields?: { name: string }[] } | null;
      return namesOf(found?.fields ?? found?.inputFields).includes(field!);
    },
  },
  {
    name: '__schema',
    ask: async ({ send }, coordinate) => {
      const [type, field] = coordinate.split('.');
      const { data } = await send({ query: '{ __schema { types { name fields { name } inputFields { name } } } }' });
      const { types } = data!.__schema as {
        types: { name: string; fields?: { name: string }[]; inputFields?: { name: string }[] }[];
      };
      const found = types.find(({ name }) => name === type);
      return namesOf(found?.fields ?? found?.inputFields).includes(field!);
    },
  },
  {
    name: 'schemaSdl',
    ask: async ({ send }, coordinate) => {
      const [type, field] = coordinate.split('.');
      const { data } = await send({ query: '{ schemaSdl }' });
      const body = new RegExp(`^(?:type|input|interface) ${type}\\b[^{]*\\{([\\s\\S]*?)^\\}`, 'm').exec(
        String(data?.schemaSdl),
      )?.[1];
      return body !== undefined && new RegExp(`^ {2}${field}\\b`, 'm').test(body);
    },
  },
];
