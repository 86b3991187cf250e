// Uploads at the door of GraphQL. The bytes come by another one (server/files-door.ts).

import {
  Arg,
  Ctx,
  Directive,
  Extensions,
  Field,
  FieldResolver,
  Float,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import type { Context } from '../context.js';
import { userIdOf } from '../gate/actor.js';
import { mayChange } from '../gate/rules.js';
import { type Id, parseId, requireId } from '../lib/id.js';
import { sql } from '../lib/sql.js';
import { carryOut, MutationPayload } from '../payload.js';
import { holderOf, pathOfFile } from './file-url.js';
import { FileUpload, type UploadPurpose, UploadPurposeEnum, uploadColumns } from './upload.js';
import { completeFileUpload, createFileUpload } from './upload-lifecycle.js';

@InputType({ description: 'A file that is to come.' })
class CreateFileUploadInput {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { description: 'Its name; what it ends with says what type it must be.' })
  name!: string;

  @Field(() => Float, {
    nullable: true,
    description: 'How many bytes will come; anything up to the limit when left out.',
  })
  size?: number | null;

  @Field(() => UploadPurposeEnum, { nullable: true, description: 'CONTENT when left out. IMPORT is for owners.' })
  purpose?: UploadPurpose | null;
}

@InputType({ description: 'An upload whose bytes have come.' })
class CompleteFileUploadInput {
  @Field(() => ID, { description: 'The upload.' })
  id!: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The upload that was begun.' })
class CreateFileUploadPayload extends MutationPayload {
  @Field(() => FileUpload, { nullable: true, description: 'The upload, with where to send its bytes.' })
  fileUpload?: FileUpload;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The upload that was completed.' })
class CompleteFileUploadPayload extends MutationPayload {
  @Field(() => FileUpload, { nullable: true, description: 'The upload.' })
  fileUpload?: FileUpload;
}

@Resolver()
export class FileUploadMutations {
  @Directive('@requires(anyOf: [[CONTENT_INSERT], [CONTENT_UPDATE]])')
  @Directive('@emits(events: [FILE_UPLOAD_CREATED])')
  @Extensions({ replayable: true })
  @Mutation(() => CreateFileUploadPayload, {
    description: 'Begins an upload: send the bytes to its `uploadUrl` by PUT, then complete it.',
  })
  createFileUpload(
    @Arg('input', () => CreateFileUploadInput, { description: 'What will come.' }) input: CreateFileUploadInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWithUpload(ctx, () => createFileUpload(ctx, input));
  }

  @Directive('@requires(anyOf: [[CONTENT_INSERT], [CONTENT_UPDATE]])')
  @Directive('@emits(events: [FILE_UPLOAD_COMPLETED])')
  @Extensions({ replayable: true })
  @Mutation(() => CompleteFileUploadPayload, {
    description:
      'Completes an upload of yours whose bytes have come: from then on it can be used, once, until it expires.',
  })
  completeFileUpload(
    @Arg('input', () => CompleteFileUploadInput, { description: 'Which one.' }) input: CompleteFileUploadInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWithUpload(ctx, async () => completeFileUpload(ctx, { id: requireId(input.id, 'The upload') }));
  }
}

@Resolver()
export class FileUploadQueries {
  @Directive('@requires(anyOf: [[CONTENT_INSERT], [CONTENT_UPDATE]])')
  @Query(() => FileUpload, {
    nullable: true,
    description: 'An upload of yours; null when there is none with this id.',
  })
  async fileUpload(
    @Arg('id', () => ID, { description: 'The upload.' }) id: string,
    @Ctx() ctx: Context,
  ): Promise<FileUpload | null> {
    const uploadId = parseId(id);
    return uploadId === null ? null : uploadOf(ctx, uploadId);
  }
}

@Resolver(() => FileUpload)
export class FileUploadFields {
  @FieldResolver()
  uploadUrl(@Root() { id, state, expiresAt }: FileUpload, @Ctx() ctx: Context): string | null {
    const holder = holderOf(ctx.actor);
    if (state !== 'PENDING' || holder === null || !mayChange(ctx.actor)) return null;
    const address = { door: 'UPLOAD', holder, resourceId: id, fileId: id, expiresAt: new Date(expiresAt) } as const;
    return ctx.publicUrl() + pathOfFile(ctx.keys, address);
  }
}

const answerWithUpload = (ctx: Context, command: () => Promise<{ id: Id }>): Promise<object> =>
  carryOut(ctx, async () => {
    const { id } = await command();
    return { fileUpload: await uploadOf(ctx, id) };
  });

/** An upload of whoever asks. */
async function uploadOf({ actor, reader }: Context, id: Id): Promise<FileUpload | null> {
  const [upload] = await reader.rows(sql<FileUpload>`
    select ${uploadColumns} from file_upload u
     where u.workspace_id = ${actor.workspaceId} and u.id = ${id}::uuid
       and u.user_id is not distinct from ${userIdOf(actor)}::uuid`);
  return upload ?? null;
}
