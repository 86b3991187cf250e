// Icon and cover of a page or database: as they are stored, as GraphQL shows them, and what may be given for them.

import { Directive, Field, InputType, ObjectType } from 'type-graphql';
import type { Bits } from '../gate/capability.js';
import { Refusal } from '../lib/refusal.js';
import { type ContentLimits, requireUrl } from './limits.js';

/** As stored: exactly one of the two. */
export type StoredIcon = { emoji: string } | { url: string };
export interface StoredCover {
  url: string;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ simpleResolvers: true, description: 'The small picture before a title: an emoji or an image.' })
export class Icon {
  access!: Bits;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'The emoji; null when it is an image.' })
  emoji!: string | null;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Where the image is on the web; null when it is an emoji.' })
  url!: string | null;
}

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ simpleResolvers: true, description: 'The wide picture above a page or database.' })
export class Cover {
  access!: Bits;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Where the image is on the web.' })
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
}

@InputType({ description: 'A wide picture.' })
export class CoverInput {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { description: 'Address of an image, http or https.' })
  url!: string;
}

export const iconOf = (stored: StoredIcon | null, access: Bits): Icon | null =>
  stored && { access, emoji: null, url: null, ...stored };

export const coverOf = (stored: StoredCover | null, access: Bits): Cover | null => stored && { access, ...stored };

/** What is kept of an icon somebody gave. Refused: what is no emoji, or no address of the web. */
export function requireIcon({ emoji, url }: IconInput, limits: ContentLimits): StoredIcon {
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

/** What is kept of a cover somebody gave. Refused: what is no address of the web. */
export const requireCover = ({ url }: CoverInput, limits: ContentLimits): StoredCover => ({
  url: requireUrl(url, limits, ['cover', 'url']),
});

/** One emoji, also without the selector that asks for its coloured form. No literal: the compiler knows no flag `v` for the
 *  language level of this project. */
const ONE_EMOJI = String.raw`^(?:\p{RGI_Emoji}|\p{Extended_Pictographic})$`;
const EMOJI = new RegExp(ONE_EMOJI, 'v');

export const isOneEmoji = (text: string): boolean => EMOJI.test(text);
