// From the use of a share to the share.

import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { ShareUse } from '../connection/usage.js';
import type { Batch, Context } from '../context.js';
import type { Id } from '../lib/id.js';
import { Share } from './share.js';
import { selectShares, shareOf } from './shares.js';

@Resolver(() => ShareUse)
export class ShareUseFields {
  @FieldResolver(() => Share, { nullable: true, description: 'The share; null when it has ended just now.' })
  async share(@Root() { shareId }: ShareUse, @Ctx() ctx: Context): Promise<Share | null> {
    return (await ctx.load(shareById, shareId)) ?? null;
  }
}

const shareById: Batch<Id, Share> = {
  name: 'shareById',
  load: async (ctx, ids) =>
    new Map((await ctx.reader.rows(selectShares(ctx, ids))).map((row) => [row.id, shareOf(row)])),
};
