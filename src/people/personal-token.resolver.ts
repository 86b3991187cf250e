// GraphQL's way to personal access tokens. One's own stand on the viewer (api/viewer.resolver.ts).

import {
  Arg,
  Args,
  Ctx,
  Directive,
  Extensions,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql';
import type { Context } from '../context.js';
import type { Capability } from '../gate/capability.js';
import { CapabilityEnum } from '../gate/enums.js';
import { DateTime } from '../lib/datetime.js';
import { requireId } from '../lib/id.js';
import { type List, ListArgs, toList, windowOf } from '../lib/list.js';
import { carryOut, MutationPayload } from '../payload.js';
import { Workspace } from '../workspace/workspace.js';
import { personById } from './person.js';
import { PersonalAccessToken, PersonalAccessTokenList } from './personal-token.js';
import { createPersonalAccessToken, revokePersonalAccessToken } from './personal-token-lifecycle.js';
import { countPersonalTokens, listPersonalTokens, personalTokenById } from './personal-tokens.js';
import { Person } from './user.js';

@InputType({ description: 'A personal access token to make.' })
class CreatePersonalAccessTokenInput {
  @Field(() => String, { description: 'What it is for, 1 to 200 characters.' })
  name!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it ends, at most 365 days from now.' })
  expiresAt?: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: 'In how many days it ends, in place of `expiresAt`: 7, 30, 90, 180 or 365; 365 when neither is given.',
  })
  expiresInDays?: number | null;

  @Field(() => [CapabilityEnum], {
    nullable: true,
    description: 'What it may do at most; whatever you may when left out.',
  })
  capabilities?: Capability[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it administers where you do, except what needs a fresh sign-in; false when left out.',
  })
  administer?: boolean | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The token that was made.' })
class CreatePersonalAccessTokenPayload extends MutationPayload {
  @Field(() => PersonalAccessToken, { nullable: true, description: 'The token, without its text.' })
  personalAccessToken?: PersonalAccessToken;

  @Directive('@sensitive(class: SECRET)')
  @Field(() => String, { nullable: true, description: 'Its text, which is shown here and never again.' })
  token?: string;
}

@InputType({ description: 'A personal access token to end.' })
class RevokePersonalAccessTokenInput {
  @Field(() => ID, { description: 'Which one.' })
  id!: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The token that was ended.' })
class RevokePersonalAccessTokenPayload extends MutationPayload {
  @Field(() => PersonalAccessToken, { nullable: true, description: 'The token as it is now.' })
  personalAccessToken?: PersonalAccessToken;
}

@Resolver()
export class PersonalTokenMutations {
  @Directive('@actor(kinds: [PERSON], role: MEMBER)')
  @Mutation(() => CreatePersonalAccessTokenPayload, {
    description:
      'Makes a token for yourself in this workspace. Needs a sign-in within ten minutes, and that policy lets you have one.',
  })
  createPersonalAccessToken(
    @Arg('input', () => CreatePersonalAccessTokenInput, { description: 'What it is like.' })
    input: CreatePersonalAccessTokenInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const { id, token } = await createPersonalAccessToken(ctx, input);
      return { token, personalAccessToken: await personalTokenById(ctx, id) };
    });
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR])')
  @Mutation(() => RevokePersonalAccessTokenPayload, {
    description: 'Ends a token of your own, or any of the workspace if you administer it.',
  })
  revokePersonalAccessToken(
    @Arg('input', () => RevokePersonalAccessTokenInput, { description: 'Which one.' })
    input: RevokePersonalAccessTokenInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const { id } = await revokePersonalAccessToken(ctx, { id: requireId(input.id, 'The personal access token') });
      return { personalAccessToken: await personalTokenById(ctx, id) };
    });
  }
}

@Resolver(() => PersonalAccessToken)
export class PersonalTokenFields {
  @FieldResolver(() => Person, { nullable: true, description: 'Whose it is.' })
  async owner(@Root() { personId }: PersonalAccessToken, @Ctx() ctx: Context): Promise<Person | null> {
    return (await ctx.load(personById, personId)) ?? null;
  }

  @FieldResolver(() => Person, {
    nullable: true,
    description: 'Who ended it; null while it lives, and when the operator did.',
  })
  async revokedBy(@Root() { revokedById }: PersonalAccessToken, @Ctx() ctx: Context): Promise<Person | null> {
    return revokedById === null ? null : ((await ctx.load(personById, revokedById)) ?? null);
  }
}

@Resolver(() => Workspace)
export class WorkspacePersonalTokenFields {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Directive('@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => PersonalAccessTokenList, {
    nullable: true,
    description: 'The personal access tokens of everybody here, the newest first, without their text.',
  })
  async personalAccessTokens(
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() ctx: Context,
  ): Promise<List<PersonalAccessToken>> {
    const list = 'Workspace.personalAccessTokens';
    const window = windowOf(args, ctx.cursors, list);
    return toList(
      await listPersonalTokens(ctx, null, window),
      window,
      ({ id }) => ctx.cursors.seal(list, [id]),
      () => countPersonalTokens(ctx, null),
    );
  }
}
