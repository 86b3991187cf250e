// An import that the server carries out, as an owner follows it.

import { Directive, Extensions, Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTime } from '../lib/datetime.js';
import { enumType } from '../lib/enum.js';
import type { Id } from '../lib/id.js';
import type { ImportPhase } from './import-export.js';

export type ImportState = 'QUEUED' | 'RUNNING' | 'DONE' | 'FAILED';

export const ImportStateEnum = enumType<ImportState>('ImportState', 'How far an import has come.', {
  QUEUED: 'It begins in a moment.',
  RUNNING: 'It is under way.',
  DONE: 'All of it is there.',
  FAILED: 'It ended before that; `reason` says why.',
});

export const ImportPhaseEnum = enumType<ImportPhase>('ImportPhase', 'What an import is doing.', {
  READING: 'The export is read; nothing has been written.',
  WRITING: 'What it holds is written.',
});

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'How many of each an import has made or changed.' })
export class ImportCounts {
  @Field(() => Int, { description: 'Pages that are no rows.' })
  pages!: number;

  @Field(() => Int, { description: 'Rows of data sources.' })
  rows!: number;

  @Field(() => Int, { description: 'Databases.' })
  databases!: number;

  @Field(() => Int, { description: 'Attached files.' })
  files!: number;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'Something of an export that was not taken over.' })
export class SkippedEntry {
  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { description: 'Where in the export it is.' })
  path!: string;

  @Field(() => String, { description: 'Why it was left out.' })
  reason!: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({
  simpleResolvers: true,
  description: 'An import of an uploaded export. Ask for it again to see how far it is.',
})
export class ImportJob {
  @Field(() => ID, { description: 'Names it.' })
  id!: Id;

  @Field(() => ImportStateEnum, { description: 'How far it has come.' })
  state!: ImportState;

  @Field(() => ImportPhaseEnum, {
    nullable: true,
    description: 'What it is doing, or did last; null before it begins.',
  })
  phase!: ImportPhase | null;

  @Field(() => Int, { description: 'How much of its phase is done.' })
  done!: number;

  @Field(() => Int, { description: 'How much there is to do in its phase; 0 while nobody knows.' })
  total!: number;

  @Field(() => ImportCounts, { nullable: true, description: 'What it has made; null until it is done.' })
  created!: ImportCounts | null;

  @Field(() => ImportCounts, { nullable: true, description: 'What it has changed; null until it is done.' })
  updated!: ImportCounts | null;

  @Field(() => Int, { nullable: true, description: 'How much was not taken over; null until it is done.' })
  skippedCount!: number | null;

  @Directive('@listSize(assumedSize: 100)')
  @Field(() => [SkippedEntry], { nullable: true, description: 'The first 100 of those; null until it is done.' })
  skipped!: SkippedEntry[] | null;

  @Field(() => String, { nullable: true, description: 'Why it failed; null when it has not.' })
  reason!: string | null;

  @Field(() => DateTime, { description: 'When it was asked for.' })
  startedAt!: Date | string;

  @Field(() => DateTime, { nullable: true, description: 'When it ended; null while it has not.' })
  finishedAt!: Date | string | null;
}
