// Discussions and their comments as GraphQL shows them. Both take the access of the page they stand on, and are there for
// whoever may read comments on it.

import { Directive, Field, Int, ObjectType } from 'type-graphql';
import { Block } from '../content/block.js';
import { Page } from '../content/page.js';
import { plainText, type RichTextSpan } from '../content/rich-text.js';
import { Span, spansOf, type Titles } from '../content/span.js';
import type { Bits } from '../gate/capability.js';
import { DateTime } from '../lib/datetime.js';
import type { Id } from '../lib/id.js';
import { listOf } from '../lib/list.js';
import { Node } from '../lib/node.js';
import { User } from '../people/user.js';

const READS = '@requires(anyOf: [[COMMENT_READ]])';
const CONTENT = '@sensitive(class: CONTENT)';
const ITS_PAGE = 'The page it stands on: its id, and what you may read of it.';

@Directive(READS)
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'Comments that answer each other, on a page or on a block of it.',
})
export class Discussion extends Node {
  /** Bits the reader has on its page. */
  access!: Bits;
  pageId!: Id;
  blockId!: Id | null;
  createdById!: Id | null;
  resolvedById!: Id | null;

  @Field(() => Page, { nullable: true, description: ITS_PAGE })
  page?: Page | null;

  @Directive('@requires(anyOf: [[CONTENT_READ]])')
  @Field(() => Block, {
    nullable: true,
    description: 'The block it is about; null when it is about the page, and when that block is gone.',
  })
  block?: Block | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether somebody has said that it is settled.' })
  isResolved!: boolean | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was resolved; null while it is open.' })
  resolvedAt!: Date | string | null;

  @Field(() => User, { nullable: true, description: 'Who resolved it; null while it is open.' })
  resolvedBy?: User | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was begun.' })
  createdAt!: Date | string | null;

  @Field(() => User, { nullable: true, description: 'Who began it; null when nobody in this workspace did.' })
  createdBy?: User | null;
}

@Directive(READS)
@ObjectType({ implements: Node, simpleResolvers: true, description: 'What somebody has said in a discussion.' })
export class Comment extends Node {
  /** Bits the reader has on its page. */
  access!: Bits;
  pageId!: Id;
  discussionId!: Id;
  createdById!: Id | null;

  @Field(() => Discussion, { nullable: true, description: 'The discussion it belongs to.' })
  discussion?: Discussion | null;

  @Field(() => Page, { nullable: true, description: ITS_PAGE })
  page?: Page | null;

  @Field(() => [Span], { nullable: true, description: 'What it says, with its style.' })
  richText!: Span[] | null;

  @Directive(CONTENT)
  @Field(() => String, { nullable: true, description: 'What it says, without style.' })
  plainText!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was written.' })
  createdAt!: Date | string | null;

  @Field(() => User, { nullable: true, description: 'Who wrote it; null when nobody in this workspace did.' })
  createdBy?: User | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was written or last changed.' })
  lastEditedAt!: Date | string | null;

  @Field(() => Int, { nullable: true, description: 'Counts its changes; give it back as `expectedVersion`.' })
  version!: number | null;
}

export const DiscussionList = listOf(Discussion, 'Discussion');
export const CommentList = listOf(Comment, 'Comment');

export interface StoredDiscussion {
  id: Id;
  pageId: Id;
  /** Null where the block is gone. */
  blockId: Id | null;
  createdAt: string;
  createdById: Id | null;
  resolvedAt: string | null;
  resolvedById: Id | null;
  access: Bits;
}

export interface StoredComment {
  id: Id;
  pageId: Id;
  discussionId: Id;
  richText: RichTextSpan[];
  version: number;
  createdAt: string;
  createdById: Id | null;
  lastEditedAt: string;
  access: Bits;
  /** What the reader may read of what it mentions; null when it mentions nothing. */
  titles: Titles | null;
}

export const discussionOf = (row: StoredDiscussion): Discussion => {
  const shown: Discussion = { ...row, isResolved: row.resolvedAt !== null };
  return Object.assign(shown, { __typename: 'Discussion' });
};

export function commentOf({ richText, titles, ...row }: StoredComment): Comment {
  const names = titles ?? {};
  const shown: Comment = {
    ...row,
    richText: spansOf(richText, row.access, names),
    plainText: plainText(richText, (id) => names[id]),
  };
  return Object.assign(shown, { __typename: 'Comment' });
}
