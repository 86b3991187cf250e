// Mutations on connections. Each reads its input, gives one command, answers its payload.

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
import type { Capability } from '../gate/capability.js';
import { CapabilityEnum } from '../gate/enums.js';
import { DateTime } from '../lib/datetime.js';
import { requireId } from '../lib/id.js';
import { carryOut, MutationPayload } from '../payload.js';
import { Connection, Installation, InstallationScope } from './connection.js';
import {
  createConnection,
  deleteConnection,
  resumeConnection,
  suspendConnection,
  uninstallConnection,
  updateConnection,
} from './lifecycle.js';
import { revealToken, revokeToken, rotateToken } from './token.js';

@InputType({ description: 'A connection to make.' })
class CreateConnectionInput {
  @Field(() => ID, {
    nullable: true,
    description: 'The workspace it belongs to for ever, one you own; the one you ask in when left out.',
  })
  workspaceId?: string | null;

  @Field(() => String, { description: 'Its name, 1 to 200 characters.' })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Its logo as base64: PNG, JPEG or WebP of at most 200,000 bytes and 4,096 pixels a side.',
  })
  logo?: string | null;

  @Field(() => [CapabilityEnum], { description: 'What it may do wherever something is shared with it.' })
  capabilities!: Capability[];
}

@InputType({ description: 'What to change about a connection; what is left out stays.' })
class UpdateConnectionInput {
  @Field(() => ID, { description: 'Which.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: 'Refused with `STALE_VERSION` when it has another by now.' })
  expectedVersion?: number | null;

  @Field(() => String, { nullable: true, description: 'Its name, 1 to 200 characters.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Its logo as base64; null takes it away.' })
  logo?: string | null;

  @Field(() => [CapabilityEnum], {
    nullable: true,
    description:
      'What it asks for. Less counts from the next request on; more as well for an internal connection and for the home of a public one, and waits for consent elsewhere.',
  })
  capabilities?: Capability[] | null;

  @Field(() => String, { nullable: true, description: 'The company behind it.' })
  company?: string | null;

  @Field(() => String, { nullable: true, description: 'Its home page, an https address.' })
  websiteUrl?: string | null;

  @Field(() => String, { nullable: true, description: 'Its privacy policy, an https address.' })
  privacyUrl?: string | null;

  @Field(() => String, { nullable: true, description: 'Its terms, an https address.' })
  termsUrl?: string | null;

  @Field(() => String, { nullable: true, description: 'Where it can be asked for help.' })
  supportEmail?: string | null;

  @Field(() => InstallationScope, { nullable: true, description: 'Who may install it; fixed once it is public.' })
  installationScope?: InstallationScope | null;

  @Field(() => [ID], { nullable: true, description: 'The workspaces that may, when only selected ones do.' })
  selectedWorkspaces?: string[] | null;
}

@InputType({ description: 'A connection.' })
class ConnectionInput {
  @Field(() => ID, { description: 'Which.' })
  id!: string;
}

@InputType({ description: 'What to disconnect.' })
class UninstallConnectionInput {
  @Field(() => ID, { description: 'The installation.' })
  installationId!: string;
}

@InputType({ description: 'Whose token to show.' })
class RevealTokenInput {
  @Field(() => ID, { description: 'The connection.' })
  connectionId!: string;
}

@InputType({ description: 'Whose token to replace.' })
class RotateTokenInput {
  @Field(() => ID, { description: 'The connection.' })
  connectionId!: string;

  @Field(() => Int, { nullable: true, description: 'How long the token before works on: 0 to 24 hours, usually 24.' })
  overlapHours?: number | null;
}

@InputType({ description: 'Which tokens to end.' })
class RevokeTokenInput {
  @Field(() => ID, { description: 'The connection.' })
  connectionId!: string;

  @Field(() => ID, { nullable: true, description: 'One of its tokens; all of them when left out.' })
  tokenId?: string | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The connection that was made.' })
class CreateConnectionPayload extends MutationPayload {
  @Field(() => Connection, { nullable: true, description: 'The connection.' })
  connection?: Connection;

  @Field(() => Installation, { nullable: true, description: 'Its one installation, in its own workspace.' })
  installation?: Installation;

  @Directive('@sensitive(class: SECRET)')
  @Field(() => String, { nullable: true, description: 'Its token.' })
  token?: string;
}

const connectionPayload = (name: string, description: string) => {
  @Extensions({ outsideContent: true })
  @Directive('@open')
  @ObjectType(name, { implements: MutationPayload, simpleResolvers: true, description })
  class ConnectionPayload extends MutationPayload {
    @Field(() => Connection, { nullable: true, description: 'The connection.' })
    connection?: Connection;
  }
  return ConnectionPayload;
};

const UpdateConnectionPayload = connectionPayload('UpdateConnectionPayload', 'The connection as it is now.');
const SuspendConnectionPayload = connectionPayload('SuspendConnectionPayload', 'The connection that stands still.');
const ResumeConnectionPayload = connectionPayload('ResumeConnectionPayload', 'The connection that works again.');
const DeleteConnectionPayload = connectionPayload('DeleteConnectionPayload', 'The connection that was.');

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The installation that ended.' })
class UninstallConnectionPayload extends MutationPayload {
  @Field(() => Installation, { nullable: true, description: 'The installation.' })
  installation?: Installation;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'A token, once more.' })
class RevealTokenPayload extends MutationPayload {
  @Directive('@sensitive(class: SECRET)')
  @Field(() => String, { nullable: true, description: 'Its text.' })
  token?: string;

  @Field(() => String, { nullable: true, description: 'Its last four characters.' })
  lastFour?: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The new token.' })
class RotateTokenPayload extends MutationPayload {
  @Directive('@sensitive(class: SECRET)')
  @Field(() => String, { nullable: true, description: 'Its text.' })
  token?: string;

  @Field(() => String, { nullable: true, description: 'Its last four characters.' })
  lastFour?: string;

  @Field(() => DateTime, { nullable: true, description: 'Until when the token before works; null: it does not.' })
  previousValidUntil?: Date | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'What ended.' })
class RevokeTokenPayload extends MutationPayload {
  @Field(() => Int, { nullable: true, description: 'How many tokens ended.' })
  revoked?: number;
}

@Resolver()
export class ConnectionMutations {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => CreateConnectionPayload, {
    description: 'Makes an internal connection, with its bot and a token. Nothing is shared with it yet.',
  })
  createConnection(
    @Arg('input', () => CreateConnectionInput, { description: 'What it is like.' }) input: CreateConnectionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    const { workspaceId } = input;
    return carryOut(ctx, () =>
      createConnection(ctx, {
        ...input,
        workspaceId: workspaceId == null ? ctx.actor.workspaceId : requireId(workspaceId, 'The workspace'),
      }),
    );
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => UpdateConnectionPayload, {
    description: 'Changes name, logo and capabilities of an internal connection.',
  })
  updateConnection(
    @Arg('input', () => UpdateConnectionInput, { description: 'What to change.' }) input: UpdateConnectionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => ({
      connection: await updateConnection(ctx, { ...input, id: requireId(input.id, 'The connection') }),
    }));
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => SuspendConnectionPayload, { description: 'Its tokens are refused until it is resumed.' })
  suspendConnection(
    @Arg('input', () => ConnectionInput, { description: 'Which.' }) { id }: ConnectionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => ({
      connection: await suspendConnection(ctx, { id: requireId(id, 'The connection') }),
    }));
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => ResumeConnectionPayload, { description: 'A suspended connection works again, with its tokens.' })
  resumeConnection(
    @Arg('input', () => ConnectionInput, { description: 'Which.' }) { id }: ConnectionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => ({
      connection: await resumeConnection(ctx, { id: requireId(id, 'The connection') }),
    }));
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => DeleteConnectionPayload, {
    description:
      'Ends a connection for good, with its tokens and shares. Listed for another 30 days. Needs a fresh sign-in.',
  })
  deleteConnection(
    @Arg('input', () => ConnectionInput, { description: 'Which.' }) { id }: ConnectionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => ({
      connection: await deleteConnection(ctx, { id: requireId(id, 'The connection') }),
    }));
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: GUEST)')
  @Mutation(() => UninstallConnectionPayload, {
    description: 'Disconnects what you installed, or, as an owner, what anybody did.',
  })
  uninstallConnection(
    @Arg('input', () => UninstallConnectionInput, { description: 'Which.' }) {
      installationId,
    }: UninstallConnectionInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => ({
      installation: await uninstallConnection(ctx, {
        installationId: requireId(installationId, 'The installation'),
      }),
    }));
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => RevealTokenPayload, {
    description: 'Shows the token again, unless it was to be shown once. Needs a fresh sign-in.',
  })
  revealToken(
    @Arg('input', () => RevealTokenInput, { description: 'Whose.' }) { connectionId }: RevealTokenInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, () => revealToken(ctx, { connectionId: requireId(connectionId, 'The connection') }));
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => RotateTokenPayload, {
    description: 'Gives a new token; the one before works on for a while. Needs a fresh sign-in.',
  })
  rotateToken(
    @Arg('input', () => RotateTokenInput, { description: 'Whose.' }) { connectionId, overlapHours }: RotateTokenInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, () =>
      rotateToken(ctx, { connectionId: requireId(connectionId, 'The connection'), overlapHours }),
    );
  }

  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => RevokeTokenPayload, { description: 'Ends tokens at once.' })
  revokeToken(
    @Arg('input', () => RevokeTokenInput, { description: 'Which.' }) { connectionId, tokenId }: RevokeTokenInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, () =>
      revokeToken(ctx, {
        connectionId: requireId(connectionId, 'The connection'),
        tokenId: tokenId == null ? null : requireId(tokenId, 'The token'),
      }),
    );
  }
}
