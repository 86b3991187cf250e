// What the tests of the gate speak about: a world as plain data, and questions as plain data. The oracle answers them
// by the design, the gateway answers them over HTTP; nothing here knows how either does it.

import { randomUUID } from 'node:crypto';
import type { Actor, WorkspaceRole } from '../../src/gate/actor.js';
import { type Capability, SHARE_ACCESS, type ShareAccess } from '../../src/gate/capability.js';
import type { Id } from '../../src/lib/id.js';
import { mintToken } from '../../src/lib/secret.js';
import { canary } from './canary.js';

export type ResourceKind = 'Page' | 'Database' | 'DataSource';

export interface ResourceModel {
  /** For messages alone. */
  name: string;
  id: Id;
  kind: ResourceKind;
  parentId: Id | null;
  title: string;
  inTrash: boolean;
  createdAt: Date;
  lastEditedAt: Date;
  createdBy: Id | null;
  /** One block each, with the id of the block. Pages only. */
  mentions: { blockId: Id; resourceId: Id }[];
  /** What was said on it, the oldest first. Pages only. */
  discussions: DiscussionModel[];
  /** What the relation column holds. Rows only. */
  relations: Id[];
  /** Columns besides those that every data source has. A relation `next` among them holds what the other one holds. */
  columns?: { id: string; [member: string]: unknown }[];
}

export interface DiscussionModel {
  id: Id;
  /** A block of the page; `null` for the page itself. */
  blockId: Id | null;
  isResolved: boolean;
  createdBy: Id | null;
  comments: CommentModel[];
}

export interface CommentModel {
  id: Id;
  text: string;
  /** What it mentions after its text. */
  resourceId: Id | null;
}

export interface PersonModel {
  id: Id;
  name: string;
  email: string;
  role: WorkspaceRole;
  /** Of a guest. */
  shares: ShareModel[];
}

export interface ShareModel {
  resourceId: Id;
  access: ShareAccess[];
  state: 'LIVE' | 'EXPIRES_LATER' | 'EXPIRED' | 'REVOKED';
}

export interface ConnectionModel {
  id: Id;
  installationId: Id;
  botId: Id;
  name: string;
  token: string;
  capabilities: Capability[];
  shares: ShareModel[];
  /** Whose installation it is; `null` for that of the connection's own workspace. */
  installedBy: PersonModel | null;
}

export interface WorkspaceModel {
  id: Id;
  name: string;
  /** Parents before children. */
  resources: ResourceModel[];
  people: PersonModel[];
  connections: ConnectionModel[];
}

/** Who asks: a connection by its token, or somebody of the workspace in-process until people can sign in. */
export type AskerModel = { connection: ConnectionModel } | { person: PersonModel };

/** One field of a question. `on` puts it into a fragment on that type: inline, or a named one. */
export interface Field {
  name: string;
  alias?: string;
  args?: Record<string, unknown>;
  /** Arguments travel as variables instead of literals. */
  asVariables?: boolean;
  on?: string;
  named?: boolean;
  fields?: Field[];
}

export const keyOf = (field: Field): string => field.alias ?? field.name;

/** The part of the schema that the questions use. */
export const INTERFACES: Record<string, string[]> = {
  Page: ['Resource', 'Node'],
  Database: ['Resource', 'Node'],
  DataSource: ['Resource', 'Node'],
  ParagraphBlock: ['Block', 'Node'],
  Discussion: ['Node'],
  Comment: ['Node'],
  TitleValue: ['PropertyValue'],
  RelationValue: ['PropertyValue'],
  CreatedByValue: ['PropertyValue'],
  LastEditedByValue: ['PropertyValue'],
  PeopleValue: ['PropertyValue'],
  Person: ['User', 'Node'],
  Bot: ['User', 'Node'],
};

/** What a few coordinates need; the design's sentence for each is in the facts. */
export const NEEDS: Record<string, Capability | null> = {
  'Person.email': 'USER_READ_EMAIL',
  'UserFilter.email': 'USER_READ_EMAIL',
  'Person.name': 'USER_READ',
  'Bot.name': 'USER_READ',
  'Query.users': 'USER_READ',
  'Page.title': 'CONTENT_READ',
  'PageFilter.title': 'CONTENT_READ',
  'Query.pages': 'CONTENT_READ',
  'Query.databases': 'CONTENT_READ',
  'Page.id': null,
  'Person.id': null,
  'Query.node': null,
};

