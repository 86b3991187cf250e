// What search looks at: the words of each page, database and data source, and where it stands. Kept by triggers, whoever
// writes; docs/decisions/0035-search.md says what counts as a word.

import { Migration } from '@mikro-orm/migrations';

export class Search extends Migration {
  override name = '0024-search';

  override up(): void {
    this.addSql('set local statement_timeout = 0'); // the tables may be large
    this.addSql(TEXT);
    this.addSql(WORDS);
    this.addSql(TABLE);
    for (const [table, kind] of KINDS) this.addSql(keep(table, kind));
    this.addSql(KEEP_BLOCKS);
    this.addSql(HITS);
  }
}

const KINDS = [
  ['page', 'Page'],
  ['database', 'Database'],
  ['data_source', 'DataSource'],
] as const;

const TEXT = `
-- What spans say to anybody who may read them. A mention shows differently to each reader, so that its place is kept (U+FFFC)
-- and not what it says.
create function spans_text(spans jsonb) returns text language plpgsql immutable parallel safe strict as $$
begin
  return (
    select string_agg(
      case span ->> 'type'
        when 'TEXT' then span ->> 'text'
        when 'EQUATION' then span ->> 'expression'
        when 'DATE' then concat_ws(' → ', span ->> 'start', span ->> 'end')
        else U&'\\FFFC'
      end, '' order by place)
      from jsonb_array_elements(spans) with ordinality as s(span, place));
end $$;

-- The same of a block: its text, the cells of a row, a caption, a formula, what is kept as text alone.
create function block_text(content jsonb) returns text language plpgsql immutable parallel safe as $$
begin
  return concat_ws(' ',
    spans_text(content -> 'richText'),
    (select string_agg(spans_text(cell), ' ' order by place)
       from jsonb_array_elements(content -> 'cells') with ordinality as c(cell, place)),
    spans_text(content -> 'caption'),
    content ->> 'expression',
    case when content ->> 'type' = 'OTHER' then content ->> 'text' end);
end $$;
alter table block add column plain text not null generated always as (block_text(content)) stored;
`;

const WORDS = String.raw`
-- Text as words are compared: without case, accents and punctuation. Each character of a script that sets no spaces between
-- words is a word of its own.
create function search_fold(written text) returns text language plpgsql immutable parallel safe strict as $$
begin
  if written ~ '[^\u0001-\u007f]' then
    written := normalize(regexp_replace(normalize(written, NFKD), '[\u0300-\u036f]', '', 'g'), NFKC);
    written := translate(lower(written), 'ςøłđı', 'σoldi');
    written := replace(replace(replace(written, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe');
    written := regexp_replace(written,
      '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])', ' \1 ', 'g');
    written := regexp_replace(written, '[\u0080-\u00bf\u00d7\u00f7\u2000-\u2bff\u3000-\u303f\ufe00-\ufe0f\ufff0-\uffff]', ' ', 'g');
  end if;
  return regexp_replace(lower(written), '[\u0001-\u002f:-@\[-${'`'}{-\u007f]', ' ', 'g');
end $$;

-- The words of a text, with their places. Of a very long one those of its beginning: PostgreSQL keeps no more.
create function search_words(written text) returns tsvector language plpgsql immutable strict as $$
declare
  most int := 200000;
begin
  if length(written) <= 50000 then
    return to_tsvector('pg_catalog.simple', search_fold(written));
  end if;
  loop
    begin
      return to_tsvector('pg_catalog.simple', search_fold(left(written, most)));
    exception when program_limit_exceeded then
      most := most / 2;
    end;
  end loop;
end $$;

-- What somebody looks for: alternatives, each a list of { text, prefix, not }. The words of one text stand next to each
-- other. An alternative that only leaves out is none.
create function search_query(alternatives jsonb) returns tsquery language plpgsql immutable strict as $$
declare
  alternative jsonb;
  term jsonb;
  folded text;
  part tsquery;
  wanted tsquery;
  unwanted tsquery;
  whole tsquery := ''::tsquery;
begin
  for alternative in select value from jsonb_array_elements(alternatives) loop
    wanted := ''::tsquery;
    unwanted := ''::tsquery;
    for term in select value from jsonb_array_elements(alternative) loop
      folded := rtrim(search_fold(term ->> 'text'));
      part := phraseto_tsquery('pg_catalog.simple', folded);
      continue when numnode(part) = 0;
      if (term -> 'prefix')::boolean and length(substring(folded from '\S+$')) >= 3 then
        part := (part::text || ':*')::tsquery;
      end if;
      if (term -> 'not')::boolean then
        unwanted := unwanted && !!part;
      else
        wanted := wanted && part;
      end if;
    end loop;
    continue when numnode(wanted) = 0;
    whole := whole || (wanted && unwanted);
  end loop;
  return whole;
