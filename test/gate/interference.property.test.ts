// Two workspaces that differ only in what is hidden from an asker answer it alike, byte for byte: cursors and the time
// of day aside.

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SHARE_ACCESS } from '../../src/gate/capability.js';
import { makeQuestion, makeWorld, questionShape, type RandomWorld, worldShape } from './arbitraries.js';
import { canary } from './canary.js';
import { CASES_TIMEOUT_MS, cases, tally } from './cases.js';
import { documentOf, portionsOf } from './document.js';
import { steady } from './judge.js';
import {
  type ConnectionModel,
  type Field,
  newDiscussion,
  newPerson,
  newResource,
  type ShareModel,
  type WorkspaceModel,
} from './model.js';
import { NEEDED, Oracle } from './oracle.js';
import { type Answered, Garden } from './plant.js';

/** The same workspace with everything changed that the connection must not notice. */
function disturbed(workspace: WorkspaceModel, connection: ConnectionModel): WorkspaceModel {
  const oracle = new Oracle(workspace, { connection });
  const reached = new Set(workspace.resources.filter(oracle.reaches).map(({ id }) => id));
  const holdsReached = (id: string): boolean =>
    reached.has(id) || workspace.resources.some((one) => one.parentId === id && holdsReached(one.id));
  const attic = newResource({ kind: 'Page', parentId: null, at: 500 });
  const loft = newResource({ kind: 'Page', parentId: attic.id, at: 501 });
  const gone = new Set<string>();
  const resources = workspace.resources.flatMap((one, index) => {
    const drop = !holdsReached(one.id) && (index % 2 === 0 || (one.parentId !== null && gone.has(one.parentId)));
    if (drop) {
      gone.add(one.id);
      return [];
    }
    // What is hidden above moves elsewhere: a path has no length to those who do not see it.
    const moves = one.parentId === null && !reached.has(one.id) && one.kind !== 'DataSource';
    const parentId = moves ? loft.id : one.parentId;
    const mentions = one.mentions.map((mention) =>
      reached.has(mention.resourceId) ? mention : { ...mention, resourceId: randomUUID() },
    );
    // Of what is said somewhere only that shows which may be read there, and of that no more than may be read elsewhere.
    const discussions = oracle.hears(one)
      ? one.discussions.map((discussion) => ({
          ...discussion,
          ...(!oracle.reads(one) && { blockId: randomUUID() }),
          comments: discussion.comments.map((comment) =>
            comment.resourceId === null || reached.has(comment.resourceId)
              ? comment
              : { ...comment, resourceId: randomUUID() },
          ),
        }))
      : one.kind === 'Page'
        ? [newDiscussion({ isResolved: index % 2 === 0 }), newDiscussion({ resourceIds: [attic.id, null] })]
        : [];
    if (oracle.reads(one)) {
      const relations = one.relations.filter((id) => oracle.reads(oracle.resource(id) ?? attic)).concat(attic.id);
      return [{ ...one, parentId, mentions, discussions, relations }];
    }
    // Columns show through any row that is reached.
    const columns = one.columns &&
      !holdsReached(one.id) && [
        { id: 'edited', name: canary('Column'), type: index % 3 === 0 ? 'NUMBER' : 'LAST_EDITED_TIME' },
      ];
    const hidden = {
      title: canary('Title'),
      inTrash: !one.inTrash,
      createdBy: null,
      relations: [attic.id],
      ...(columns && { columns }),
    };
    const times = { createdAt: new Date(2020, 1, index), lastEditedAt: new Date(2027, 1, index) };
    return [{ ...one, ...hidden, ...times, parentId, discussions, mentions: mentions.slice(1) }];
  });
  const more = [0, 1, 2].map((at) => newResource({ kind: 'Page', parentId: loft.id, at: 600 + at }));
  const people = workspace.people.map((one) => ({
    ...one,
    ...(!oracle.may('USER_READ') && { name: canary('Name') }),
    ...(!oracle.may('USER_READ_EMAIL') && { email: `${canary('mail')}@hidden.example` }),
    shares: one === connection.installedBy ? one.shares : [], // what she reaches it may notice
  }));
  // Shares that have ended or open nothing to it go, and others of that kind come above what it reaches.
  const counting = connection.shares.filter(({ access, state }) => {
    const live = state === 'LIVE' || state === 'EXPIRES_LATER';
    return live && access.some((one) => oracle.may(NEEDED[one]));
  });
  const useless = SHARE_ACCESS.filter((one) => !oracle.may(NEEDED[one]));
  const shares: ShareModel[] = [...counting, { resourceId: loft.id, access: ['READ'], state: 'REVOKED' }];
  if (useless.length > 0) shares.push({ resourceId: attic.id, access: useless, state: 'LIVE' });
  const others = workspace.connections.map((one) =>
    one === connection
      ? { ...one, shares }
      : { ...one, shares: [], ...(!oracle.may('USER_READ') && { name: canary('Bot') }) },
  );
  const strangers = oracle.may('USER_READ') ? [newPerson({ role: 'GUEST' })] : [newPerson(), newPerson()];
  return {
    ...workspace,
    resources: [attic, loft, ...resources, ...more],
    people: [...people, ...strangers],
    connections: others,
  };
}

