// A file as content shows it: what it is called and how large it is. The bytes come through another door.

import { Directive, Field, Float, ObjectType } from 'type-graphql';
import type { Bits } from '../gate/capability.js';
import type { FileReference } from './block-content.js';

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ simpleResolvers: true, description: 'A file in the workspace, or somewhere on the web.' })
export class FileInfo {
  access!: Bits;

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
}

export const fileOf = (file: FileReference, access: Bits): FileInfo => ({
  access,
  name: file.name,
  contentType: file.contentType ?? null,
  size: file.size ?? null,
  externalUrl: file.url ?? null,
});
