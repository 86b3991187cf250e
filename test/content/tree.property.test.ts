// Random sequences of commands, by random callers with random shares, against a map and walks (tree-model.ts): each is
// carried out or refused as the model says, and afterwards `node` and every list agree with it for each of the callers.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConnection } from '../../src/connection/lifecycle.js';
import { type Actor, operatorOf } from '../../src/gate/actor.js';
import { CAPABILITIES } from '../../src/gate/capability.js';
import { type Id, newId } from '../../src/lib/id.js';
import { actAs } from '../../src/server/authenticate.js';
import { grantShare } from '../../src/share/lifecycle.js';
import { anotherWorkspace, operator } from '../actors.js';
import { type Asked, askAs, mutate } from '../asking.js';
import { CASES_TIMEOUT_MS, cases, tally } from '../gate/cases.js';
import { openWorld, type World } from '../world.js';
import { type Access, type Command, type Kind, type ModelNode, type Shares, TreeModel } from './tree-model.js';
import { expectSoundTree } from './writing.js';

const TITLE = 'Commands on the tree';
const KINDS: Kind[] = ['Page', 'Page', 'Page', 'Database', 'DataSource'];
const ANY: Kind[] = ['Page', 'Database', 'DataSource'];
const VERBS = [
  'create',
  'create',
  'create',
  'move',
  'move',
  'trash',
  'trash',
  'restore',
  'restore',
  'delete',
  'update',
  'lock',
  'unlock',
] as const;

/** What is to be done; numbers choose among what is there by then. */
interface Step {
  verb: (typeof VERBS)[number] | 'share';
  by: number;
  kind: Kind;
  target: number;
  parent: number;
  access: Access[];
}

/** Each alike: small ones are no likelier. */
const number = fc.noBias(fc.nat(9_999));

const step: fc.Arbitrary<Step> = fc.record({
  verb: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...VERBS) },
    { weight: 1, arbitrary: fc.constant('share' as const) },
  ),
  by: fc.constantFrom(0, 0, 0, 1, 1, 2),
  kind: fc.constantFrom(...KINDS),
  target: number,
  parent: number,
  access: fc.subarray<Access>(['READ', 'UPDATE', 'INSERT'], { minLength: 1 }),
});

/** What there is before the first command. */
const seedlings = fc.array(fc.record({ kind: fc.constantFrom(...KINDS), parent: number }), {
  minLength: 15,
  maxLength: 15,
});

let world: World;
beforeAll(async () => {
  world = await openWorld({ limits: { maxCost: 10_000_000 } });
});
afterAll(() => world[Symbol.asyncDispose]());

interface Caller {
  actor: Actor;
  installationId: Id | null;
  shares: Shares;
}

class Garden {
  readonly model = new TreeModel();
  /** Everything there ever was, in order. */
  readonly known: { id: Id; kind: Kind }[] = [];

  constructor(
    readonly workspaceId: Id,
    readonly callers: readonly Caller[],
  ) {}

  static async open(): Promise<Garden> {
    const workspaceId = await anotherWorkspace(world);
    const connection = async (): Promise<Caller> => {
      const made = await createConnection(operator(world, workspaceId), {
        name: 'Writer',
        capabilities: [...CAPABILITIES],
      });
      const installationId = made.installation.id;
      return { actor: (await actAs(installationId, world.store.reader()))!, installationId, shares: new Map() };
    };
    const all: Caller = { actor: operatorOf(workspaceId), installationId: null, shares: 'ALL' };
    return new Garden(workspaceId, [all, await connection(), await connection()]);
  }

  /** One of all that ever was of these kinds; rarely something that never was. */
  choose(number: number, kinds: readonly Kind[]): { id: Id; kind: Kind } {
    const among = this.known.filter(({ kind }) => kinds.includes(kind));
    if (among.length === 0 || number % 30 === 0) return { id: newId(), kind: kinds[0]! };
    return among[number % among.length]!;
  }

  /** What makes the trash deep: to be brought back or deleted something that was thrown away comes first, and to be thrown
   *  away something above it. */
  private inTheTrash(verb: Step['verb'], number: number): { id: Id; kind: Kind } | undefined {
    if (!['trash', 'restore', 'delete'].includes(verb) || number % 4 === 0) return undefined;
    const thrown = [...this.model.nodes.values()].filter(({ id, trashedWith }) => trashedWith === id);
    const among = verb === 'trash' ? thrown.flatMap(({ id }) => this.model.upwards(id).slice(1)) : thrown;
    return among[number % among.length];
  }

