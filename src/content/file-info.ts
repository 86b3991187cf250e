// A file as content shows it: what it is called, how large it is, and where its bytes can be fetched.

import { Directive, Field, Float, ObjectType } from 'type-graphql';
import type { Bits } from '../gate/capability.js';
import { DateTime } from '../lib/datetime.js';
import type { Id } from '../lib/id.js';
import type { FileReference } from './block-content.js';

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ simpleResolvers: true, description: 'A file in the workspace, or somewhere on the web.' })
export class FileInfo {
  access!: Bits;
  /** Null for a file somewhere else. */
  fileId!: Id | null;
  /** The page or database that refers to it. */
  resourceId!: Id;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Its name.' })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Media type; null for a file somewhere else.' })
  contentType!: string | null;

  @Field(() => Float, { nullable: true, description: 'Bytes; null for a file somewhere else.' })
  size!: number | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Where it is on the web; null for a file in the workspace.' })
  externalUrl!: string | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, {
    nullable: true,
    description:
      'Where to fetch its bytes, by GET, without any other credential: for some minutes, for as long as what you asked with works, and you may read what refers to the file. Null for a file somewhere else, and for the operator.',
  })
  url?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Until when `url` works; null where there is none.' })
  expiresAt?: Date | null;
}

/** A stored file as a reader with these bits on what refers to it sees it. */
export const fileOf = (file: FileReference, access: Bits, resourceId: Id): FileInfo => ({
  access,
  fileId: file.fileId ?? null,
  resourceId,
  name: file.name,
  contentType: file.contentType ?? null,
  size: file.size ?? null,
  externalUrl: file.url ?? null,
});
