// The demo workspace of a first start, and of whoever asks for one: small, always the same, and enough to see the gate
// at work.

import type { EntityManager } from '@mikro-orm/postgresql';
import type { CreateDemoWorkspace } from '../api/demo.js';
import { createConnection } from '../connection/lifecycle.js';
import type { BlockContent, BlockTree } from '../content/block-content.js';
import type { RichTextSpan } from '../content/rich-text.js';
import { type Actor, operatorOf, type PersonActor } from '../gate/actor.js';
import { ALL_BITS } from '../gate/capability.js';
import type { ImportPlan, PlannedPage } from '../importer/plan.js';
import { writePlan } from '../importer/write-plan.js';
import { derivedId, type Id } from '../lib/id.js';
import { createPerson } from '../people/lifecycle.js';
import { type PropertySchema, TITLE_PROPERTY_ID } from '../property/property.js';
import { grantShare } from '../share/lifecycle.js';
import type { Store } from '../store/store.js';
import type { KeyHolder } from '../unit-of-work.js';
import { createWorkspace } from '../workspace/lifecycle.js';

const NAME = 'Demo';
/** Any fixed id: everything in the demo is derived from it. */
const NAMESPACE = '7b0c2f4e-5d0f-5c53-9f0b-2d6c6a1f9e10';

export interface DemoWorkspace {
  workspaceId: Id;
  workspaceName: string;
  connectionId: Id;
  token: string;
}

/** Makes it when there is no workspace at all, whole or not at all; `null` when there is one. */
export function makeDemoWorkspace(store: Store): Promise<DemoWorkspace | null> {
  return store.em().transactional(async (transaction) => {
    const em = transaction as EntityManager;
    const [any] = await em.execute<object[]>('select 1 from workspace limit 1');
    if (any) return null;
    const workspace = await createWorkspace({ em: () => em }, { name: NAME });
    const { connectionId, token } = await furnish(store, {
      em: () => em,
      keys: store.keys,
      actor: operatorOf(workspace.id),
    });
    return { workspaceId: workspace.id, workspaceName: NAME, connectionId, token };
  });
}

/** Makes one more for somebody signed in, who becomes its owner. */
export const demoWorkspacesOf =
  (store: Store): CreateDemoWorkspace =>
  (caller) =>
    store.em().transactional(async (transaction) => {
      const em = () => transaction as EntityManager;
      const workspace = await createWorkspace({ ...caller, em }, { name: NAME });
      const owner: Actor = {
        ...(caller.actor as PersonActor),
        workspaceId: workspace.id,
        role: 'OWNER',
        bits: ALL_BITS,
      };
      const { token } = await furnish(store, { ...caller, em, actor: owner });
      return { workspace, token };
    });

/** Puts people, pages and a connection into the empty workspace of an owner or the operator. */
async function furnish(store: Store, caller: KeyHolder): Promise<{ connectionId: Id; token: string }> {
  await createPerson(caller, { name: 'Ada Example', email: 'ada@example.org', role: 'MEMBER' });
  await createPerson(caller, { name: 'Ben Example', email: 'ben@example.org', role: 'MEMBER' });
  const { plan, bodies } = demoPlan();
  await writePlan({
    em: caller.em,
    files: store.files,
    workspaceId: caller.actor.workspaceId,
    plan,
    blocksOf: async (page) => bodies.get(page.id) ?? [],
  });
  const { connection, token } = await createConnection(caller, {
    name: 'Demo reader',
    capabilities: ['CONTENT_READ', 'USER_READ'],
  });
  await grantShare(caller, { connectionId: connection.id, resourceId: id('handbook'), access: ['READ'] });
  return { connectionId: connection.id, token };
}

const id = (name: string): Id => derivedId(NAMESPACE, name);
const text = (value: string): RichTextSpan[] => [{ type: 'TEXT', text: value }];
const block = (content: BlockContent, children: BlockTree[] = []): BlockTree => ({ content, children });
const paragraph = (...richText: RichTextSpan[]): BlockTree => block({ type: 'PARAGRAPH', richText });

const STATUSES = [
  { name: 'Open', group: 'To do', color: 'GRAY' },
  { name: 'Doing', group: 'In progress', color: 'BLUE' },
  { name: 'Done', group: 'Complete', color: 'GREEN' },
] as const;

function demoPlan(): { plan: ImportPlan; bodies: Map<Id, BlockTree[]> } {
  const at = new Date('2026-01-05T09:00:00Z');
  const bodies = new Map<Id, BlockTree[]>();
  const page = (
    name: string,
    title: string,
    parent: PlannedPage['parent'],
    blocks: BlockTree[] = [],
    props?: PlannedPage['props'],
  ): PlannedPage => {
    bodies.set(id(name), blocks);
    return { id: id(name), parent, title, createdAt: at, lastEditedAt: at, sourcePath: null, ...(props && { props }) };
  };
  const below = (name: string): PlannedPage['parent'] => ({ kind: 'PAGE', id: id(name) });
  const row = (name: string, title: string, status: string, points: number, done: boolean) =>
    page(name, title, { kind: 'DATA_SOURCE', id: id('tasks source') }, [], {
      status: id(`status ${status}`),
      points,
      ...(done && { done }),
    });
  const columns: PropertySchema[] = [
    { id: TITLE_PROPERTY_ID, name: 'Task', type: 'TITLE' },
    {
      id: 'status',
      name: 'Status',
      type: 'STATUS',
      options: STATUSES.map(({ name, color }) => ({ id: id(`status ${name}`), name, color })),
      groups: STATUSES.map(({ name, group, color }) => ({
        id: id(`group ${group}`),
        name: group,
        color,
        optionIds: [id(`status ${name}`)],
      })),
    },
    { id: 'points', name: 'Points', type: 'NUMBER' },
    { id: 'done', name: 'Done', type: 'CHECKBOX' },
    { id: 'changed', name: 'Changed', type: 'LAST_EDITED_TIME' },
  ];
  const pages = [
    page('handbook', 'Handbook', null, [
      block({ type: 'HEADING', level: 1, richText: text('Welcome') }),
      paragraph({ type: 'TEXT', text: 'This page is shared with the demo connection, and so is everything below it.' }),
      paragraph(...text('This link leads to a page that is not shared: '), {
        type: 'MENTION',
        resourceId: id('board'),
      }),
      block({ type: 'TO_DO', checked: true, richText: text('Start Gatehouse') }),
      block({ type: 'TO_DO', checked: false, richText: text('Make a connection of your own') }),
    ]),
    page('first week', 'First week', below('handbook'), [paragraph(...text('Meet everybody. Read the handbook.'))]),
    page('board', 'Board minutes', null, [paragraph(...text('Not shared with the demo connection.'))]),
    row('task 1', 'Write the handbook', 'Done', 3, true),
    row('task 2', 'Plan the first week', 'Doing', 2, false),
    row('task 3', 'Order a desk', 'Open', 1, false),
  ];
  return {
    bodies,
    plan: {
      pages,
      databases: [
        {
          id: id('tasks'),
          dataSourceId: id('tasks source'),
          parent: { kind: 'PAGE', id: id('handbook') },
          title: 'Tasks',
          properties: columns,
          createdAt: at,
          lastEditedAt: at,
          sourcePath: 'demo',
        },
      ],
      files: [],
      inferred: [],
      skipped: [],
      fileCount: pages.length,
    },
  };
}
