// Imports at the door of GraphQL: for owners.

import {
  Arg,
  Ctx,
  Directive,
  Extensions,
  Field,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
} from 'type-graphql';
import type { Context } from '../context.js';
import { type Id, parseId, requireId } from '../lib/id.js';
import { sql } from '../lib/sql.js';
import { carryOut, MutationPayload } from '../payload.js';
import { ImportJob } from './import-job.js';
import { startImport } from './import-job-lifecycle.js';

@InputType({ description: 'An export to import.' })
class StartImportInput {
  @Field(() => ID, {
    description: 'A completed upload of yours, begun with the purpose IMPORT: a "Markdown & CSV" export.',
  })
  fileUploadId!: string;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The import that was asked for.' })
class StartImportPayload extends MutationPayload {
  @Field(() => ImportJob, { nullable: true, description: 'The import.' })
  importJob?: ImportJob;
}

@Resolver()
export class ImportMutations {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Mutation(() => StartImportPayload, {
    description:
      'Imports an uploaded export into this workspace, one at a time. It goes on by itself: ask `importJob` how far it is.',
  })
  startImport(
    @Arg('input', () => StartImportInput, { description: 'Which export.' }) input: StartImportInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const { id } = await startImport(ctx, { fileUploadId: requireId(input.fileUploadId, 'The upload') });
      return { importJob: await jobOf(ctx, id) };
    });
  }
}

@Resolver()
export class ImportQueries {
  @Directive('@actor(kinds: [PERSON, OPERATOR], role: OWNER)')
  @Query(() => ImportJob, { nullable: true, description: 'An import of this workspace; null when there is none.' })
  async importJob(
    @Arg('id', () => ID, { nullable: true, description: 'Which one; the latest when left out.' }) id: string | null,
    @Ctx() ctx: Context,
  ): Promise<ImportJob | null> {
    if (id == null) return jobOf(ctx, null);
    const known = parseId(id);
    return known === null ? null : jobOf(ctx, known);
  }
}

async function jobOf({ actor, reader }: Context, id: Id | null): Promise<ImportJob | null> {
  const [job] = await reader.rows(sql<ImportJob>`
    select id, state, phase, done, total, reason, started_at as "startedAt", finished_at as "finishedAt",
           result -> 'created' as created, result -> 'updated' as updated, result -> 'skipped' as skipped,
           (result ->> 'skippedCount')::int as "skippedCount"
      from import_job
     where workspace_id = ${actor.workspaceId} and (${id}::uuid is null or id = ${id}::uuid)
     order by started_at desc, id desc limit 1`);
  return job ?? null;
}
