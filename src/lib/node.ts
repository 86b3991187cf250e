// The Node interface of the Relay conventions: whatever has an id.

import { Directive, Field, ID, InterfaceType } from 'type-graphql';
import type { Id } from './id.js';

@InterfaceType({ description: 'Anything with an id that `node` can find.' })
export abstract class Node {
  @Directive('@open')
  @Field(() => ID, { description: 'Unique within the workspace.' })
  id!: Id;
}
