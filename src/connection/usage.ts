// What a connection asked in a stretch of time: how much of it, what it was refused, and which of its capabilities and
// shares were of use.

import { Directive, Extensions, Field, Float, ID, ObjectType } from 'type-graphql';
import type { Capability } from '../gate/capability.js';
import { CapabilityEnum } from '../gate/enums.js';
import { DateTime } from '../lib/datetime.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';

export const UsageWindow = enumType('UsageWindow', 'A stretch of time in whole hours, the running one included.', {
  LAST_24_HOURS: 'A day.',
  LAST_7_DAYS: 'A week.',
  LAST_30_DAYS: 'A month.',
  LAST_90_DAYS: 'All that is kept.',
});
export type UsageWindow = keyof typeof UsageWindow;

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'How much was asked within an hour.' })
export class UsageHour {
  @Field(() => DateTime, { description: 'When it began.' })
  start!: Date | string;

  @Field(() => Float, { description: 'Requests.' })
  requests!: number;

  @Field(() => Float, { description: 'Requests with an error in their answer.' })
  errors!: number;

  @Field(() => Float, { description: 'Points.' })
  cost!: number;

  @Field(() => Float, { description: 'Values held back.' })
  redactions!: number;

  @Field(() => Float, { description: 'Refusals answered with an error.' })
  denials!: number;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'How often something happened at one place of the schema.' })
export class CoordinateCount {
  @Field(() => String, { description: 'Such as `Person.email`.' })
  coordinate!: string;

  @Field(() => Float, { description: 'How often.' })
  count!: number;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'How many answers had an error of one code.' })
export class CodeCount {
  @Field(() => String, { description: 'Such as `CAPABILITY_MISSING`.' })
  code!: string;

  @Field(() => Float, { description: 'How many answers.' })
  count!: number;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'Whether a capability is of use.' })
export class CapabilityUse {
  @Field(() => CapabilityEnum, { description: 'The capability.' })
  capability!: Capability;

  @Field(() => Boolean, { description: 'Whether it is granted now.' })
  granted!: boolean;

  @Field(() => DateTime, { nullable: true, description: 'When it last let something pass; null for never.' })
  lastUsedAt!: Date | string | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'Whether a share is of use.' })
export class ShareUse {
  @Field(() => ID, { description: 'Of the share.' })
  shareId!: Id;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When something at or below it was last seen to be read; null for never. Every share above what was read counts. Of a busy connection a part of what it reads is looked at.',
  })
  lastUsedAt!: Date | string | null;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({
  simpleResolvers: true,
  description: 'What a connection asked, up to some ten seconds ago. What an owner asks acting as it is not counted.',
})
export class Usage {
  @Field(() => Float, { description: 'Requests with its token, those refused before they were executed included.' })
  requests!: number;

  @Field(() => Float, { description: 'Requests with an error in their answer.' })
  errors!: number;

  @Field(() => Float, { description: 'Points they came to.' })
  cost!: number;

  @Field(() => [UsageHour], {
    description: 'The same by the hour, oldest first; hours without a request are left out.',
  })
  hours!: UsageHour[];

  @Field(() => [CodeCount], { description: 'Codes of errors, most frequent first.' })
  errorsByCode!: CodeCount[];

  @Field(() => [CoordinateCount], { description: 'Values held back for want of a capability, most frequent first.' })
  redactions!: CoordinateCount[];

  @Field(() => [CoordinateCount], { description: 'Refusals answered with an error, most frequent first.' })
  denials!: CoordinateCount[];

  @Field(() => [CapabilityUse], {
    description: 'Its capabilities, and those it used before; whenever that was.',
  })
  capabilities!: CapabilityUse[];

  @Directive('@listSize(assumedSize: 100)')
  @Field(() => [ShareUse], {
    description: 'Its live shares, the longest unused first, whenever that was; at most 100.',
  })
  shares!: ShareUse[];
}
