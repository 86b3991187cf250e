// Mutations and fields of public connections: becoming one, their clients, upgrades.

import {
  Arg,
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
import { DateTime } from '../lib/datetime.js';
import { enumType } from '../lib/enum.js';
import { requireId } from '../lib/id.js';
import { carryOut, MutationPayload } from '../payload.js';
import { rotateClientSecret } from './client-secret.js';
import { Connection, Installation } from './connection.js';
import { approveUpgrade } from './grant.js';
import { checklistOf, PUBLISH_ITEMS, type PublishItem } from './public-settings.js';
import { publishConnection, updateRedirectUris } from './publishing.js';

const PublishItemEnum = enumType('PublishItem', 'What a connection needs before it becomes public.', PUBLISH_ITEMS);

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'One thing a connection needs before it becomes public.' })
class PublishCheck {
  @Field(() => PublishItemEnum, { description: 'What.' })
  item!: PublishItem;

  @Field(() => Boolean, { description: 'Whether it is there.' })
  done!: boolean;

  @Field(() => String, { description: 'What it is, and how to set it.' })
  sentence!: string;
}

@Resolver(() => Connection)
export class PublishingFields {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @FieldResolver(() => [PublishCheck], { nullable: true, description: 'What it needs to become public.' })
  publishChecklist(@Root() connection: Connection): PublishCheck[] {
    return checklistOf(connection);
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @FieldResolver(() => [String], { nullable: true, description: 'Where its clients may be sent back to.' })
  redirectUris(@Root() { redirectUris }: Connection): string[] {
    return redirectUris;
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @FieldResolver(() => [ID], { nullable: true, description: 'The workspaces that may install it, when only some may.' })
  selectedWorkspaces(@Root() { selectedWorkspaces }: Connection): string[] {
    return selectedWorkspaces;
  }

  @FieldResolver(() => ID, {
    nullable: true,
    description: 'What its clients call themselves; null for an internal one.',
  })
  clientId(@Root() { id, kind }: Connection): string | null {
    return kind === 'PUBLIC' ? id : null;
  }
}

@InputType({ description: 'A connection to make public.' })
class PublishConnectionInput {
  @Field(() => ID, { description: 'Which.' })
  id!: string;
}

@InputType({ description: 'Where clients may be sent back to.' })
class UpdateRedirectUrisInput {
  @Field(() => ID, { description: 'The connection.' })
  connectionId!: string;

  @Field(() => [String], {
    description: 'All of them, at most 20: https, or http at 127.0.0.1 or [::1], where the port may vary.',
  })
  redirectUris!: string[];

  @Field(() => Int, { nullable: true, description: 'Refused with `STALE_VERSION` when it has another by now.' })
  expectedVersion?: number | null;
}

@InputType({ description: 'Whose client secret to replace.' })
class RotateClientSecretInput {
  @Field(() => ID, { description: 'The connection.' })
  connectionId!: string;

  @Field(() => Int, { nullable: true, description: 'How long the secret before works on: 0 to 24 hours, usually 24.' })
  overlapHours?: number | null;
}

@InputType({ description: 'Which upgrade to agree to.' })
class ApproveUpgradeInput {
  @Field(() => ID, { description: 'The installation.' })
  installationId!: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The connection that is public now.' })
class PublishConnectionPayload extends MutationPayload {
  @Field(() => Connection, { nullable: true, description: 'The connection.' })
  connection?: Connection;

  @Field(() => ID, { nullable: true, description: 'What its clients call themselves.' })
  clientId?: string;

  @Directive('@sensitive(class: SECRET)')
  @Field(() => String, { nullable: true, description: 'How they prove it; shown once.' })
  clientSecret?: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The connection as it is now.' })
class UpdateRedirectUrisPayload extends MutationPayload {
  @Field(() => Connection, { nullable: true, description: 'The connection.' })
  connection?: Connection;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The new client secret.' })
class RotateClientSecretPayload extends MutationPayload {
  @Directive('@sensitive(class: SECRET)')
  @Field(() => String, { nullable: true, description: 'Its text; shown once.' })
  clientSecret?: string;

  @Field(() => DateTime, { nullable: true, description: 'Until when the secret before works; null: it does not.' })
  previousValidUntil?: Date | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The installation as it is now.' })
class ApproveUpgradePayload extends MutationPayload {
  @Field(() => Installation, { nullable: true, description: 'The installation.' })
  installation?: Installation;
}

@Resolver()
export class PublishingMutations {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => PublishConnectionPayload, {
    description: 'Lets other workspaces install it. Cannot be undone. Needs a fresh sign-in.',
  })
  publishConnection(
    @Arg('input', () => PublishConnectionInput, { description: 'Which.' }) { id }: PublishConnectionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, () => publishConnection(ctx, { id: requireId(id, 'The connection') }));
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => UpdateRedirectUrisPayload, { description: 'Says where clients may be sent back to.' })
  updateRedirectUris(
    @Arg('input', () => UpdateRedirectUrisInput, { description: 'Where.' }) input: UpdateRedirectUrisInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => ({
      connection: await updateRedirectUris(ctx, {
        ...input,
        connectionId: requireId(input.connectionId, 'The connection'),
      }),
    }));
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => RotateClientSecretPayload, {
    description: 'Gives a new client secret; the one before works on for a while. Needs a fresh sign-in.',
  })
  rotateClientSecret(
    @Arg('input', () => RotateClientSecretInput, { description: 'Whose.' }) input: RotateClientSecretInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, () =>
      rotateClientSecret(ctx, { ...input, connectionId: requireId(input.connectionId, 'The connection') }),
    );
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: GUEST)')
  @Mutation(() => ApproveUpgradePayload, {
    description: 'Agrees to what a connection you installed asks for by now; an owner may for anybody.',
  })
  approveUpgrade(
    @Arg('input', () => ApproveUpgradeInput, { description: 'Which.' }) { installationId }: ApproveUpgradeInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => ({
      installation: await approveUpgrade(ctx, { installationId: requireId(installationId, 'The installation') }),
    }));
  }
}