export const newResource = (
  input: Pick<ResourceModel, 'kind' | 'parentId'> & Partial<ResourceModel> & { at: number },
): ResourceModel => {
  const { at, ...rest } = input;
  const time = new Date(Date.UTC(2026, 0, 1) + at * 60_000);
  return {
    name: `${input.kind} ${at}`,
    id: randomUUID(),
    title: canary('Title'),
    inTrash: false,
    createdAt: time,
    lastEditedAt: time,
    createdBy: null,
    mentions: [],
    discussions: [],
    relations: [],
    ...rest,
  };
};

export const newDiscussion = ({
  resourceIds = [null],
  ...input
}: Partial<Omit<DiscussionModel, 'comments'>> & { resourceIds?: (Id | null)[] } = {}): DiscussionModel => ({
  id: randomUUID(),
  blockId: null,
  isResolved: false,
  createdBy: null,
  comments: resourceIds.map((resourceId) => ({ id: randomUUID(), text: canary('Comment'), resourceId })),
  ...input,
});

export const newPerson = (input: Partial<PersonModel> = {}): PersonModel => ({
  id: randomUUID(),
  name: canary('Name'),
  email: `${canary('mail')}@hidden.example`,
  role: 'MEMBER',
  shares: [],
  ...input,
});

export const newConnection = (input: Partial<ConnectionModel> = {}): ConnectionModel => ({
  id: randomUUID(),
  installationId: randomUUID(),
  botId: randomUUID(),
  name: canary('Bot'),
  token: mintToken(input.installedBy ? 'ACCESS' : 'INTERNAL'),
  capabilities: ['CONTENT_READ'],
  shares: [],
  installedBy: null,
  ...input,
});

export const newWorkspace = (input: Partial<WorkspaceModel> = {}): WorkspaceModel => ({
  id: randomUUID(),
  name: canary('Workspace'),
  resources: [],
  people: [],
  connections: [],
  ...input,
});

/** Another workspace with objects of the same ids under other titles, every one of them shared with a connection there:
 *  ids are unique within a workspace alone. */
export function twinOf({ resources }: WorkspaceModel): WorkspaceModel {
  const twins = resources.map((one) => ({
    ...one,
    title: canary('Title'),
    createdBy: null,
    inTrash: false,
    mentions: [],
    discussions: one.discussions.map((discussion) => ({
      ...discussion,
      blockId: null,
      createdBy: null,
      comments: discussion.comments.map(({ id }) => ({ id, text: canary('Comment'), resourceId: null })),
    })),
    relations: [],
  }));
  const shares = twins
    .filter(({ parentId }) => parentId === null)
    .map(({ id }): ShareModel => ({ resourceId: id, access: [...SHARE_ACCESS], state: 'LIVE' }));
  const reader = newConnection({ capabilities: SENSIBLE_SETS[95]!, shares });
  return newWorkspace({ resources: twins, people: [newPerson({ role: 'OWNER' })], connections: [reader] });
}

/** The words the connection's owner chose, plus what they imply. */
export const impliedToo = (capabilities: readonly Capability[]): Capability[] =>
  capabilities.includes('USER_READ_EMAIL')
    ? [...new Set<Capability>([...capabilities, 'USER_READ'])]
    : [...capabilities];

const CONTENT: Capability[] = ['CONTENT_READ', 'CONTENT_UPDATE', 'CONTENT_INSERT', 'COMMENT_READ', 'COMMENT_INSERT'];
const PEOPLE: Capability[][] = [[], ['USER_READ'], ['USER_READ', 'USER_READ_EMAIL']];

/** The 96 sets of capabilities that make sense: any of five, times none, names, names and e-mails. */
export const SENSIBLE_SETS: Capability[][] = Array.from({ length: 32 }, (_, bits) =>
  PEOPLE.map((people) => [...CONTENT.filter((_, index) => bits & (1 << index)), ...people]),
).flat();

/** Every string of a workspace that somebody may not be allowed to read. */
export const secretsOf = (workspace: WorkspaceModel): string[] => [
  ...workspace.resources.map(({ title }) => title),
  ...workspace.resources.flatMap(textsOn),
  ...workspace.people.flatMap(({ name, email }) => [name, email]),
  ...workspace.connections.map(({ name }) => name),
];

/** What was said on a page. */
export const textsOn = ({ discussions }: ResourceModel): string[] =>
  discussions.flatMap(({ comments }) => comments.map(({ text }) => text));

/** The person as the gateway takes her in-process. What a guest may is set here by design §3. */
export const actorOf = (workspace: WorkspaceModel, person: PersonModel, bits: number): Actor => ({
  kind: 'PERSON',
  workspaceId: workspace.id,
  personId: person.id,
  role: person.role,
  bits,
});