  async take({ verb, by, kind, target, parent, access }: Step): Promise<void> {
    const caller = this.callers[by]!;
    if (verb === 'share') return this.share(this.callers[1 + (target % 2)]!, this.choose(parent, ANY).id, access);
    const chosen =
      this.inTheTrash(verb, target) ?? this.choose(target, verb === 'move' || verb === 'update' ? [kind] : ANY);
    if (verb === 'update' && chosen.kind === 'DataSource') return; // columns and title of data sources: test/content/schema.test.ts
    if ((verb === 'lock' || verb === 'unlock') && chosen.kind === 'DataSource') return;
    const title = `Title ${target}`;
    if (verb === 'create') return this.create(caller, kind, this.parentFor(kind, parent), title);
    if (verb === 'move') {
      const to = this.parentFor(chosen.kind, parent);
      const place = chosen.kind === 'DataSource' ? { databaseId: to!.id } : { parent: placeIn(to) };
      return this.send(
        caller,
        `move${chosen.kind}`,
        { id: chosen.id, ...place },
        { do: 'move', id: chosen.id, parent: to?.id ?? null },
      );
    }
    if (verb === 'update') {
      return this.send(
        caller,
        `update${chosen.kind}`,
        { id: chosen.id, title },
        { do: 'update', id: chosen.id, title },
      );
    }
    return this.send(caller, `${verb}${chosen.kind}`, { id: chosen.id }, { do: verb, id: chosen.id });
  }

  plant = (kind: Kind, parent: number): Promise<void> =>
    this.create(this.callers[0]!, kind, this.parentFor(kind, parent), 'Seedling');

  /** Null for the top. */
  private parentFor(kind: Kind, number: number): { id: Id; kind: Kind } | null {
    if (kind === 'DataSource') return this.choose(number, ['Database']);
    if (number % 7 === 0) return null;
    return this.choose(number, kind === 'Page' ? ['Page', 'DataSource'] : ['Page']);
  }

  private async create(
    caller: Caller,
    kind: Kind,
    parent: { id: Id; kind: Kind } | null,
    title: string,
  ): Promise<void> {
    const place = kind === 'DataSource' ? { databaseId: parent!.id } : { parent: placeIn(parent) };
    const noun = kind === 'DataSource' ? 'dataSource' : kind.toLowerCase();
    const answers = `${noun} { id } ${kind === 'Database' ? 'dataSource { id }' : ''}`;
    const payload = await mutate(world, caller.actor, `create${kind}`, { ...place, title }, answers);
    const id: Id = payload[noun]?.id ?? newId();
    const command: Command = { do: 'create', kind, id, parent: parent?.id ?? null, title };
    expect(codeOf(payload), JSON.stringify(command)).toBe(this.model.apply(command, caller.shares));
    if (!this.model.nodes.has(id)) return;
    this.known.push({ id, kind });
    if (kind !== 'Database') return;
    const dataSourceId: Id = payload.dataSource.id;
    this.model.apply({ do: 'create', kind: 'DataSource', id: dataSourceId, parent: id, title });
    this.known.push({ id: dataSourceId, kind: 'DataSource' });
  }

  private async send(caller: Caller, mutation: string, input: object, command: Command): Promise<void> {
    const payload = await mutate(world, caller.actor, mutation, { ...input });
    const isAlone = this.model.below(command.id).length === 0;
    outcomes.add(`${command.do} ${codeOf(payload)}${isAlone ? '' : ' with something below'}`);
    expect(codeOf(payload), `${mutation} ${JSON.stringify(command)}`).toBe(this.model.apply(command, caller.shares));
  }

  private async share({ installationId, shares }: Caller, resourceId: Id, access: Access[]): Promise<void> {
    if (!this.model.nodes.has(resourceId)) return;
    await grantShare(operator(world, this.workspaceId), { installationId, resourceId, access });
    (shares as Map<Id, Access[]>).set(resourceId, access);
  }

