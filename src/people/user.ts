// Users, and the people among them. A person's id is never hidden; name and picture need USER_READ,
// the e-mail address USER_READ_EMAIL. A user record carries the reader's bits on it, because everybody may see
// her own record whole.

import { Directive, Field, InterfaceType, ObjectType } from 'type-graphql';
import type { Bits } from '../gate/capability.js';
import { listOf } from '../lib/list.js';
import { Node } from '../lib/node.js';

@InterfaceType({
  implements: Node,
  description: 'Who can write and be named: a person, a bot, or where people are named together a group.',
})
export abstract class User extends Node {
  /** Bits the reader has on this record. */
  access!: Bits;

  @Directive('@requires(anyOf: [[USER_READ]])')
  @Directive('@sensitive(class: PERSON_NAME)')
  @Field(() => String, { nullable: true, description: 'Display name.' })
  name!: string | null;

  @Directive('@requires(anyOf: [[USER_READ]])')
  @Field(() => String, { nullable: true, description: 'Where the picture is; null when there is none.' })
  avatarUrl!: string | null;
}

@Directive('@requires(anyOf: [[USER_READ]])')
@ObjectType({ implements: User, simpleResolvers: true, description: 'A human.' })
export class Person extends User {
  @Directive('@requires(anyOf: [[USER_READ_EMAIL]])')
  @Directive('@sensitive(class: EMAIL)')
  @Field(() => String, { nullable: true, description: 'Her e-mail address.' })
  email!: string | null;
}

export const UserList = listOf(User, 'User');
