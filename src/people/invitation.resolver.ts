// Mutations on invitations.

import { Arg, Ctx, Directive, Extensions, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Context } from '../context.js';
import type { WorkspaceRole } from '../gate/actor.js';
import { WorkspaceRoleEnum } from '../gate/enums.js';
import { DateTime } from '../lib/datetime.js';
import type { Id } from '../lib/id.js';
import { carryOut, MutationPayload } from '../payload.js';
import { inviteMember } from './invitation.js';

@InputType({ description: 'Whom to invite.' })
class InviteMemberInput {
  @Directive('@sensitive(class: EMAIL)')
  @Field(() => String, { description: 'Her e-mail address, with which she will sign in.' })
  email!: string;

  @Field(() => WorkspaceRoleEnum, { description: 'What she will be. An owner needs a sign-in within ten minutes.' })
  role!: WorkspaceRole;

  @Directive('@sensitive(class: PERSON_NAME)')
  @Field(() => String, { nullable: true, description: 'Her name as you know it; she may change it.' })
  name?: string | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'Somebody may join the workspace.' })
class Invitation {
  @Field(() => ID, { description: 'Says nothing that would let anybody in.' })
  id!: Id;

  @Directive('@sensitive(class: EMAIL)')
  @Field(() => String, { description: 'Her e-mail address.' })
  email!: string;

  @Field(() => WorkspaceRoleEnum, { description: 'What she will be.' })
  role!: WorkspaceRole;

  @Field(() => DateTime, { description: 'Until when the link works.' })
  expiresAt!: Date;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The invitation, with its link.' })
class InviteMemberPayload extends MutationPayload {
  @Field(() => Invitation, { nullable: true, description: 'The invitation.' })
  invitation?: Invitation;

  @Directive('@sensitive(class: SECRET)')
  @Field(() => String, {
    nullable: true,
    description: 'What to hand to her: it works once, and is shown here and never again. Gatehouse sends no mail.',
  })
  link?: string;
}

@Resolver()
export class InvitationMutations {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => InviteMemberPayload, {
    description:
      'Makes a link with which somebody joins the workspace within 7 days. An earlier one for the same address stops working.',
  })
  inviteMember(
    @Arg('input', () => InviteMemberInput, { description: 'Whom, and as what.' }) input: InviteMemberInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const { path, ...invitation } = await inviteMember(ctx, input);
      return { invitation, link: ctx.publicUrl() + path };
    });
  }
}