  /** What the model says `node` and the lists answer to somebody. */
  expected(caller: Caller) {
    const { model } = this;
    const reads = (id: Id) => model.may(caller.shares, id, 'READ');
    const all = [...model.nodes.values()];
    const listed = (nodes: ModelNode[], isWanted: (node: ModelNode) => boolean): Id[] =>
      nodes
        .filter((node) => isWanted(node) && reads(node.id))
        .map(({ id }) => id)
        .sort();
    const below = (id: Id, kinds: Kind[]) =>
      listed(all, (node) => node.parent === id && kinds.includes(node.kind) && node.trashedWith === null);
    const nodes = this.known.map(({ id }) => {
      const node = model.nodes.get(id);
      if (!node || !model.reaches(caller.shares, id)) return null;
      const { kind, title, version, locked } = node;
      const own =
        kind === 'Page' ? below(id, ['Page', 'Database']) : below(id, kind === 'Database' ? ['DataSource'] : ['Page']);
      return reads(id)
        ? {
            id,
            title,
            version,
            inTrash: node.trashedWith !== null,
            locked: kind === 'DataSource' ? null : locked,
            below: own,
          }
        : { id, title: null, version: null, inTrash: null, locked: null, below: null };
    });
    const of = (kind: Kind, inTrash: boolean) =>
      listed(all, (node) => node.kind === kind && (node.trashedWith !== null) === inTrash);
    return {
      nodes,
      pages: of('Page', false),
      trashedPages: of('Page', true),
      databases: of('Database', false),
      trashedDatabases: of('Database', true),
    };
  }

  /** What they do answer. */
  async answered({ actor }: Caller) {
    const list = (name: string, inTrash: boolean) =>
      `${name}(first: 100, filter: { inTrash: ${inTrash} }) { totalCount nodes { id } }`;
    const { data, errors } = await askAs(
      world,
      actor,
      `query Q($ids: [ID!]!) {
         nodes(ids: $ids) { id
           ... on Page { title version inTrash isLocked list: children(first: 100) { totalCount nodes { id } } }
           ... on Database { title version inTrash isLocked dataSources { id } }
           ... on DataSource { title version inTrash rows(first: 100) { totalCount nodes { id } } } }
         pages: ${list('pages', false)} trashedPages: ${list('pages', true)}
         databases: ${list('databases', false)} trashedDatabases: ${list('databases', true)} }`,
      { ids: this.known.map(({ id }) => id) },
    );
    expect(errors).toBeUndefined();
    return shapeOf(data);
  }
}

const placeIn = (parent: { id: Id; kind: Kind } | null) =>
  parent === null ? { workspace: true } : parent.kind === 'Page' ? { pageId: parent.id } : { dataSourceId: parent.id };

/** What came about in any of the worlds. */
const outcomes = new Set<string>();

const codeOf = ({ userErrors }: { userErrors: { code: string }[] }): string => userErrors[0]?.code ?? 'OK';

interface Listed {
  totalCount: number;
  nodes: { id: Id }[];
}

/** Ids of a list; how many it says there are must be as many. */
function idsIn(list: Listed | { id: Id }[] | null | undefined): Id[] | null {
  if (list == null) return null;
  const nodes = Array.isArray(list) ? list : list.nodes;
  if (!Array.isArray(list)) expect(list.totalCount).toBe(nodes.length);
  return nodes.map(({ id }) => id).sort();
}

function shapeOf(data: Asked['data']) {
  const { nodes, ...lists } = data as { nodes: (Record<string, unknown> | null)[] } & Record<string, unknown>;
  return {
    nodes: nodes.map((node) => {
      if (node === null) return null;
      const { id, title, version, inTrash, isLocked = null } = node;
      const below = idsIn((node.list ?? node.dataSources ?? node.rows) as Listed | null | undefined);
      return { id, title, version, inTrash, locked: isLocked, below };
    }),
    ...Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, idsIn(list as Listed)])),
  };
}

test(
  'are carried out or refused as the model says, and every list agrees with it',
  async () => {
    const count = { worlds: 0, cases: 0 };
    const began = Date.now();
    await fc.assert(
      fc.asyncProperty(
        seedlings,
        fc.array(step, { minLength: 20, maxLength: 45, size: 'max' }),
        async (seeds, steps) => {
          const garden = await Garden.open();
          for (const { kind, parent } of seeds) await garden.plant(kind, parent);
          count.worlds++;
          for (const one of steps) {
            if (garden.known.length < 95) await garden.take(one);
            count.cases++;
          }
          await expectSoundTree(world, garden.workspaceId);
          for (const caller of garden.callers) expect(await garden.answered(caller)).toEqual(garden.expected(caller));
        },
      ),
      cases(TITLE, 30),
    );
    // Fewer worlds, on a machine that has other things to do, need not have come to all of it.
    for (const verb of count.worlds < 30 ? ['move', 'trash'] : ['move', 'trash', 'restore', 'delete']) {
      expect(outcomes).toContain(`${verb} OK with something below`);
    }
    tally(TITLE, count, began);
  },
  CASES_TIMEOUT_MS,
);
