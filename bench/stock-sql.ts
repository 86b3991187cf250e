// The statements of src/content/local.ts and src/server/authenticate.ts, by hand, for the servers the gateway is compared
// with.

export const COLUMNS = `r.id, r.title, r.in_trash as "inTrash", r.version, r.created_at as "createdAt",
  r.created_by as "createdById", r.last_edited_at as "lastEditedAt", r.last_edited_by as "lastEditedById", reach.access`;

/** As in src/content/reach.ts; $1 the workspace, $2 the installation, $3 and $4 its content and user bits. */
export const REACH = `(
  select case when opened.bits & $3::int = 0 then 0 else (opened.bits & $3::int) | $4::int end as access
    from (select coalesce(bit_or(s.access), 0) as bits
            from share s
           where s.workspace_id = $1 and s.installation_id = $2 and s.resource_id = any(r.ancestors)
             and s.revoked_at is null and (s.expires_at is null or s.expires_at > now())) opened) reach`;

/** The newest pages; $5 how many. */
export const LIST_SQL = `select 'Page' as kind, r.parent_id as "parentId", ${COLUMNS}
         from page r cross join lateral ${REACH}
        where r.workspace_id = $1 and reach.access & 1 = 1 and not r.in_trash
        order by r.last_edited_at desc, r.id desc limit $5`;

/** Who holds a token; $1 its hash. */
export const TOKEN_SQL = `select i.workspace_id as "workspaceId", i.id as "installationId", g.capabilities as bits
       from token t
       join installation i on i.workspace_id = t.workspace_id and i.id = t.installation_id
       join connection c on c.id = i.connection_id
       join capability_grant g on g.workspace_id = i.workspace_id and g.installation_id = i.id and g.revoked_at is null
      where t.hash = $1 and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())
        and i.status = 'ACTIVE' and c.status = 'ACTIVE'`;
