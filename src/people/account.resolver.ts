// Mutations of somebody signed in on what is hers alone.

import {
  Arg,
  Ctx,
  Directive,
  Extensions,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Resolver,
} from 'type-graphql';
import type { Context } from '../context.js';
import { type Id, parseId } from '../lib/id.js';
import { notFound } from '../lib/refusal.js';
import { carryOut, MutationPayload } from '../payload.js';
import { endOtherSessions, endSession, updatePassword, updateProfile } from './account.js';
import { personFor } from './person.js';
import { Person } from './user.js';

@InputType({ description: 'Which session to end.' })
class EndSessionInput {
  @Field(() => ID, { description: 'Its id.' })
  id!: Id;
}

@InputType({ description: 'The password there is, and the one there is to be.' })
class UpdatePasswordInput {
  @Directive('@sensitive(class: SECRET)')
  @Field(() => String, { description: 'Your password.' })
  currentPassword!: string;

  @Directive('@sensitive(class: SECRET)')
  @Field(() => String, { description: 'The new one: 12 characters or more, 1,024 bytes or fewer.' })
  newPassword!: string;
}

@InputType({ description: 'What to change of your record; what is left out stays.' })
class UpdateProfileInput {
  @Directive('@sensitive(class: PERSON_NAME)')
  @Field(() => String, { nullable: true, description: 'Your name, 1 to 200 characters.' })
  name?: string | null;

  @Directive('@sensitive(class: EMAIL)')
  @Field(() => String, {
    nullable: true,
    description: 'Your e-mail address, with which you sign in. Needs a sign-in within ten minutes.',
  })
  email?: string | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The session has ended.' })
class EndSessionPayload extends MutationPayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The other sessions have ended.' })
class EndOtherSessionsPayload extends MutationPayload {
  @Field(() => Int, { nullable: true, description: 'How many there were.' })
  ended?: number;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The password has been replaced.' })
class UpdatePasswordPayload extends MutationPayload {
  @Field(() => Int, { nullable: true, description: 'How many other sessions of yours have ended.' })
  endedSessions?: number;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'Your record as it is now.' })
class UpdateProfilePayload extends MutationPayload {
  @Field(() => Person, { nullable: true, description: 'You.' })
  person?: Person;
}

@Resolver()
export class AccountMutations {
  @Directive('@actor(kinds: [PERSON])')
  @Mutation(() => EndSessionPayload, {
    description: 'Ends one of your sessions, as signing out there would; the one you ask with, too. Needs a session.',
  })
  endSession(
    @Arg('input', () => EndSessionInput, { description: 'Which one.' }) input: EndSessionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const id = parseId(input.id);
      if (id === null) throw notFound('The session');
      await endSession(ctx, { id });
      return {};
    });
  }

  @Directive('@actor(kinds: [PERSON])')
  @Mutation(() => EndOtherSessionsPayload, {
    description: 'Ends all of your sessions but the one you ask with. Needs a session.',
  })
  endOtherSessions(@Ctx() ctx: Context): Promise<object> {
    return carryOut(ctx, () => endOtherSessions(ctx));
  }

  @Directive('@actor(kinds: [PERSON])')
  @Mutation(() => UpdatePasswordPayload, {
    description: 'Replaces your password, and ends all of your sessions but the one you ask with. Needs a session.',
  })
  updatePassword(
    @Arg('input', () => UpdatePasswordInput, { description: 'The old and the new one.' }) input: UpdatePasswordInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, () => updatePassword(ctx, input));
  }

  @Directive('@actor(kinds: [PERSON])')
  @Mutation(() => UpdateProfilePayload, {
    description: 'Changes your name or e-mail address. Needs a session; an address, a fresh one.',
  })
  updateProfile(
    @Arg('input', () => UpdateProfileInput, { description: 'What to change.' }) input: UpdateProfileInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => ({ person: personFor(ctx, (await updateProfile(ctx, input)).person) }));
  }
}
