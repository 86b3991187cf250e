// Expected errors of mutations, as their payloads carry them in `userErrors`: what was expected, what came, what to do.

import { Directive, Extensions, Field, Int, InterfaceType, ObjectType } from 'type-graphql';
import { enumType } from '../lib/enum.js';
import type { ErrorCode, Refusal } from '../lib/refusal.js';
import { type Bits, type Capability, namesOf } from './capability.js';
import { CapabilityEnum } from './enums.js';
import type { AnyOf } from './field-rule.js';

const ErrorCodeEnum = enumType<ErrorCode>('ErrorCode', 'Why something was refused.', {
  REQUIRED: 'Something that must be given is missing or empty.',
  INVALID: 'A value has another shape than it should.',
  TOO_LONG: 'A value is longer than it may be.',
  NOT_FOUND: 'It does not exist, or is out of reach: the two look the same.',
  ALREADY_EXISTS: 'There is one already.',
  IMMUTABLE: 'This can never be changed.',
  STALE_VERSION: 'It was changed since; read it again.',
  INVALID_STATE: 'It is in a state in which this cannot be done.',
  CAPABILITY_MISSING: 'A capability is missing.',
  FORBIDDEN: 'It is not for this kind of actor, role or policy.',
  SIGN_IN_AGAIN: 'This step needs a sign-in within the last ten minutes.',
  UNAUTHENTICATED: 'Nobody is signed in, or the token is not valid.',
  COST_EXCEEDED: 'It would cost more points than an operation may.',
  RATE_LIMITED: 'Too much was asked for lately; try again later.',
  DEADLINE_EXCEEDED: 'It took too long and was stopped.',
  CURSOR_INVALID: 'The cursor was not made for this list.',
  CURSOR_EXPIRED: 'What the cursor points at is not kept any more.',
  UNAVAILABLE: 'Something it needs does not answer; try again.',
  GRAPHQL_PARSE_FAILED: 'The document is no GraphQL.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema.',
  INTERNAL: 'A fault; its id is in the log.',
});

@InterfaceType({
  description: 'Why a mutation did nothing.',
})
export abstract class UserError {
  __typename!: string;

  @Directive('@open')
  @Field(() => ErrorCodeEnum, { description: 'For programs.' })
  code!: ErrorCode;

  @Directive('@open')
  @Field(() => String, { description: 'For people: what was expected, what came, what to do.' })
  message!: string;

  @Directive('@open')
  @Field(() => [String], { nullable: true, description: 'Which input it is about; null when it is about none.' })
  path!: readonly string[] | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'Something is wrong with what was asked for.',
})
export class FieldError extends UserError {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: UserError, simpleResolvers: true, description: 'A capability is missing.' })
export class CapabilityError extends UserError {
  @Field(() => [[CapabilityEnum]], { description: 'Any of these sets would have been enough.' })
  needs!: AnyOf;

  @Field(() => [CapabilityEnum], { description: 'What the actor has.' })
  has!: Capability[];
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: UserError, simpleResolvers: true, description: 'It was changed since it was read.' })
export class StaleVersionError extends UserError {
  @Field(() => Int, { description: 'Its version now.' })
  currentVersion!: number;
}

/** A payload that did nothing, because a capability is missing. */
export const capabilityError = (message: string, needs: AnyOf, has: Bits): CapabilityError => ({
  __typename: 'CapabilityError',
  code: 'CAPABILITY_MISSING',
  message,
  path: null,
  needs,
  has: namesOf(has),
});

/** The refusal of a command, as its payload carries it. `facts.path` names the input, `facts.currentVersion` the version,
 *  `facts.needs` and `facts.has` what `lacking` said. */
export function userErrorOf({ code, message, facts }: Refusal): UserError {
  const path = (facts.path as readonly string[] | undefined) ?? null;
  if (code === 'STALE_VERSION') {
    const { currentVersion } = facts;
    return { __typename: 'StaleVersionError', code, message, path, currentVersion } as StaleVersionError;
  }
  if (code === 'CAPABILITY_MISSING') {
    return { ...capabilityError(message, facts.needs as AnyOf, facts.has as Bits), path };
  }
  return { __typename: 'FieldError', code, message, path };
}
