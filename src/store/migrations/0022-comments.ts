// Discussions on pages and blocks, and the comments they consist of.

import { Migration } from '@mikro-orm/migrations';

export class Comments extends Migration {
  override name = '0022-comments';

  override up(): void {
    this.addSql(`
-- One comment at least. "block_id" names a block of the page; when there is none any more, or it stands elsewhere, the
-- discussion is about the page. It is no foreign key: an import writes the blocks of a page anew, under the same ids.
create table discussion (
  workspace_id uuid not null references workspace,
  id uuid not null,
  page_id uuid not null,
  block_id uuid,
  created_at timestamptz not null,
  created_by uuid,
  resolved_at timestamptz,
  resolved_by uuid,
  primary key (workspace_id, id),
  unique (workspace_id, id, page_id),
  foreign key (workspace_id, page_id) references page,
  check (resolved_at is not null or resolved_by is null));
create index discussion_page on discussion (workspace_id, page_id, created_at, id);
create index discussion_block on discussion (workspace_id, block_id, created_at, id) where block_id is not null;

-- "page_id" is that of the discussion and follows it when a block takes it to another page. "created_by" is the acting user,
-- null for the operator.
create table comment (
  workspace_id uuid not null,
  id uuid not null,
  discussion_id uuid not null,
  page_id uuid not null,
  rich_text jsonb not null,
  mentions uuid[] not null default '{}',
  version int not null default 1,
  created_at timestamptz not null,
  created_by uuid,
  last_edited_at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, discussion_id, page_id) references discussion (workspace_id, id, page_id) on update cascade);
create index comment_discussion on comment (workspace_id, discussion_id, created_at, id);
create index comment_page on comment (workspace_id, page_id, created_at, id);
`);
  }
}
