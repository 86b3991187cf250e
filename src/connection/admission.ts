// Whom the gate lets in, as SQL: what must hold of a token, of its installation and of whoever installed it. Whoever
// asks whether a connection may come in, and whoever explains it, asks with these.

import { ALL_BITS } from '../gate/capability.js';
import { bitsOfRole } from '../gate/rules.js';
import { sql } from '../lib/sql.js';

/** True for a token `t` that is neither revoked nor expired, by the clock of the database. One that only gets others lets
 *  nobody in. */
export const tokenLives = sql`t.kind <> 'REFRESH' and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())`;

/** True for an installation `i` of a connection `c` in a workspace `w` that works: nothing of them is suspended or gone,
 *  and neither is whoever installed it. */
export const installationWorks = sql`
  i.status = 'ACTIVE' and c.status = 'ACTIVE' and w.deleted_at is null
  and (i.installed_by is null or exists (
    select from membership m
     where m.workspace_id = i.workspace_id and m.person_id = i.installed_by and m.ended_at is null))`;

/** Bits of an installation with the grant `g`, whose installing person has the membership `m`, if anybody has: what it was
 *  granted, and never what she may not. */
export const installationBits = sql`
  g.capabilities & case when m.role = 'GUEST' then ${sql.lit(bitsOfRole('GUEST'))} else ${sql.lit(ALL_BITS)} end`;
