// Random worlds and random questions for the properties. What fast-check shrinks are small numbers; ids, tokens and
// canaries are made anew for each run.

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { SHARE_ACCESS } from '../../src/gate/capability.js';
import { coreOf } from './canary.js';
import {
  type AskerModel,
  type Field,
  NEEDS,
  newConnection,
  newDiscussion,
  newPerson,
  newResource,
  newWorkspace,
  type ResourceModel,
  SENSIBLE_SETS,
  type ShareModel,
  twinOf,
  type WorkspaceModel,
} from './model.js';

const some = fc.nat(997); // an index, taken modulo the length of what it points into
const pick = <Item>(items: readonly Item[], index: number): Item => items[index % items.length]!;

const resourceShape = fc.record({
  kind: fc.constantFrom('page', 'row', 'page', 'row', 'database'),
  /** Small numbers keep near: deep trees need a parent that was made lately. */
  above: fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 6, arbitrary: fc.integer({ min: 1, max: 5 }) }),
  trash: fc.nat(11).map((n) => n === 1),
  author: fc.nat(9),
  /** Two objects of one minute: their order is by id. */
  sameTime: fc.nat(4).map((n) => n === 1),
  mentions: fc.array(some, { maxLength: 2 }),
  discussions: fc.array(
    fc.record({
      on: fc.nat(3),
      author: fc.nat(9),
      resolved: fc.boolean(),
      says: fc.array(some, { minLength: 1, maxLength: 2 }),
    }),
    { maxLength: 2 },
  ),
  relations: fc.array(some, { maxLength: 2 }),
});

const shareShape = fc.record({
  on: some,
  access: fc.oneof(
    fc.constant(0b11111),
    fc.constant(0b00001),
    fc.integer({ min: 1, max: 31 }),
    fc.integer({ min: 1, max: 15 }).map((bits) => bits << 1), // anything but READ
  ),
  state: fc.constantFrom<ShareModel['state'][]>('LIVE', 'LIVE', 'EXPIRES_LATER', 'EXPIRED', 'REVOKED'),
});

const connectionShape = fc.record({
  // Most can read content, else little is left to compare; each of the 96 sets still comes up.
  capabilities: fc.oneof(
    fc.integer({ min: 0, max: 95 }),
    fc.integer({ min: 0, max: 47 }).map((n) => Math.floor(n / 3) * 6 + 3 + (n % 3)),
  ),
  shares: fc.array(shareShape, { maxLength: 5 }),
  /** Most are at home; others a member or the guest installed for herself. */
  installedBy: fc.constantFrom<(number | null)[]>(null, null, 0, 1, 1),
});

export const worldShape = fc.record({
  resources: fc.array(resourceShape, { minLength: 3, maxLength: 18 }),
  connections: fc.array(connectionShape, { minLength: 2, maxLength: 3 }),
  guestShares: fc.array(shareShape, { maxLength: 3 }),
});
export type WorldShape = typeof worldShape extends fc.Arbitrary<infer Shape> ? Shape : never;

export interface RandomWorld {
  workspace: WorkspaceModel;
  /** Another workspace with objects of the same ids, other titles, and everything shared with everybody there. */
  neighbour: WorkspaceModel;
  askers: AskerModel[];
}

