// What the oracle holds in its hands while it answers: resources, blocks, people and lists of them.

import type { Id } from '../../src/lib/id.js';
import { windowOf } from './listing.js';
import type { CommentModel, ConnectionModel, DiscussionModel, PersonModel, ResourceModel } from './model.js';

export type Thing =
  | { type: 'Page' | 'Database' | 'DataSource'; resource: ResourceModel }
  | { type: 'ParagraphBlock'; page: ResourceModel; mention: { blockId: Id; resourceId: Id } }
  | { type: 'Discussion'; page: ResourceModel; discussion: DiscussionModel }
  | { type: 'Comment'; page: ResourceModel; discussion: DiscussionModel; comment: CommentModel }
  /** Of a block, or of a comment that is read. */
  | { type: 'Span'; page: ResourceModel; inComment?: true; text?: string; resourceId?: Id }
  | {
      type: 'TitleValue' | 'RelationValue' | 'CreatedByValue' | 'LastEditedByValue' | 'PeopleValue';
      page: ResourceModel;
    }
  | { type: 'Person'; person: PersonModel }
  | { type: 'Bot'; connection: ConnectionModel }
  | { type: 'Plain'; typeName: string; values: Record<string, unknown> }
  | { type: 'List'; typeName: string; all: Thing[]; from: number; to: number };

export const asThing = (resource: ResourceModel): Thing => ({ type: resource.kind, resource });
export const plain = (typeName: string, values: Record<string, unknown>): Thing => ({
  type: 'Plain',
  typeName,
  values,
});
export const list = (typeName: string, all: Thing[], args: Record<string, unknown>): Thing => ({
  type: 'List',
  typeName,
  all,
  ...windowOf(all.length, args),
});

export function listField({ typeName, all, from, to }: Thing & { type: 'List' }, name: string): unknown {
  const shown = all.slice(from, to);
  if (name === 'totalCount') return all.length;
  if (name === 'nodes') return shown;
  if (name === 'edges') return shown.map((node) => plain(typeName.replace('List', 'Edge'), { node }));
  return plain('PageInfo', { hasNextPage: to < all.length, hasPreviousPage: from > 0 });
}
