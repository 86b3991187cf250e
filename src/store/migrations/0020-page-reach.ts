// Lists of pages for whoever reaches a part of the workspace: below each resource that is shared, its pages by the time they
// were last edited. Without it the newest of a narrow reach are looked for among everybody's.

import { Migration } from '@mikro-orm/migrations';

export class PageReach extends Migration {
  override name = '0020-page-reach';

  override up(): void {
    this.addSql(`
-- A resource that carries, or carried, a share. What lies below it is listed in page_reach once it is READY; until then it
-- is looked for in "page" itself. Nobody's right to see anything stands here: that is for "share" alone to say.
create table reach_root (
  workspace_id uuid not null references workspace,
  root_id uuid not null,
  state text not null default 'BUILDING' check (state in ('BUILDING', 'READY')),
  primary key (workspace_id, root_id));
create index reach_root_building on reach_root (workspace_id, root_id) where state = 'BUILDING';

-- Each page below a root, itself included, that does not lie in the trash. Kept by the triggers below, whoever writes.
create table page_reach (
  workspace_id uuid not null,
  root_id uuid not null,
  page_id uuid not null,
  last_edited_at timestamptz not null,
  primary key (workspace_id, page_id, root_id));
create index page_reach_list on page_reach (workspace_id, root_id, last_edited_at desc, page_id desc);

insert into reach_root (workspace_id, root_id)
select distinct workspace_id, resource_id from share where revoked_at is null;

create function root_of_share() returns trigger language plpgsql as $$
begin
  insert into reach_root (workspace_id, root_id) values (new.workspace_id, new.resource_id) on conflict do nothing;
  return null;
end $$;
create trigger share_root after insert on share for each row execute function root_of_share();

create function reach_inserted_pages() returns trigger language plpgsql as $$
begin
  insert into page_reach (workspace_id, root_id, page_id, last_edited_at)
  select n.workspace_id, r.root_id, n.id, n.last_edited_at
    from inserted n
    join reach_root r on r.workspace_id = n.workspace_id and r.root_id = any(n.ancestors)
   where not n.in_trash
      on conflict (workspace_id, page_id, root_id) do update set last_edited_at = excluded.last_edited_at;
  return null;
end $$;
create trigger page_reach_insert after insert on page
  referencing new table as inserted for each statement execute function reach_inserted_pages();

-- A page that was edited keeps its place below its roots, one that was moved or thrown away loses it, one that came or came
-- back gets it. Row by row: joined by a plan made for few, the old and the new rows of a large move take forever.
create function reach_updated_page() returns trigger language plpgsql as $$
begin
  if new.ancestors = old.ancestors and new.in_trash = old.in_trash then
    update page_reach set last_edited_at = new.last_edited_at where workspace_id = new.workspace_id and page_id = new.id;
    return null;
  end if;
  delete from page_reach where workspace_id = new.workspace_id and page_id = new.id;
  if not new.in_trash then
    insert into page_reach (workspace_id, root_id, page_id, last_edited_at)
    select r.workspace_id, r.root_id, new.id, new.last_edited_at
      from reach_root r where r.workspace_id = new.workspace_id and r.root_id = any(new.ancestors);
  end if;
  return null;
end $$;
create trigger page_reach_update after update on page for each row
  when (new.last_edited_at <> old.last_edited_at or new.ancestors <> old.ancestors or new.in_trash <> old.in_trash)
  execute function reach_updated_page();

create function reach_deleted_pages() returns trigger language plpgsql as $$
begin
  delete from page_reach a using deleted d where a.workspace_id = d.workspace_id and a.page_id = d.id;
  return null;
end $$;
create trigger page_reach_delete after delete on page
  referencing old table as deleted for each statement execute function reach_deleted_pages();
`);
    for (const walk of [NEWEST, OLDEST]) this.addSql(pagesReached(walk));
    this.addSql(COUNT);
  }
}

/** What is open to somebody: the roots, and which of their lists may be read; "hers" is what is shared with the guest who
 *  installed it, where it is "cut" by that. A person who is no guest cuts nothing, and one who has left leaves nothing. */
const OPEN_TO = `hers as materialized (
    select coalesce(array_agg(s.resource_id), '{}') as ids
      from share s
     where s.workspace_id = in_workspace and s.person_id = of_installer
       and s.access & need = need and s.revoked_at is null and (s.expires_at is null or s.expires_at > now())),
  cut as materialized (
    select of_installer is not null and not exists (
      select from membership m
       where m.workspace_id = in_workspace and m.person_id = of_installer and m.role <> 'GUEST' and m.ended_at is null) as here,
           exists (
      select from membership m
       where m.workspace_id = in_workspace and m.person_id = of_installer and m.ended_at is null) as belongs),
  live as materialized (
    select s.resource_id, coalesce(r.state = 'READY', false) and not cut.here as ready
      from share s
      cross join cut
      left join reach_root r on r.workspace_id = s.workspace_id and r.root_id = s.resource_id
     where s.workspace_id = in_workspace and (s.installation_id = of_installation or s.person_id = of_person)
       and s.access & need = need and s.revoked_at is null and (s.expires_at is null or s.expires_at > now())
       and (not cut.here or cut.belongs)),
  gate as materialized (
    select coalesce(array_agg(resource_id), '{}') as ids, coalesce(array_agg(resource_id) filter (where not ready), '{}') as unready
      from live)`;

interface Walk {
  name: string;
  further: '<' | '>';
  order: 'asc' | 'desc';
  back: 'asc' | 'desc';
  /** A position before all others. */
  start: [time: string, id: string];
  /** And one after. */
  end: [time: string, id: string];
}

