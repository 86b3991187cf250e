// The user a connection acts as in a workspace.

import { Directive, ObjectType } from 'type-graphql';
import type { Id } from '../lib/id.js';
import { User } from '../people/user.js';

@Directive('@requires(anyOf: [[USER_READ]])')
@ObjectType({ implements: User, simpleResolvers: true, description: 'What a connection acts as in a workspace.' })
export class Bot extends User {
  connectionId!: Id;
}
