// Addresses of files, where content shows them. Made from what is known already: no statement is sent for them.

import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Cover, Icon } from '../content/appearance.js';
import { FileInfo } from '../content/file-info.js';
import type { Context } from '../context.js';
import type { Id } from '../lib/id.js';
import { downloadExpiry, holderOf, pathOfFile } from './file-url.js';

@Resolver(() => FileInfo)
export class FileInfoFields {
  @FieldResolver()
  url(@Root() file: FileInfo, @Ctx() ctx: Context): string | null {
    return urlOf(ctx, file);
  }

  @FieldResolver()
  expiresAt(@Root() { fileId }: FileInfo, @Ctx() ctx: Context): Date | null {
    return !fileId || holderOf(ctx.actor) === null ? null : downloadExpiry(ctx.now());
  }
}

@Resolver(() => Icon)
export class IconFields {
  @FieldResolver()
  url(@Root() icon: Icon, @Ctx() ctx: Context): string | null {
    return icon.url ?? urlOf(ctx, icon);
  }
}

@Resolver(() => Cover)
export class CoverFields {
  @FieldResolver()
  url(@Root() cover: Cover, @Ctx() ctx: Context): string | null {
    return cover.url ?? urlOf(ctx, cover);
  }
}

function urlOf(ctx: Context, { fileId, resourceId }: { fileId: Id | null; resourceId: Id }): string | null {
  const holder = holderOf(ctx.actor);
  if (!fileId || holder === null) return null;
  const expiresAt = downloadExpiry(ctx.now());
  return ctx.publicUrl() + pathOfFile(ctx.keys, { door: 'DOWNLOAD', holder, resourceId, fileId, expiresAt });
}
