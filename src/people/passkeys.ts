// A person's own passkeys, as she sees them.

import { Directive, Extensions, Field, ID, ObjectType } from 'type-graphql';
import type { Reader } from '../context.js';
import { DateTime } from '../lib/datetime.js';
import type { Id } from '../lib/id.js';
import { sql } from '../lib/sql.js';

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'What somebody signs in with in place of a password.' })
export class Passkey {
  @Field(() => ID, { description: 'Says nothing that would let anybody in.' })
  id!: Id;

  @Directive('@sensitive(class: PERSON_NAME)')
  @Field(() => String, { description: 'What she calls it.' })
  name!: string;

  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When she last signed in with it; null before the first time.',
  })
  lastUsedAt!: Date | null;
}

/** The passkeys of somebody, in the order they were made. */
export const passkeysOf = (reader: Reader, personId: Id): Promise<Passkey[]> =>
  reader.rows(sql<Passkey>`
    select id, name, created_at as "createdAt", last_used_at as "lastUsedAt"
      from passkey where person_id = ${personId}::uuid order by id`);
