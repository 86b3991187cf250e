// Mutations on shares. Each reads its input, gives one command, answers its payload.

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
  InterfaceType,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql';
import type { Context } from '../context.js';
import type { ShareAccess } from '../gate/capability.js';
import { ShareAccessEnum } from '../gate/enums.js';
import { DateTime } from '../lib/datetime.js';
import { type Id, requireId } from '../lib/id.js';
import { carryOut, MutationPayload } from '../payload.js';
import { grantShare, revokeShare, updateShare } from './lifecycle.js';
import { Share } from './share.js';
import { sharesAbove } from './shares.js';

@InputType({ description: 'What to share, and with whom: exactly one of installation, connection and person.' })
class GrantShareInput {
  @Field(() => ID, { nullable: true, description: 'An installation, as `Bot.installationId` gives it.' })
  installationId?: string | null;

  @Field(() => ID, { nullable: true, description: 'A connection: its one installation in this workspace.' })
  connectionId?: string | null;

  @Field(() => ID, { nullable: true, description: 'A guest. Members and owners reach every page already.' })
  personId?: string | null;

  @Field(() => ID, { description: 'The page, database or data source; everything below comes along.' })
  resourceId!: string;

  @Field(() => [ShareAccessEnum], { nullable: true, description: 'What it opens; all five when left out.' })
  access?: ShareAccess[] | null;

  @Field(() => DateTime, { nullable: true, description: 'When it ends by itself; never when left out.' })
  expiresAt?: Date | null;
}

@InputType({ description: 'What to change about a share; what is left out stays.' })
class UpdateShareInput {
  @Field(() => ID, { description: 'The share.' })
  id!: string;

  @Field(() => [ShareAccessEnum], { nullable: true, description: 'What it opens from now on.' })
  access?: ShareAccess[] | null;

  @Field(() => DateTime, { nullable: true, description: 'When it ends by itself; null takes the expiry away.' })
  expiresAt?: Date | null;

  @Field(() => Int, { nullable: true, description: 'Refused with `STALE_VERSION` when it has another by now.' })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which share to end.' })
class RevokeShareInput {
  @Field(() => ID, { description: 'The share.' })
  id!: string;
}

@InterfaceType({ implements: MutationPayload, description: 'What the mutations on shares answer.' })
abstract class SharePayload extends MutationPayload {
  @Directive('@open')
  @Field(() => Share, { nullable: true, description: 'The share: as it is now, or as it was when it ended.' })
  share?: Share;

  @Directive('@listSize(assumedSize: 2)')
  @Directive('@open')
  @Field(() => [Share], {
    nullable: true,
    description:
      'Shares further up that open the same to the same connection or guest, the nearest first: what they open stays open whatever becomes of this one.',
  })
  stillOpenedBy?: Share[];
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: SharePayload, simpleResolvers: true, description: 'The share that was granted.' })
class GrantSharePayload extends SharePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: SharePayload, simpleResolvers: true, description: 'The share that was changed.' })
class UpdateSharePayload extends SharePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: SharePayload, simpleResolvers: true, description: 'The share that was ended.' })
class RevokeSharePayload extends SharePayload {}

const SHARERS = '@actor(kinds: [PERSON, OPERATOR], role: MEMBER)';

@Resolver()
export class ShareMutations {
  @Directive(SHARERS)
  @Mutation(() => GrantSharePayload, {
    description:
      'Opens a page, database or data source to a connection or a guest, with everything below it. Sharing the same again changes the share there is. For members unless policy keeps it to owners.',
  })
  grantShare(
    @Arg('input', () => GrantShareInput, { description: 'What, and with whom.' }) input: GrantShareInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () =>
      grantShare(ctx, {
        ...input,
        installationId: maybeId(input.installationId, 'The connection'),
        connectionId: maybeId(input.connectionId, 'The connection'),
        personId: maybeId(input.personId, 'The person'),
        resourceId: requireId(input.resourceId, 'The page, database or data source'),
      }),
    );
  }

  @Directive(SHARERS)
  @Mutation(() => UpdateSharePayload, {
    description: 'Changes what a share opens or when it ends, from the next request of whoever holds it.',
  })
  updateShare(
    @Arg('input', () => UpdateShareInput, { description: 'What to change.' }) input: UpdateShareInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => updateShare(ctx, { ...input, id: requireId(input.id, 'The share') }));
  }

  @Directive(SHARERS)
  @Mutation(() => RevokeSharePayload, {
    description: 'Ends a share. What another share opens stays open: `stillOpenedBy` says which.',
  })
  revokeShare(
    @Arg('input', () => RevokeShareInput, { description: 'Which one.' }) input: RevokeShareInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => revokeShare(ctx, { id: requireId(input.id, 'The share') }));
  }
}

@Resolver(() => SharePayload)
export class SharePayloadFields {
  @FieldResolver()
  async stillOpenedBy(@Root() { share }: SharePayload, @Ctx() ctx: Context): Promise<Share[] | null> {
    return share ? ((await ctx.load(sharesAbove, share)) ?? []) : null;
  }
}

const maybeId = (text: string | null | undefined, what: string): Id | null =>
  text == null ? null : requireId(text, what);