/** Gives every data source a relation to the next one, and rollups along it. */
function rollUp({ resources }: WorkspaceModel): void {
  const sources = resources.filter(({ kind }) => kind === 'DataSource');
  for (const [index, source] of sources.entries()) {
    const next = sources[(index + 1) % sources.length]!.id;
    const rollup = (id: string, made: string, rollupPropertyId: string, relationPropertyId = 'next') => {
      return { id, name: id, type: 'ROLLUP', relationPropertyId, rollupPropertyId, function: made };
    };
    source.columns = [
      { id: 'edited', name: 'Edited', type: 'LAST_EDITED_TIME' },
      { id: 'next', name: 'Next', type: 'RELATION', dataSourceId: next },
      rollup('many', 'COUNT', 'title'),
      rollup('any', 'COUNT', 'title', 'rel'),
      rollup('stray', 'UNIQUE', 'title', 'rel'),
      rollup('share', 'PERCENT_EMPTY', 'rel'),
      rollup('latest', 'LATEST_DATE', 'edited'),
      rollup('span', 'DATE_RANGE', 'edited'),
      rollup('makers', 'SHOW_UNIQUE', 'by'),
      rollup('names', 'SHOW_ORIGINAL', 'title'),
      rollup('others', 'SHOW_UNIQUE', 'rel'),
      rollup('misfit', 'SUM', 'title'),
      rollup('nested', 'SUM', 'many'),
    ];
  }
}

/** Questions about each data source below. */
const SUMS = 16;