export function makeWorld({ resources: shapes, connections, guestShares }: WorldShape): RandomWorld {
  const people = (['MEMBER', 'GUEST', 'OWNER', 'MEMBER'] as const).map((role) => newPerson({ role }));
  const bots = connections.map(({ capabilities, installedBy }) =>
    newConnection({
      capabilities: SENSIBLE_SETS[capabilities]!,
      installedBy: installedBy === null ? null : people[installedBy]!,
    }),
  );
  const strangers = [newPerson(), newPerson({ role: 'GUEST' })];
  const resources: ResourceModel[] = [];
  const byId = new Map<string, ResourceModel>();
  const put = (resource: ResourceModel): ResourceModel => {
    resources.push(resource);
    byId.set(resource.id, resource);
    return resource;
  };
  const authors = [null, null, ...people.map(({ id }) => id), bots[0]!.botId, strangers[0]!.id, randomUUID()];
  shapes.forEach(({ kind, above, trash, author, sameTime }, index) => {
    const parents = resources.filter((one) => one.kind === (kind === 'row' ? 'DataSource' : 'Page'));
    const parent = above === 0 && kind !== 'row' ? undefined : parents.at(-Math.max(1, above));
    const common = { at: sameTime ? index - 1 : index, createdBy: pick(authors, author) };
    const inTrash = trash || parent?.inTrash === true; // what goes to the trash takes along what is below it
    const parentId = parent?.id ?? null;
    if (kind !== 'database') {
      put(newResource({ kind: 'Page', parentId, inTrash, ...common }));
      return;
    }
    const database = put(newResource({ kind: 'Database', parentId, inTrash, ...common }));
    put(newResource({ kind: 'DataSource', parentId: database.id, inTrash, ...common }));
  });
  const gone = randomUUID();
  const targets = [...resources.map(({ id }) => id), gone];
  const rows = resources.filter((one) => one.kind === 'Page' && !one.inTrash).map(({ id }) => id);
  resources
    .filter(({ kind }) => kind === 'Page')
    .forEach((page, index) => {
      const { mentions = [], relations = [], discussions = [] } = shapes[index % shapes.length]!;
      page.mentions = mentions.map((one) => ({ blockId: randomUUID(), resourceId: pick(targets, one) }));
      // On the page, on a block of it, and on a block that is gone.
      const places = [null, ...page.mentions.map(({ blockId }) => blockId), gone];
      page.discussions = discussions.map(({ on, author, resolved, says }) =>
        newDiscussion({
          blockId: pick(places, on),
          isResolved: resolved,
          createdBy: pick(authors, author),
          resourceIds: says.map((one) => pick([null, ...targets], one)),
        }),
      );
      if (page.parentId && byId.get(page.parentId)?.kind === 'DataSource') {
        page.relations = [...new Set(relations.map((one) => pick([...rows, gone], one)))];
      }
    });
  const sharesOf = (shares: { on: number; access: number; state: ShareModel['state'] }[]): ShareModel[] => {
    const open = new Set<string>();
    return shares.flatMap(({ on, access, state }) => {
      const { id: resourceId } = pick(resources, on);
      if (state !== 'REVOKED' && open.has(resourceId)) return []; // one open interval each
      if (state !== 'REVOKED') open.add(resourceId);
      return [{ resourceId, access: SHARE_ACCESS.filter((_, bit) => access & (1 << bit)), state }];
    });
  };
  bots.forEach((bot, index) => {
    bot.shares = sharesOf(connections[index]!.shares);
  });
  people[1]!.shares = sharesOf(guestShares);
  const workspace = newWorkspace({ resources, people, connections: bots });
  const neighbour = twinOf(workspace);
  neighbour.people = [...strangers, { ...people[0]!, role: 'OWNER' }];
  const lone = [0, 1].map((at) => newResource({ kind: 'Page', parentId: null, at }));
  neighbour.resources.push(...lone);
  // One person among them: a guest by her shares, or a member, for whom there is nothing to hide.
  const person = guestShares.length > 0 ? people[1]! : people[0]!;
  const askers: AskerModel[] = [...bots.map((connection) => ({ connection })), { person }];
  return { workspace, neighbour, askers };
}

export const questionShape = fc.record({
  kind: fc.nat(999),
  target: some,
  extra: some,
  style: fc.nat(63),
  first: fc.constantFrom(1, 2, 3, 20),
  last: fc.nat(3).map((n) => n === 1),
});
export type QuestionShape = typeof questionShape extends fc.Arbitrary<infer Shape> ? Shape : never;

