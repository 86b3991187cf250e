// Icon and cover of a page or database: as they are stored, as GraphQL shows them, and what may be given for them.

import { Directive, Field, ID, InputType, ObjectType } from 'type-graphql';
import type { Bits } from '../gate/capability.js';
import { type Id, parseId } from '../lib/id.js';
import { Refusal } from '../lib/refusal.js';
import { type FileReference, UPLOAD } from './block-content.js';
import { type ContentLimits, type Path, requireUrl } from './limits.js';
import { notFoundAt } from './span-input.js';

/** As stored: exactly one of these. */
export type StoredIcon = { emoji: string } | StoredCover;
export type StoredCover = { url: string } | { file: FileReference };

const LASTS = 'That of an uploaded image works for some minutes, like `FileInfo.url`.';
const OF_UPLOAD = 'Id of a completed upload of yours, which is used up by it.';

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ simpleResolvers: true, description: 'The small picture before a title: an emoji or an image.' })
export class Icon {
  access!: Bits;
  /** Null unless it is a file of the workspace. */
  fileId!: Id | null;
  resourceId!: Id;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'The emoji; null when it is an image.' })
  emoji!: string | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, {
    nullable: true,
    description: `Where the image is; null when it is an emoji. ${LASTS}`,
  })
  url!: string | null;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ simpleResolvers: true, description: 'The wide picture above a page or database.' })
export class Cover {
  access!: Bits;
  fileId!: Id | null;
  resourceId!: Id;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: `Where the image is. ${LASTS}` })
  url!: string | null;
}

@Directive('@oneOf')
@InputType({ description: 'A small picture: an emoji or an image.' })
export class IconInput {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'One emoji.' })
  emoji?: string | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Address of an image, http or https.' })
  url?: string | null;

  @Field(() => ID, { nullable: true, description: OF_UPLOAD })
  uploadId?: string | null;
}

@InputType({ description: 'A wide picture: exactly one of these.' })
export class CoverInput {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Address of an image, http or https.' })
  url?: string | null;

  @Field(() => ID, { nullable: true, description: OF_UPLOAD })
  uploadId?: string | null;
}

export const iconOf = (stored: StoredIcon | null, access: Bits, resourceId: Id): Icon | null =>
  stored && { access, resourceId, emoji: 'emoji' in stored ? stored.emoji : null, ...pictureOf(stored) };

export const coverOf = (stored: StoredCover | null, access: Bits, resourceId: Id): Cover | null =>
  stored && { access, resourceId, ...pictureOf(stored) };

const pictureOf = (stored: StoredIcon) => ({
  url: 'url' in stored ? stored.url : null,
  fileId: ('file' in stored && stored.file.fileId) || null,
});

/** What is kept of an icon somebody gave. Refused: what is no emoji, or no address of the web. */
export function requireIcon({ emoji, url, uploadId }: IconInput, limits: ContentLimits): StoredIcon {
  if (uploadId != null) return uploaded(uploadId, ['icon', 'uploadId']);
  if (url != null) return { url: requireUrl(url, limits, ['icon', 'url']) };
  if (emoji != null && EMOJI.test(emoji)) return { emoji };
  throw new Refusal(
    'INVALID',
    `icon.emoji should be one emoji, but is: ${JSON.stringify((emoji ?? '').slice(0, 20))}`,
    {
      path: ['icon', 'emoji'],
    },
  );
}

/** What is kept of a cover somebody gave. Refused: what is no address of the web, both or neither. */
export function requireCover({ url, uploadId }: CoverInput, limits: ContentLimits): StoredCover {
  if ((url == null) === (uploadId == null)) {
    throw new Refusal('INVALID', 'cover should have exactly one of url and uploadId.', { path: ['cover'] });
  }
  if (uploadId != null) return uploaded(uploadId, ['cover', 'uploadId']);
  return { url: requireUrl(url ?? '', limits, ['cover', 'url']) };
}

function uploaded(text: string, path: Path): { file: FileReference } {
  const uploadId = parseId(text);
  if (uploadId === null) throw notFoundAt('The upload', path);
  return { file: { name: '', [UPLOAD]: uploadId } };
}

/** One emoji, also without the selector that asks for its coloured form. No literal: the compiler knows no flag `v` for the
 *  language level of this project. */
const ONE_EMOJI = String.raw`^(?:\p{RGI_Emoji}|\p{Extended_Pictographic})$`;
const EMOJI = new RegExp(ONE_EMOJI, 'v');

export const isOneEmoji = (text: string): boolean => EMOJI.test(text);