/** What rows come to, group by group and along relations: of everything there is, hidden or not. */
function sumsOf({ workspace }: RandomWorld): string[] {
  const list = 'totalCount nodes { id } edges { cursor } pageInfo { hasNextPage endCursor }';
  const groups = `totalCount nodes { count key { value ... on UserKey { user { id name } } ... on PageKey { page { id title } } }
    rel: values(id: "rel") { empty count unique } } edges { cursor } pageInfo { hasNextPage endCursor }`;
  const result = `id name ... on RelationValue { pages(first: 2) { ${list} } } ... on RollupValue { function result { __typename type
    ... on RollupNumber { number } ... on RollupDate { date } ... on RollupDateRange { start end } ... on RollupUnsupported { reason }
    ... on RollupValues { values(first: 2) { totalCount nodes { id name ... on TitleValue { title } ... on CreatedByValue { createdBy { id } }
      ... on RelationValue { pages(first: 3) { nodes { id } } } } edges { cursor } pageInfo { hasNextPage } } } } }`;
  const questions = [
    `aggregate { count rel: values(id: "rel") { empty notEmpty count unique } who: values(id: "who") { empty unique }
       by: values(id: "by") { unique } title: values(id: "title") { unique } edited: dates(id: "edited") { count earliest latest } }`,
    ...['rel', 'next', 'who', 'by', 'edited'].map(
      (by) => `groups(first: 2, by: { property: { id: "${by}" } }) { ${groups} }`,
    ),
    `groups(last: 2, by: { createdAt: { unit: WEEK, timeZone: "Europe/Berlin" } }) { ${groups} }`,
    `rows(first: 3) { nodes { id properties { ${result} } } }`,
    ...[
      'property: { id: "many", rollup: { number: { greaterThan: 0 } } }',
      'property: { id: "any", rollup: { number: { equals: 1 } } }',
      'not: { property: { id: "names", rollup: { any: { text: { contains: "a" } } } } }',
      'property: { id: "latest", rollup: { date: { isNotEmpty: true } } }',
      'property: { id: "next", relation: { isEmpty: true } }',
    ].map((filter) => `rows(first: 2, filter: { ${filter} }) { ${list} }`),
    ...['latest', 'many', 'misfit'].map((by) => `rows(first: 2, orderBy: [{ property: { id: "${by}" } }]) { ${list} }`),
  ];
  const sources = workspace.resources.filter(({ kind }) => kind === 'DataSource').slice(0, 2);
  const rows = workspace.resources.filter(({ parentId }) =>
    workspace.resources.some(({ id, kind }) => kind === 'DataSource' && id === parentId),
  );
  return [
    ...sources.map(
      ({ id }) =>
        `{ found: dataSource(id: "${id}") { id ${questions.map((field, i) => `s${i}: ${field}`).join('\n')} } }`,
    ),
    // Also where its data source is out of reach.
    ...rows.slice(0, 3).map(({ id }) => `{ found: page(id: "${id}") { id properties { ${result} } } }`),
  ];
}

/** Searches of each world. */
const SEARCHES = 12;

/** Words of what is hidden and of what is not, with ranks, highlights and the way on. */
function searchesOf({ workspace }: RandomWorld): string {
  const answer = `totalCount pageInfo { hasNextPage startCursor endCursor } edges { cursor }
    nodes { isTitleHit resource { id title breadcrumbs { id } } highlights { blockId parts { text isMatch } } }`;
  const [one, other, ...more] = workspace.resources.map(({ title }) => title);
  const typed = ['title', 'see', 'see or title', '"see unavailable"', `title -${one}`, `see or "${other}"`, ...more];
  const ways = [
    'last: 2, orderBy: RANK',
    'first: 3',
    'first: 50, orderBy: RANK',
    'first: 1, filter: { inTrash: true }',
  ];
  const fields = Array.from({ length: SEARCHES }, (_, n) => {
    const query = JSON.stringify(typed[n] ?? 'title');
    return `s${n}: search(query: ${query}, ${ways[n % ways.length]}) { ${answer} }`;
  });
  return `{ found: viewer { id } ${fields.join(' ')} }`;
}

const casesIn = (query: string): number =>
  query.startsWith('{ found: page') ? 1 : query.startsWith('{ found: viewer') ? SEARCHES : SUMS;

