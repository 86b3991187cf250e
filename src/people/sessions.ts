// A person's own sessions, as she sees them: to notice one that is not hers.

import { Directive, Extensions, Field, ID, ObjectType } from 'type-graphql';
import type { Context } from '../context.js';
import { DateTime } from '../lib/datetime.js';
import type { Id } from '../lib/id.js';
import { sql } from '../lib/sql.js';
import { isLive } from './session.js';

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'Somebody signed in, in one browser.' })
export class Session {
  @Field(() => ID, { description: 'Says nothing that would let anybody in.' })
  id!: Id;

  @Field(() => DateTime, { description: 'When she signed in. It ends 12 hours later at the latest.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When it was last used, to some seconds. Unused for 30 minutes it has ended.' })
  lastUsedAt!: Date;

  @Field(() => String, { nullable: true, description: 'The address she signed in from.' })
  address!: string | null;

  @Field(() => String, { nullable: true, description: 'What her browser said about itself then.' })
  userAgent!: string | null;

  @Field(() => Boolean, { description: 'Whether it is the one you ask with.' })
  current!: boolean;
}

/** The live sessions of somebody, the one used last first. `current` is the one she asks with. */
export const sessionsOf = (ctx: Context, personId: Id, current: Id): Promise<Session[]> =>
  ctx.reader.rows(sql<Session>`
    select s.id, s.created_at as "createdAt", s.last_used_at as "lastUsedAt", s.address, s.user_agent as "userAgent",
           s.id = ${current}::uuid as current
      from session s
     where s.person_id = ${personId}::uuid and ${isLive}
     order by s.last_used_at desc, s.id desc`);
