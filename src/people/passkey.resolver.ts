// GraphQL's way to passkeys. One's own stand on the viewer (api/viewer.resolver.ts); signing in with one is for pages.

import { GraphQLJSONObject } from 'graphql-scalars';
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
import { requireId } from '../lib/id.js';
import { carryOut, MutationPayload } from '../payload.js';
import { createPasskey, deletePasskey, startPasskey } from './passkey-lifecycle.js';
import { Passkey, passkeysOf } from './passkeys.js';

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'A passkey may be made now.' })
class StartPasskeyPayload extends MutationPayload {
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'What a browser makes one from: `PublicKeyCredentialCreationOptionsJSON` of WebAuthn. It counts for five minutes, for this session, and once.',
  })
  options?: object;
}

@InputType({ description: 'A passkey that your browser has made.' })
class CreatePasskeyInput {
  @Directive('@sensitive(class: PERSON_NAME)')
  @Field(() => String, { description: 'What you call it, 1 to 200 characters.' })
  name!: string;

  @Field(() => GraphQLJSONObject, {
    description: 'What the browser answered to the options of `startPasskey`: `RegistrationResponseJSON` of WebAuthn.',
  })
  response!: object;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The passkey is kept.' })
class CreatePasskeyPayload extends MutationPayload {
  @Field(() => Passkey, { nullable: true, description: 'The passkey.' })
  passkey?: Passkey;
}

@InputType({ description: 'Which passkey to delete.' })
class DeletePasskeyInput {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The passkey is deleted.' })
class DeletePasskeyPayload extends MutationPayload {
  @Field(() => Int, { nullable: true, description: 'How many other sessions of yours have ended.' })
  endedSessions?: number;
}

@Resolver()
export class PasskeyMutations {
  @Directive('@actor(kinds: [PERSON])')
  @Mutation(() => StartPasskeyPayload, {
    description: 'Begins a passkey, which `createPasskey` keeps. Needs a session and a sign-in within ten minutes.',
  })
  startPasskey(@Ctx() ctx: Context): Promise<object> {
    return carryOut(ctx, () => startPasskey(ctx));
  }

  @Directive('@actor(kinds: [PERSON])')
  @Mutation(() => CreatePasskeyPayload, {
    description:
      'Keeps a passkey for you to sign in with. Needs a session and a sign-in within ten minutes. At most 20 for each person.',
  })
  createPasskey(
    @Arg('input', () => CreatePasskeyInput, { description: 'The passkey.' }) input: CreatePasskeyInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const { id } = await createPasskey(ctx, input);
      const passkeys = ctx.actor.kind === 'PERSON' ? await passkeysOf(ctx.reader, ctx.actor.personId) : [];
      return { passkey: passkeys.find((passkey) => passkey.id === id) };
    });
  }

  @Directive('@actor(kinds: [PERSON])')
  @Mutation(() => DeletePasskeyPayload, {
    description:
      'Deletes a passkey of yours, and ends all of your sessions but the one you ask with. Needs a session and a sign-in within ten minutes.',
  })
  deletePasskey(
    @Arg('input', () => DeletePasskeyInput, { description: 'Which one.' }) input: DeletePasskeyInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, () => deletePasskey(ctx, { id: requireId(input.id, 'The passkey') }));
  }
}