/** Why may it, and why may it not? Asked about everything there is, hidden or not. */
const whyOf = ({ workspace, neighbour }: RandomWorld): Field[] =>
  [...workspace.resources, ...neighbour.resources.slice(-1)].map(({ id, kind }, index): Field => {
    const action = [null, 'READ', 'UPDATE', 'COMMENT_READ'][index % 4];
    const coordinates = [null, `${kind}.title`, `${kind}.id`, 'Person.email', 'Page.children', 'Page.backlinks'];
    const others = [
      `${kind}.breadcrumbs`,
      'SearchHit.highlights',
      'Query.search',
      'Comment.plainText',
      'Page.discussions',
    ];
    const coordinate = [...coordinates, ...others][index % 11];
    const on = ['id', 'title', 'inTrash'].map((name) => ({ name }));
    const share = [
      { name: 'access' },
      { name: 'state' },
      { name: 'resource', fields: on },
      { name: 'grantedBy', fields: [{ name: 'id' }, { name: 'name' }] },
    ];
    const step = ['asked', 'outcome', 'detail', 'needs', 'has', 'remedy'].map((name) => ({ name }));
    return {
      name: 'explainAccess',
      alias: `why${index}`,
      args: { question: { resourceId: id, action, coordinate } },
      asVariables: true,
      fields: [
        { name: 'allowed' },
        { name: 'sentence' },
        { name: 'resource', fields: on },
        { name: 'steps', fields: [...step, { name: 'shares', fields: share }] },
      ],
    };
  });

/** Bytes in which only the length of each cursor is left, and no minute of an explanation: shares are as old as the world
 *  is. Receipts and errors are put in order: theirs is the order in
 *  which statements came back (found.test.ts). */
function settled(answered: Answered): string {
  const bytes = steady(answered)
    .replace(/"((?:start|end)?[cC]ursor)":"([^"]*)"/g, (_, name, cursor: string) => `"${name}":${cursor.length}`)
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, 'then');
  const start = bytes.indexOf('{');
  const body = JSON.parse(bytes.slice(start)) as Answered['body'];
  for (const list of [body.errors, body.extensions?.redactions]) {
    list?.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return bytes.slice(0, start) + JSON.stringify(body);
}

test('what is hidden can change as it likes: no byte of an answer moves', { timeout: CASES_TIMEOUT_MS }, async () => {
  const limits = { maxRollupCandidates: 2, maxCost: 10_000, maxAliases: 100 }; // so few that some orders look at too many
  await using here = await Garden.open(limits);
  await using there = await Garden.open(limits);
  const count = { worlds: 0, cases: 0 };
  const started = Date.now();
  const questions = fc.array(fc.option(questionShape, { freq: 10_000 }), { minLength: 24, maxLength: 24 });
  await fc.assert(
    fc.asyncProperty(worldShape, questions, async (shape, asked) => {
      const world = makeWorld(shape);
      const { workspace } = world;
      rollUp(workspace);
      await here.plant(workspace, world.neighbour);
      const info = ['startCursor', 'endCursor', 'hasNextPage'].map((name) => ({ name }));
      const walk: Field[] = ['pages', 'databases'].map((name) => ({
        name,
        args: { first: 2 },
        fields: [
          { name: 'pageInfo', fields: info },
          { name: 'edges', fields: [{ name: 'cursor' }] },
        ],
      }));
      const [connection] = workspace.connections;
      const other = disturbed(workspace, connection!);
      await there.plant(other);
      const asker = { connection: connection! };
      const made = asked.flatMap((one, index) => (one ? [makeQuestion(one, world, `q${index}`)] : []));
      for (const fields of portionsOf([...made, ...walk, ...whyOf(world)])) {
        const document = documentOf(fields);
        const [a, b] = await Promise.all([here.ask(workspace, asker, document), there.ask(other, asker, document)]);
        expect(settled(b), JSON.stringify({ document, connection, workspace, other })).toBe(settled(a));
        count.cases += fields.length;
      }
      for (const query of [...sumsOf(world), searchesOf(world)]) {
        const document = { query, variables: {} };
        const [a, b] = await Promise.all([here.ask(workspace, asker, document), there.ask(other, asker, document)]);
        expect(settled(b), JSON.stringify({ document, connection, workspace, other })).toBe(settled(a));
        expect(a.body.data, a.bytes).toHaveProperty('found');
        if (a.body.data?.found) count.cases += casesIn(query);
      }
      count.worlds++;
    }),
    cases('non-interference', 60),
  );
  tally('non-interference', count, started);
});
