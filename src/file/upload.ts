// An upload as whoever made it sees it.

import { Directive, Extensions, Field, Float, ID, ObjectType } from 'type-graphql';
import { DateTime } from '../lib/datetime.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import { type Sql, sql } from '../lib/sql.js';

export const UPLOAD_STATES = ['PENDING', 'UPLOADED', 'COMPLETED', 'FAILED', 'EXPIRED'] as const;
export type UploadState = (typeof UPLOAD_STATES)[number];

export const UploadStateEnum = enumType<UploadState>('UploadState', 'How far an upload has come.', {
  PENDING: 'Its bytes have not come yet.',
  UPLOADED: 'Its bytes are there; complete it by `completeFileUpload`.',
  COMPLETED: 'It can be put on a page, or imported, once.',
  FAILED: 'What came was too large, or not what its name says. Begin another one.',
  EXPIRED: 'It was not used in time. Begin another one.',
});

export type UploadPurpose = 'CONTENT' | 'IMPORT';

export const UploadPurposeEnum = enumType<UploadPurpose>('UploadPurpose', 'What an upload is for.', {
  CONTENT: 'To be put on a page or database.',
  IMPORT: 'An export, to be imported by `startImport`. Its limit is larger.',
});

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'A file on its way into the workspace.' })
export class FileUpload {
  @Field(() => ID, { description: 'Give it as `uploadId` where a file is written.' })
  id!: Id;

  @Field(() => UploadStateEnum, { description: 'How far it has come.' })
  state!: UploadState;

  @Field(() => UploadPurposeEnum, { description: 'What it is for.' })
  purpose!: UploadPurpose;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { description: 'The name of the file.' })
  name!: string;

  @Field(() => String, { description: 'Media type, by its name until the bytes are there.' })
  contentType!: string;

  @Field(() => Float, { nullable: true, description: 'Bytes; null where nobody has said how many, and none came yet.' })
  size!: number | null;

  @Field(() => DateTime, { description: 'When it was begun.' })
  createdAt!: Date | string;

  @Field(() => DateTime, { description: 'Until when it can be completed and used.' })
  expiresAt!: Date | string;

  @Directive('@sensitive(class: SECRET)')
  @Field(() => String, {
    nullable: true,
    description:
      'Where to send the bytes, by PUT, without any other credential; null once they are there. It works once, until `expiresAt`, and as long as what you asked with.',
  })
  uploadUrl?: string | null;
}

/** Columns of an upload `u`. */
export const uploadColumns: Sql = sql`
  u.id, u.state, u.purpose, u.name, u.content_type as "contentType", u.size::float8 as size,
  u.created_at as "createdAt", u.expires_at as "expiresAt"`;
