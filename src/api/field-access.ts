// What one coordinate of the schema needs, and whether somebody has it.

import { Directive, Extensions, Field, ObjectType } from 'type-graphql';
import type { Actor } from '../gate/actor.js';
import { CapabilityEnum, DenialEnum } from '../gate/enums.js';
import { type AnyOf, type Denial, type FieldRule, isForActor } from '../gate/field-rule.js';

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'What one coordinate of the schema needs, and whether it is there.' })
export class FieldAccess {
  @Field(() => String, { description: '`Type.field`, `Input.field` or `Type.field(argument:)`.' })
  coordinate!: string;

  @Field(() => [[CapabilityEnum]], {
    description: 'Any of these sets is enough; one empty set when nothing is needed.',
  })
  needs!: AnyOf;

  @Field(() => DenialEnum, { description: 'What happens without.' })
  whenDenied!: Denial;

  @Field(() => Boolean, {
    description: 'Whether capabilities, kind and role pass. What is shared decides as well.',
  })
  allowed!: boolean;
}

/** Whether `actor` passes where the object is reached with all its bits. */
export const isAllowed = (rule: FieldRule, actor: Actor): boolean =>
  rule.allows[actor.bits] === 1 && isForActor(rule, actor);

export const accessOf = (rule: FieldRule, actor: Actor): FieldAccess => {
  const { coordinate, needs, whenDenied } = rule;
  return { coordinate, needs, whenDenied, allowed: isAllowed(rule, actor) };
};