end $$;
`;

const TABLE = `
-- A page, database or data source as search sees it. "places" are the workspace and all it stands below, itself last, so
-- that one index answers for words and reach together. Nobody's right to see anything stands here.
create table search_text (
  workspace_id uuid not null references workspace,
  resource_id uuid not null,
  kind text not null check (kind in ('Page', 'Database', 'DataSource')),
  places uuid[] not null,
  in_trash boolean not null,
  last_edited_at timestamptz not null,
  title tsvector not null,
  -- Of the title and, after it, of the blocks in reading order.
  words tsvector not null,
  primary key (workspace_id, resource_id));
alter table search_text alter places set storage main;

create function page_words(in_workspace uuid, of_page uuid, title text) returns tsvector language plpgsql stable as $$
begin
  return search_words(title || coalesce((
    select E'\\n' || string_agg(b.plain, E'\\n' order by b.path) from block b
     where b.workspace_id = in_workspace and b.page_id = of_page and b.plain <> ''), ''));
end $$;

insert into search_text (workspace_id, resource_id, kind, places, in_trash, last_edited_at, title, words)
select r.workspace_id, r.id, r.kind, r.workspace_id || r.ancestors, r.in_trash, r.last_edited_at, search_words(r.title),
       case r.kind when 'Page' then page_words(r.workspace_id, r.id, r.title) else search_words(r.title) end
  from resource r;

create index search_text_words on search_text using gin (places, title, words);
create index search_text_others on search_text using gin (places, title, words) where kind <> 'Page';
create index search_text_recent on search_text (workspace_id, last_edited_at desc, resource_id desc);
`;

/** Moving and editing leave the words as they are. Row by row, as the lists of page_reach are kept. */
const keep = (table: string, kind: string): string => `
create function search_inserted_${table}() returns trigger language plpgsql as $$
begin
  insert into search_text (workspace_id, resource_id, kind, places, in_trash, last_edited_at, title, words)
  select n.workspace_id, n.id, '${kind}', n.workspace_id || n.ancestors, n.in_trash, n.last_edited_at, w.words, w.words
    from inserted n cross join lateral (select search_words(n.title) as words) w;
  return null;
end $$;
create trigger search_insert after insert on ${table}
  referencing new table as inserted for each statement execute function search_inserted_${table}();

create function search_updated_${table}() returns trigger language plpgsql as $$
begin
  if new.title = old.title then
    update search_text set places = new.workspace_id || new.ancestors, in_trash = new.in_trash, last_edited_at = new.last_edited_at
     where workspace_id = new.workspace_id and resource_id = new.id;
  else
    update search_text set places = new.workspace_id || new.ancestors, in_trash = new.in_trash, last_edited_at = new.last_edited_at,
           title = search_words(new.title),
           words = ${kind === 'Page' ? 'page_words(new.workspace_id, new.id, new.title)' : 'search_words(new.title)'}
     where workspace_id = new.workspace_id and resource_id = new.id;
  end if;
  return null;
end $$;
create trigger search_update after update on ${table} for each row
  when (new.title <> old.title or new.ancestors <> old.ancestors or new.in_trash <> old.in_trash
        or new.last_edited_at <> old.last_edited_at)
  execute function search_updated_${table}();

create function search_deleted_${table}() returns trigger language plpgsql as $$
begin
  delete from search_text s using deleted d where s.workspace_id = d.workspace_id and s.resource_id = d.id;
  return null;
end $$;
create trigger search_delete after delete on ${table}
  referencing old table as deleted for each statement execute function search_deleted_${table}();
`;

const KEEP_BLOCKS = `
-- Reads the words of pages anew. Their rows are locked first, so that who comes second sees what the first one wrote.
create function read_words(of_workspaces uuid[], of_pages uuid[]) returns void language plpgsql as $$
begin
  perform from unnest(of_workspaces, of_pages) as t(workspace_id, id)
    join search_text s on s.workspace_id = t.workspace_id and s.resource_id = t.id
   order by s.workspace_id, s.resource_id for update of s;
  update search_text s set words = n.words
    from (select p.workspace_id, p.id, page_words(p.workspace_id, p.id, p.title) as words
            from unnest(of_workspaces, of_pages) as t(workspace_id, id)
            join page p on p.workspace_id = t.workspace_id and p.id = t.id) n
   where s.workspace_id = n.workspace_id and s.resource_id = n.id and s.words <> n.words;
end $$;

create function search_inserted_blocks() returns trigger language plpgsql as $$
begin
  perform read_words(array_agg(t.workspace_id), array_agg(t.page_id))
     from (select distinct workspace_id, page_id from written where plain <> '') t having count(*) > 0;
  return null;
end $$;
create trigger search_insert after insert on block
  referencing new table as written for each statement execute function search_inserted_blocks();

create function search_updated_blocks() returns trigger language plpgsql as $$
begin
  perform read_words(array_agg(t.workspace_id), array_agg(t.page_id))
     from (select n.workspace_id, unnest(array[n.page_id, o.page_id]) as page_id
             from written n join unwritten o on o.workspace_id = n.workspace_id and o.id = n.id
            where (n.plain, n.path, n.page_id) is distinct from (o.plain, o.path, o.page_id)
            group by 1, 2) t having count(*) > 0;
  return null;