const LEAST: [string, string] = ['-infinity', '00000000-0000-0000-0000-000000000000'];
const MOST: [string, string] = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
const NEWEST: Walk = {
  name: 'newest_pages_reached',
  further: '<',
  order: 'desc',
  back: 'asc',
  start: MOST,
  end: LEAST,
};
const OLDEST: Walk = {
  name: 'oldest_pages_reached',
  further: '>',
  order: 'asc',
  back: 'desc',
  start: LEAST,
  end: MOST,
};

/** Up to so many pages that somebody may read, by the time of their last edit, from a position on; as a function, so that it
 *  is planned once. First the next 300 of all are looked at: under wide reach they hold enough. Else a few heads of each
 *  root's list tell how far the lists have to be read, and those are merged. Roots that are not READY are looked for in
 *  "page". What an installation of a guest may read is looked for there as well: it is cut by what is shared with her. */
const pagesReached = ({ name, further, order, back, start, end }: Walk): string => `
create function ${name}(
  in_workspace uuid, of_installation uuid, of_person uuid, of_installer uuid, need int,
  at_time timestamptz, at_id uuid, how_many int)
returns table (id uuid) language plpgsql stable parallel safe rows 100
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  at_time := coalesce(at_time, '${start[0]}');
  at_id := coalesce(at_id, '${start[1]}');
  return query
  with ${OPEN_TO},
  head as materialized (
    select w.id, w.last_edited_at
      from (select p.id, p.last_edited_at, p.ancestors, p.in_trash from page p
             where p.workspace_id = in_workspace and (p.last_edited_at, p.id) ${further} (at_time, at_id)
             order by p.last_edited_at ${order}, p.id ${order} limit 300) w
     where not w.in_trash and w.ancestors && (select ids from gate)
       and (not (select here from cut) or w.ancestors && (select ids from hers))
     limit how_many),
  need_lists as materialized (
    select case when (select count(*) from head) < how_many then count(*) else 0 end as lists,
           greatest(1, ceil(how_many::numeric / greatest(count(*), 1)))::int as per_list
      from live where ready),
  probe as materialized (
    select distinct h.page_id, h.last_edited_at
      from live cross join lateral (
        select a.page_id, a.last_edited_at from page_reach a
         where a.workspace_id = in_workspace and a.root_id = live.resource_id
           and (a.last_edited_at, a.page_id) ${further} (at_time, at_id)
         order by a.last_edited_at ${order}, a.page_id ${order} limit (select per_list from need_lists)) h
     where live.ready and (select lists from need_lists) > 0),
  bound as materialized (
    select z.last_edited_at, z.page_id
      from (select * from probe order by last_edited_at ${order}, page_id ${order} limit how_many) z
     where (select count(*) from probe) >= how_many
     order by 1 ${back}, 2 ${back} limit 1),
  merged as (
    select distinct m.page_id, m.last_edited_at
      from live cross join lateral (
        select a.page_id, a.last_edited_at from page_reach a
         where a.workspace_id = in_workspace and a.root_id = live.resource_id
           and (a.last_edited_at, a.page_id) ${further} (at_time, at_id)
           and (a.last_edited_at, a.page_id) ${further === '<' ? '>=' : '<='}
               (coalesce((select last_edited_at from bound), '${end[0]}'), coalesce((select page_id from bound), '${end[1]}'))
         order by a.last_edited_at ${order}, a.page_id ${order} limit how_many) m
     where live.ready and (select lists from need_lists) > 0),
  unlisted as (
    select p.id, p.last_edited_at from page p
     where p.workspace_id = in_workspace and (p.last_edited_at, p.id) ${further} (at_time, at_id) and not p.in_trash
       and (select count(*) from head) < how_many and p.ancestors && (select unready from gate)
       and (not (select here from cut) or p.ancestors && (select ids from hers)))
  select head.id from head where (select count(*) from head) = how_many
  union all
  (select u.id
     from (select merged.page_id as id, merged.last_edited_at from merged union select unlisted.id, unlisted.last_edited_at from unlisted) u
    where (select count(*) from head) < how_many
    order by u.last_edited_at ${order}, u.id ${order} limit how_many);
end $$;
`;

/** How many that are in all. Roots below each other are counted once. */
const COUNT = `
create function count_pages_reached(
  in_workspace uuid, of_installation uuid, of_person uuid, of_installer uuid, need int)
returns int language plpgsql stable parallel safe
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  open_roots uuid[];
  hers_only uuid[];
  listed boolean;
begin
  with ${OPEN_TO}
  select gate.ids, case when cut.here then hers.ids end, not cut.here and cardinality(gate.unready) = 0
    into open_roots, hers_only, listed
    from gate, cut, hers;
  if listed then
    return (
      with top as materialized (
        select l.id from unnest(open_roots) as l(id)
          cross join lateral (
            select p.ancestors from page p where p.workspace_id = in_workspace and p.id = l.id union all
            select d.ancestors from database d where d.workspace_id = in_workspace and d.id = l.id union all
            select c.ancestors from data_source c where c.workspace_id = in_workspace and c.id = l.id) t
         where not exists (select from unnest(open_roots) as o(id) where o.id <> l.id and o.id = any(t.ancestors)))
      select count(*)::int from top
        join page_reach a on a.workspace_id = in_workspace and a.root_id = top.id);
  end if;
  return (
    select count(*)::int from page p
     where p.workspace_id = in_workspace and not p.in_trash and p.ancestors && open_roots
       and (hers_only is null or p.ancestors && hers_only));
end $$;
`;