/** A question about this world: one root field, under the alias `key`. */
export function makeQuestion(shape: QuestionShape, { workspace, neighbour }: RandomWorld, key: string): Field {
  const { target, extra, style, first, last } = shape;
  const asVariables = (style & 1) === 1;
  const named = (style & 2) === 2;
  const aliased = (style & 4) === 4;
  const through = (style & 8) === 8;
  const { resources, people, connections } = workspace;
  const pages = resources.filter((one) => one.kind === 'Page');
  const sources = resources.filter((one) => one.kind === 'DataSource');
  const ask = (name: string, args: Record<string, unknown>, fields?: Field[]): Field => ({
    name,
    alias: key,
    asVariables,
    ...(Object.keys(args).length > 0 && { args }),
    ...(fields && { fields }),
  });
  const spelt = (id: string): string =>
    style & 16 ? id.replaceAll('-', '') : (style & 48) === 32 ? id.toUpperCase() : id;
  const of = (on: string, field: Field): Field => ({ ...field, on, named });
  const title: Field = aliased ? { name: 'title', alias: 'id2' } : { name: 'title' };
  const name: Field = { name: 'name', ...(aliased && { alias: 'label' }) };
  const email: Field = { name: 'email', ...(aliased && { alias: 'title2' }) };
  const user: Field[] = [{ name: 'id' }, name, of('Person', email)];
  const bare: Field[] = [{ name: '__typename' }, { name: 'id' }];
  const resource: Field[] = [...bare, title, { name: 'inTrash' }, { name: pick(['createdAt', 'lastEditedAt'], extra) }];
  const page = { ...(last ? { last: first } : { first }) };
  const list = (fields: Field[]): Field[] => [
    { name: 'totalCount' },
    { name: 'pageInfo', fields: [{ name: 'hasNextPage' }, { name: 'hasPreviousPage' }] },
    through ? { name: 'edges', fields: [{ name: 'node', fields }] } : { name: 'nodes', fields },
  ];
  const missing = [randomUUID(), 'not-an-id', '', "' or true --", `${pick(resources, target).id}0`];
  const foreign = [...neighbour.resources.map(({ id }) => id), ...neighbour.people.map(({ id }) => id)];
  const blocks = pages.flatMap(({ mentions }) => mentions.map(({ blockId }) => blockId));
  const discussed = pages.flatMap(({ discussions }) =>
    discussions.flatMap(({ id, comments }) => [id, ...comments.map((one) => one.id)]),
  );
  const ids = [
    ...discussed,
    ...resources.map(({ id }) => id),
    ...resources.map(({ id }) => id),
    ...people.map(({ id }) => id),
    ...connections.map(({ botId }) => botId),
    ...blocks,
    ...foreign,
    ...missing,
  ];
  const anything = [
    ...bare,
    ...[title, { name: 'inTrash' }, { name: 'createdBy', fields: user }, { name: 'lastEditedBy', fields: user }].map(
      (one) => of('Resource', one),
    ),
    of('Resource', { name: 'parent', fields: [...bare, title] }),
    of('User', name),
    of('Person', email),
    of('Block', { name: 'plainText' }),
    of('Comment', { name: 'plainText' }),
    of('Comment', { name: 'discussion', fields: bare }),
    of('Discussion', { name: 'isResolved' }),
    of('Discussion', { name: 'page', fields: [...bare, title] }),
  ];
  const comment: Field[] = [
    ...bare,
    { name: 'plainText' },
    { name: 'richText', fields: [{ name: 'plainText' }, { name: 'mention', fields: [...bare, title] }] },
    { name: 'createdBy', fields: user },
  ];
  const discussion: Field[] = [
    ...bare,
    { name: 'isResolved' },
    { name: 'block', fields: [{ name: 'id' }, { name: 'plainText' }] },
    { name: pick(['createdBy', 'resolvedBy'], extra), fields: user },
    { name: 'comments', args: page, fields: list(comment) },
  ];
  const wanted = { ...page, ...pick([{}, { resolved: true }, { resolved: false }], extra) };
  const at = (kind: string): string =>
    spelt(
      pick([...resources.filter((one) => one.kind === kind), ...resources, { id: pick(missing, extra) }], target).id,
    );
  const needle = coreOf(pick([...resources, ...neighbour.resources], target).title);
  const titleFilter = pick(
    [
      { contains: needle.slice(2, 9) },
      { startsWith: `title-${needle.slice(0, 5)}` },
      { eq: `Title-${needle}` },
      { contains: 'e-' },
      { contains: pick(['%', '_', '\\', 'E-', '%-%'], target) },
      { startsWith: pick(['', '%', '_itle', 'TITLE'], target) },
      { eq: 'nowhere' },
    ],
    extra,
  );
  const words = ['title', 'see', 'See, TIT', 'nowhere', '', needle, `title ${needle.slice(0, 4)}`, `see ${needle}`];
  const person = pick([...people, ...neighbour.people, { email: 'nobody@hidden.example', name: 'Nobody' }], target);
  const filters = [
    { title: titleFilter },
    { title: titleFilter, inTrash: true },
    { inTrash: true },
    { lastEditedAt: { after: pick(resources, target).lastEditedAt.toISOString() } },
  ];
  const anybody = pick([...people.map(({ id }) => id), ...connections.map(({ botId }) => botId), ...ids], target);
  const rowFilters = [
    { property: { id: 'by', people: { contains: [anybody] } } },
    { property: { id: 'who', people: { contains: [anybody, 'me'] } } },
    { property: { id: 'who', people: { isEmpty: true } } },
    { property: { id: 'by', people: { isEmpty: false } } },
    { property: { id: 'rel', relation: { contains: [pick(resources, target).id] } } },
    { property: { id: 'rel', relation: { isEmpty: extra % 2 === 0 } } },
  ];
  const userFilters = [
    { email: { eq: person.email } },
    { email: { startsWith: person.email.slice(0, 9) } },
    { email: { contains: person.email.slice(5, 14) } },
    { email: null },
    { name: { eq: person.name } },
    { name: { contains: person.name.slice(3, 9) }, email: { eq: person.email } },
  ];
  const kinds: (() => Field)[] = [
    () => ask('node', { id: spelt(pick(ids, target)) }, anything),
    () => ask('node', { id: spelt(pick(resources, target).id) }, anything),
    () => ask('nodes', { ids: [target, extra, target + 7].map((one) => pick(ids, one)) }, anything),
    () => ask('page', { id: at('Page') }, through ? resource.map((one) => of('Resource', one)) : resource),
    () =>
      ask('page', { id: at('Page') }, [
        ...resource,
        { name: 'children', args: page, fields: list([...resource, { name: 'parent', fields: bare }]) },
      ]),
    () =>
      ask('page', { id: at('Page') }, [
        { name: 'id' },
        {
          name: 'parent',
          fields: [...resource, { name: 'parent', fields: [...resource, { name: 'parent', fields: resource }] }],
        },
      ]),
    () =>
      ask('page', { id: at('Page') }, [
        { name: 'id' },
        {
          name: 'blocks',
          args: { first: 20 },
          fields: list([
            ...bare,
            { name: 'plainText' },
            of('ParagraphBlock', {
              name: 'richText',
              fields: [{ name: 'plainText' }, { name: 'mention', fields: resource }],
            }),
          ]),
        },
      ]),
    () => ask('page', { id: at('Page') }, [...bare, { name: 'discussions', args: wanted, fields: list(discussion) }]),
    () => ask('page', { id: at('Page') }, [...bare, { name: 'comments', args: page, fields: list(comment) }]),
    () =>
      ask('discussions', { pageId: at('Page'), ...wanted }, list([...discussion, { name: 'page', fields: resource }])),
    () => ask('node', { id: spelt(pick([...discussed, ...ids], target)) }, anything),
    () =>
      ask('page', { id: at('Page') }, [
        { name: 'id' },
        {
          name: 'blocks',
          args: { first: 3 },
          fields: list([
            ...bare,
            { name: 'discussions', args: wanted, fields: list([...bare, { name: 'isResolved' }]) },
          ]),
        },
      ]),
    () =>
      ask('page', { id: spelt(pick(pages.length > 0 ? pages : resources, target).id) }, [
        { name: 'id' },
        { name: 'backlinks', args: page, fields: list(resource) },
        { name: 'mentions', args: page, fields: list(resource) },
      ]),
    () =>
      ask('node', { id: spelt(pick(resources, target).id) }, [
        of('Resource', { name: 'breadcrumbs', fields: resource }),
      ]),
    () =>
      ask('page', { id: spelt(pick(pages.length > 0 ? pages : resources, target).id) }, [
        { name: 'id' },
        {
          name: 'properties',
          fields: [
            { name: '__typename' },
            of('TitleValue', { name: 'title' }),
            of('RelationValue', { name: 'pages', args: page, fields: list(resource) }),
            of('CreatedByValue', { name: 'createdBy', fields: user }),
            of('LastEditedByValue', { name: 'lastEditedBy', fields: user }),
            of('PeopleValue', { name: 'people', args: page, fields: list(user) }),
          ],
        },
      ]),
    () =>
      ask('database', { id: at('Database') }, [
        ...resource,
        { name: 'dataSources', fields: [...resource, { name: 'name' }] },
      ]),
    () =>
      ask('dataSource', { id: at('DataSource') }, [...resource, { name: 'rows', args: page, fields: list(resource) }]),
    () =>
      ask('dataSource', { id: spelt(pick(sources.length > 0 ? sources : resources, target).id) }, [
        { name: 'name' },
        { name: 'parent', fields: [...resource, { name: 'parent', fields: resource }] },
        {
          name: 'rows',
          args: page,
          fields: list([
            { name: 'id' },
            { name: 'createdBy', fields: user },
            {
              name: 'properties',
              fields: [of('RelationValue', { name: 'pages', args: page, fields: list([{ name: 'id' }, title]) })],
            },
          ]),
        },
      ]),
    () =>
      ask('dataSource', { id: at('DataSource') }, [
        { name: 'id' },
        {
          name: 'rows',
          args: {
            ...page,
            filter: pick(rowFilters, extra),
            ...(through && { orderBy: [{ property: { id: 'rel' } }] }),
          },
          fields: list([...resource, { name: 'createdBy', fields: bare }]),
        },
      ]),
    () => ask('pages', page, list(resource)),
    () => ask('pages', { first: 40 }, list([...resource, { name: 'createdBy', fields: user }])),
    () => ask('pages', { ...page, filter: pick(filters, extra) }, list(resource)),
    () => ask('databases', page, list(resource)),
    () => ask('databases', { first: 20, filter: pick(filters, extra) }, list(resource)),
    () =>
      ask(
        'search',
        { ...page, query: pick(words, target) },
        list([{ name: 'isTitleHit' }, { name: 'resource', fields: resource }]),
      ),
    () =>
      ask(
        'search',
        { ...page, query: pick(words, extra), filter: { inTrash: through } },
        list([{ name: 'resource', fields: [...resource, { name: 'createdBy', fields: user }] }]),
      ),
    () => ask('users', { first: 50 }, list([...bare, ...user.slice(1)])),
    () => ask('users', { first: 50, filter: pick(userFilters, extra) }, list(user)),
    () => ask('users', { first: 50, filter: pick(userFilters, extra) }, [{ name: 'totalCount' }]),
    () =>
      ask(
        'user',
        { id: spelt(pick([...people.map((one) => one.id), ...connections.map((one) => one.botId), ...ids], target)) },
        [...bare, name, of('Person', email), of('Bot', { name: 'connection', fields: [{ name: 'id' }] })],
      ),
    () => ask('fieldAccess', { coordinates: Object.keys(NEEDS) }, [{ name: 'coordinate' }, { name: 'allowed' }]),
    () =>
      ask('viewer', {}, [
        { name: 'id' },
        { name: 'kind' },
        { name: 'capabilities' },
        { name: 'connection', fields: [{ name: 'id' }, { name: 'name' }] },
        {
          name: 'installation',
          fields: [{ name: 'id' }, { name: 'capabilities' }, { name: 'bot', fields: [...bare, { name: 'name' }] }],
        },
      ]),
  ];
  return pick(kinds, shape.kind)();
}