end $$;
create trigger search_update after update on block
  referencing old table as unwritten new table as written for each statement execute function search_updated_blocks();

create function search_deleted_blocks() returns trigger language plpgsql as $$
begin
  perform read_words(array_agg(t.workspace_id), array_agg(t.page_id))
     from (select distinct workspace_id, page_id from unwritten where plain <> '') t having count(*) > 0;
  return null;
end $$;
create trigger search_delete after delete on block
  referencing old table as unwritten for each statement execute function search_deleted_blocks();
`;

/** A row `s` that somebody may find. */
const FOUND = `s.workspace_id = in_workspace and s.in_trash = trashed and s.places && within
      and (within_too is null or s.places && within_too) and (kinds is null or s.kind = any(kinds))`;
const IN_TITLE = 's.title @@ query and s.words @@ query';
const IN_TEXT = 's.words @@ query and not s.title @@ query';

/** The newest pages below what is shared, as an array. */
const newestReached = (howMany: string): string => `array(
      select f.id from newest_pages_reached(in_workspace, of_installation, of_person, of_installer, need, null, null, ${howMany}) f)`;
/** Their rows, each by its key. Apart from the conditions: offered an index on words as well, the planner would take that for
 *  the shorter way, and look for each row it finds among thousands. */
const LOOKED_AT = `(
          select t.* from unnest(looked_at) as n(id)
            join search_text t on t.workspace_id = in_workspace and t.resource_id = n.id offset 0)`;
const BY_TIME = 's.last_edited_at desc, s.resource_id desc';

/** The newest so many that hold, as an array. Where a tenth of the newest hold them, those are looked at one after the
 *  other until there are enough; else the index on words and places is asked, apart from the order, which would lead the
 *  planner to walk for ever. Databases and data sources are in no list of pages: they are few, and have an index of their own. */
const newest = (condition: string, often: string, into: string): string => `
  if ${often} >= 20 and everything then
    ${into} := array(
      select s.resource_id from (
        select * from search_text s where s.workspace_id = in_workspace order by ${BY_TIME} limit 20000) s
       where ${FOUND} and ${condition} limit room);
  elsif ${often} >= 20 then
    looked_at := ${newestReached(`least(20000, room * 300 / ${often})`)};
    ${into} := array(
      select s.resource_id from ${LOOKED_AT} s where ${FOUND} and ${condition} order by ${BY_TIME} limit room);
    if cardinality(${into}) = room then
      ${into} := array(
        with found as materialized (
          select s.resource_id, s.last_edited_at from search_text s where s.workspace_id = in_workspace and s.resource_id = any(${into})
           union
          select s.resource_id, s.last_edited_at from search_text s where s.kind <> 'Page' and ${FOUND} and ${condition})
        select s.resource_id from found s order by ${BY_TIME} limit room);
    end if;
  end if;
  if cardinality(${into}) < room then
    ${into} := array(
      with found as materialized (
        select s.resource_id, s.last_edited_at from search_text s where ${FOUND} and ${condition})
      select s.resource_id from found s order by ${BY_TIME} limit room);
  end if;`;

const HITS = `
-- Up to so many of what holds the words, below any of "within" (and of "within_too", where it is not null): hits in the
-- title first, each the newest first. What is out of reach counts for nothing: not for the cap, and not for a rank, which
-- looks at the hit alone. Who holds the shares is told as to newest_pages_reached, and nobody where all is reached. A
-- function, so that it is planned once, and as it is written here.
create function search_hits(
  in_workspace uuid, of_installation uuid, of_person uuid, of_installer uuid, need int, within uuid[], within_too uuid[],
  query tsquery, kinds text[], trashed boolean, cap int, ranked boolean)
returns table (id uuid, in_title boolean, last_edited_at timestamptz, rank float8)
language plpgsql stable parallel safe rows 100
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  everything boolean := in_workspace = any(within);
  looked_at uuid[];
  often_in_title int := 0;
  often int := 0;
  titled uuid[] := '{}';
  others uuid[] := '{}';
  room int := cap;
begin
  if numnode(query) = 0 or cardinality(within) = 0 then return; end if;
  if not trashed then
    if everything then
      looked_at := array(
        select s.resource_id from search_text s where s.workspace_id = in_workspace order by ${BY_TIME} limit 200);
    else
      looked_at := ${newestReached('200')};
    end if;
    if cardinality(looked_at) = 200 then
      select count(*) filter (where s.title @@ query), count(*) filter (where s.words @@ query)
        into often_in_title, often
        from ${LOOKED_AT} s where ${FOUND};
    end if;
  end if;
${newest(IN_TITLE, 'often_in_title', 'titled')}
  room := cap - cardinality(titled);
  if room > 0 then
${newest(IN_TEXT, '(often - often_in_title)', 'others')}
  end if;
  return query
    select s.resource_id, s.resource_id = any(titled), s.last_edited_at,
           case when ranked then ts_rank_cd(s.words, query, 1)::float8 else 0 end
      from search_text s
     where s.workspace_id = in_workspace and s.resource_id = any(titled || others);
end $$;
`;
