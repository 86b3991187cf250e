// Reads facts: a page tree, people, askers with capabilities and shares, and what each asker sees of all of it. A fact
// says something about every object of its tree, so that nothing is forgotten.

import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { SHARE_ACCESS } from '../../src/gate/capability.js';
import type { Id } from '../../src/lib/id.js';
import {
  type AskerModel,
  type DiscussionModel,
  newConnection,
  newDiscussion,
  newPerson,
  newResource,
  newWorkspace,
  type PersonModel,
  type ResourceModel,
  type ShareModel,
  twinOf,
  type WorkspaceModel,
} from './model.js';

/** What may be seen of a resource: all of it, its id and nothing else, or nothing. */
export type Seen = 'WHOLE' | 'ID' | 'NOTHING';

export interface Fact {
  askerName: string;
  because: string;
  asker: AskerModel;
  seen: Map<Id, Seen>;
  /** Whether it may read what was said on this page. */
  hears(page: ResourceModel): boolean;
  /** Of this person. */
  name(person: PersonModel): boolean;
  email(person: PersonModel): boolean;
  /** Root fields that answer with CAPABILITY_MISSING. */
  refused: string[];
}

export interface Facts {
  title: string;
  workspace: WorkspaceModel;
  /** Another workspace with the same ids under other titles, all of it shared with everybody there. */
  elsewhere: WorkspaceModel;
  facts: Fact[];
}

interface Node {
  page?: string;
  database?: string;
  row?: string;
  by?: string;
  trash?: boolean;
  mentions?: string[];
  relates?: string[];
  children?: Node[];
  rows?: Node[];
}

interface File {
  title: string;
  tree: Node[];
  people?: { person: string; role?: PersonModel['role']; shares?: FileShare[] }[];
  askers: Record<
    string,
    { can?: typeof SHARE_ACCESS & never[]; shares?: FileShare[]; person?: string; installedBy?: string }
  >;
  facts: {
    asker: string;
    because: string;
    reads: string[];
    holds?: string[];
    misses: string[];
    /** Pages whose comments it reads; none when left out. */
    hears?: string[];
    names?: 'shown' | 'hidden';
    emails?: 'shown' | 'hidden' | 'own';
    refused: string[];
  }[];
}

interface FileShare {
  on: string;
  access?: ShareModel['access'];
  state?: ShareModel['state'];
}

/** Something was said on each page: by whoever made it, about its first block, and mentioning what that does. */
function saidOn({ mentions: [first], createdBy }: ResourceModel): DiscussionModel {
  return newDiscussion({ createdBy, blockId: first?.blockId ?? null, resourceIds: [first?.resourceId ?? null] });
}

const DIRECTORY = new URL('./facts/', import.meta.url);

export const factFiles = (): string[] => readdirSync(DIRECTORY).filter((name) => name.endsWith('.yaml'));

export function readFacts(fileName: string): Facts {
  const file = parse(readFileSync(new URL(fileName, DIRECTORY), 'utf8')) as File;
  const named = new Map<string, ResourceModel>();
  const resources: ResourceModel[] = [];
  const people = new Map(
    (file.people ?? [{ person: 'somebody' }]).map(({ person, role }) => [person, newPerson(role ? { role } : {})]),
  );
  const personNamed = (name: string): PersonModel => {
    const person = people.get(name);
    if (!person) throw new Error(`${fileName} knows no person ${name}.`);
    return person;
  };
  const put = (name: string, node: Node, kind: ResourceModel['kind'], parentId: Id | null): Id => {
    if (named.has(name)) throw new Error(`${fileName} has two objects named ${name}.`);
    const createdBy = node.by ? personNamed(node.by).id : null;
    const resource = newResource({
      at: resources.length,
      name,
      kind,
      parentId,
      createdBy,
      inTrash: node.trash ?? false,
    });
    named.set(name, resource);
    resources.push(resource);
    return resource.id;
  };
  const plant = (nodes: Node[], parentId: Id | null): void => {
    for (const node of nodes) {
      if (node.database) {
        const database = put(node.database, node, 'Database', parentId);
        plant(node.rows ?? [], put(`${node.database}'s source`, node, 'DataSource', database));
      } else plant(node.children ?? [], put((node.page ?? node.row)!, node, 'Page', parentId));
    }
  };
  plant(file.tree, null);
  const gone = randomUUID();
  const idOf = (name: string): Id => {
    const id = name === 'gone' ? gone : named.get(name)?.id;
    if (!id) throw new Error(`${fileName} speaks of ${name}, which is not in its tree.`);
    return id;
  };
  const link = (nodes: Node[]): void => {
    for (const node of nodes) {
      const resource = named.get((node.page ?? node.row ?? node.database)!)!;
      resource.mentions = (node.mentions ?? []).map((name) => ({ blockId: randomUUID(), resourceId: idOf(name) }));
      resource.relations = (node.relates ?? []).map(idOf);
      if (resource.kind === 'Page') resource.discussions = [saidOn(resource)];
      link([...(node.children ?? []), ...(node.rows ?? [])]);
    }
  };
  link(file.tree);
  const sharesOf = (shares: FileShare[] = []): ShareModel[] =>
    shares.map(({ on, access, state = 'LIVE' }) => ({
      resourceId: idOf(on),
      access: access ?? [...SHARE_ACCESS],
      state,
    }));
  for (const { person, shares } of file.people ?? []) personNamed(person).shares = sharesOf(shares);

  const askers = new Map<string, AskerModel>(
    Object.entries(file.askers).map(([name, { can = [], shares, person, installedBy }]) => [
      name,
      person
        ? { person: personNamed(person) }
        : {
            connection: newConnection({
              capabilities: can,
              shares: sharesOf(shares),
              installedBy: installedBy === undefined ? null : personNamed(installedBy),
            }),
          },
    ]),
  );
  const connections = [...askers.values()].flatMap((asker) => ('connection' in asker ? [asker.connection] : []));
  const facts = file.facts.map((fact): Fact => {
    const { reads, holds = [], misses, hears = [], names = 'hidden', emails = 'hidden' } = fact;
    const told = [...reads, ...holds, ...misses];
    if (new Set(told).size !== told.length || told.length !== resources.length) {
      throw new Error(`${fileName}, ${fact.asker}: a fact tells each object of the tree once, but it tells ${told}.`);
    }
    const asker = askers.get(fact.asker)!;
    const isAsker = (person: PersonModel): boolean => 'person' in asker && asker.person === person;
    return {
      askerName: fact.asker,
      because: fact.because,
      asker,
      hears: ({ id }) => hears.map(idOf).includes(id),
      seen: new Map([
        ...reads.map((name) => [idOf(name), 'WHOLE'] as const),
        ...holds.map((name) => [idOf(name), 'ID'] as const),
        ...misses.map((name) => [idOf(name), 'NOTHING'] as const),
      ]),
      name: (person) => names === 'shown' || isAsker(person),
      email: (person) => emails === 'shown' || isAsker(person),
      refused: fact.refused,
    };
  });
  const workspace = newWorkspace({ resources, people: [...people.values()], connections });
  return {
    title: file.title,
    workspace,
    elsewhere: twinOf(workspace),
    facts,
  };
}
