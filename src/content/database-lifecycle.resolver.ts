// Mutations on databases, and on where data sources stand. Each reads its input, gives one command, answers its payload.

import {
  Arg,
  Ctx,
  Directive,
  Extensions,
  Field,
  ID,
  InputType,
  Int,
  InterfaceType,
  Mutation,
  ObjectType,
  Resolver,
} from 'type-graphql';
import type { Context } from '../context.js';
import { requireId } from '../lib/id.js';
import { carryOut, MutationPayload } from '../payload.js';
import { NewPropertyInput } from '../property/column-input.js';
import { answerWith, answerWithId, EXPECTED_VERSION, shown } from './answer.js';
import { CoverInput, IconInput } from './appearance.js';
import { Database, DataSource } from './database.js';
import {
  createDatabase,
  createDataSource,
  lockDatabase,
  moveDatabase,
  moveDataSource,
  unlockDatabase,
  updateDatabase,
} from './database-lifecycle.js';
import { DatabasePlaceInput, placeOf } from './place.js';
import {
  deleteDatabase,
  deleteDataSource,
  restoreDatabase,
  restoreDataSource,
  trashDatabase,
  trashDataSource,
} from './trash.js';

const COLUMNS =
  'Columns of the data source besides its title. One of type TITLE gives the title its name: "Name" otherwise.';

@InputType({ description: 'A new database.' })
class CreateDatabaseInput {
  @Field(() => DatabasePlaceInput, { description: 'Where it is put.' })
  parent!: DatabasePlaceInput;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Title of the database and of its first data source.' })
  title?: string | null;

  @Field(() => IconInput, { nullable: true, description: 'The small picture before its title.' })
  icon?: IconInput | null;

  @Field(() => CoverInput, { nullable: true, description: 'The wide picture above it.' })
  cover?: CoverInput | null;

  @Field(() => [NewPropertyInput], { nullable: true, description: COLUMNS })
  properties?: NewPropertyInput[] | null;
}

@InputType({ description: 'What to change about a database; what is left out stays.' })
class UpdateDatabaseInput {
  @Field(() => ID, { description: 'The database.' })
  id!: string;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Its title from now on; null empties it.' })
  title?: string | null;

  @Field(() => IconInput, { nullable: true, description: 'The small picture before its title; null takes it away.' })
  icon?: IconInput | null;

  @Field(() => CoverInput, { nullable: true, description: 'The wide picture above it; null takes it away.' })
  cover?: CoverInput | null;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which database to put where.' })
class MoveDatabaseInput {
  @Field(() => ID, { description: 'The database.' })
  id!: string;

  @Field(() => DatabasePlaceInput, { description: 'Where it is put.' })
  parent!: DatabasePlaceInput;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'A new data source.' })
class CreateDataSourceInput {
  @Field(() => ID, { description: 'The database it is put into.' })
  databaseId!: string;

  @Directive('@sensitive(class: CONTENT)')
  @Field(() => String, { nullable: true, description: 'Its title; empty when left out.' })
  title?: string | null;

  @Field(() => [NewPropertyInput], { nullable: true, description: COLUMNS })
  properties?: NewPropertyInput[] | null;
}

@InputType({ description: 'Which data source to put where.' })
class MoveDataSourceInput {
  @Field(() => ID, { description: 'The data source.' })
  id!: string;

  @Field(() => ID, { description: 'The database it is put into.' })
  databaseId!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which database to throw away.' })
class TrashDatabaseInput {
  @Field(() => ID, { description: 'The database.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which database to bring back.' })
class RestoreDatabaseInput {
  @Field(() => ID, { description: 'The database.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which database to delete for good.' })
class DeleteDatabaseInput {
  @Field(() => ID, { description: 'The database.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which database to lock.' })
class LockDatabaseInput {
  @Field(() => ID, { description: 'The database.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which database to unlock.' })
class UnlockDatabaseInput {
  @Field(() => ID, { description: 'The database.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which data source to throw away.' })
class TrashDataSourceInput {
  @Field(() => ID, { description: 'The data source.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which data source to bring back.' })
class RestoreDataSourceInput {
  @Field(() => ID, { description: 'The data source.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InputType({ description: 'Which data source to delete for good.' })
class DeleteDataSourceInput {
  @Field(() => ID, { description: 'The data source.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: EXPECTED_VERSION })
  expectedVersion?: number | null;
}

@InterfaceType({
  implements: MutationPayload,
  description: 'What mutations on a database answer that is there afterwards.',
})
abstract class DatabasePayload extends MutationPayload {
  @Directive('@open')
  @Field(() => Database, {
    nullable: true,
    description: 'The database as it is now: its id, and what you may read of it.',
  })
  database?: Database;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: DatabasePayload, simpleResolvers: true, description: 'The database that was made.' })
class CreateDatabasePayload extends DatabasePayload {
  @Field(() => DataSource, { nullable: true, description: 'Its first data source.' })
  dataSource?: DataSource;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: DatabasePayload, simpleResolvers: true, description: 'The database that was changed.' })
class UpdateDatabasePayload extends DatabasePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: DatabasePayload, simpleResolvers: true, description: 'The database that was moved.' })
class MoveDatabasePayload extends DatabasePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: DatabasePayload, simpleResolvers: true, description: 'The database that was thrown away.' })
class TrashDatabasePayload extends DatabasePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: DatabasePayload, simpleResolvers: true, description: 'The database that was brought back.' })
class RestoreDatabasePayload extends DatabasePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: DatabasePayload, simpleResolvers: true, description: 'The database that was locked.' })
class LockDatabasePayload extends DatabasePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: DatabasePayload, simpleResolvers: true, description: 'The database that was unlocked.' })
class UnlockDatabasePayload extends DatabasePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The database that is gone.' })
class DeleteDatabasePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id it had.' })
  deletedId?: string;
}

@InterfaceType({
  implements: MutationPayload,
  description: 'What mutations on a data source answer that is there afterwards.',
})
abstract class DataSourcePayload extends MutationPayload {
  @Directive('@open')
  @Field(() => DataSource, {
    nullable: true,
    description: 'The data source as it is now: its id, and what you may read of it.',
  })
  dataSource?: DataSource;
}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: DataSourcePayload, simpleResolvers: true, description: 'The data source that was made.' })
class CreateDataSourcePayload extends DataSourcePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: DataSourcePayload, simpleResolvers: true, description: 'The data source that was moved.' })
class MoveDataSourcePayload extends DataSourcePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({
  implements: DataSourcePayload,
  simpleResolvers: true,
  description: 'The data source that was thrown away.',
})
class TrashDataSourcePayload extends DataSourcePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({
  implements: DataSourcePayload,
  simpleResolvers: true,
  description: 'The data source that was brought back.',
})
class RestoreDataSourcePayload extends DataSourcePayload {}

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ implements: MutationPayload, simpleResolvers: true, description: 'The data source that is gone.' })
class DeleteDataSourcePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id it had.' })
  deletedId?: string;
}

@Resolver()
export class DatabaseMutations {
  @Directive('@requires(anyOf: [[CONTENT_INSERT]])')
  @Directive('@emits(events: [DATABASE_CREATED, DATA_SOURCE_CREATED, DATA_SOURCE_SCHEMA_UPDATED])')
  @Extensions({ replayable: true })
  @Mutation(() => CreateDatabasePayload, {
    description: 'Makes a database with its first data source.',
  })
  createDatabase(
    @Arg('input', () => CreateDatabaseInput, { description: 'What, and where.' }) input: CreateDatabaseInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return carryOut(ctx, async () => {
      const { id, dataSourceId } = await createDatabase(ctx, { ...input, parent: placeOf(input.parent) });
      return { database: await shown(ctx, id), dataSource: await shown(ctx, dataSourceId) };
    });
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [])')
  @Extensions({ replayable: true })
  @Mutation(() => UpdateDatabasePayload, {
    description: 'Changes title, icon or cover of a database.',
  })
  updateDatabase(
    @Arg('input', () => UpdateDatabaseInput, { description: 'What to change.' }) input: UpdateDatabaseInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'database', () =>
      updateDatabase(ctx, { ...input, id: requireId(input.id, 'The database') }),
    );
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE, CONTENT_INSERT]])')
  @Directive('@emits(events: [DATABASE_MOVED])')
  @Extensions({ replayable: true })
  @Mutation(() => MoveDatabasePayload, {
    description:
      'Puts a database elsewhere, with all that is below it. Needs to update the database, and to insert where it is put.',
  })
  moveDatabase(
    @Arg('input', () => MoveDatabaseInput, { description: 'Which, and where to.' }) input: MoveDatabaseInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'database', () =>
      moveDatabase(ctx, { ...input, id: requireId(input.id, 'The database'), parent: placeOf(input.parent) }),
    );
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [DATABASE_DELETED])')
  @Extensions({ replayable: true })
  @Mutation(() => TrashDatabasePayload, {
    description: 'Puts a database into the trash, with all that is below it.',
  })
  trashDatabase(
    @Arg('input', () => TrashDatabaseInput, { description: 'Which one.' }) input: TrashDatabaseInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'database', () => trashDatabase(ctx, { ...input, id: requireId(input.id, 'The database') }));
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [DATABASE_UNDELETED])')
  @Extensions({ replayable: true })
  @Mutation(() => RestoreDatabasePayload, {
    description: 'Brings a database back from the trash, with all that went along.',
  })
  restoreDatabase(
    @Arg('input', () => RestoreDatabaseInput, { description: 'Which one.' }) input: RestoreDatabaseInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'database', () =>
      restoreDatabase(ctx, { ...input, id: requireId(input.id, 'The database') }),
    );
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [])')
  @Extensions({ replayable: true })
  @Mutation(() => LockDatabasePayload, {
    description:
      'Locks a database: it, its columns and its data sources stay as they are until it is unlocked. Rows are written all the same.',
  })
  lockDatabase(
    @Arg('input', () => LockDatabaseInput, { description: 'Which one.' }) input: LockDatabaseInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'database', () => lockDatabase(ctx, { ...input, id: requireId(input.id, 'The database') }));
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [])')
  @Extensions({ replayable: true })
  @Mutation(() => UnlockDatabasePayload, {
    description: 'Lets a database be changed again.',
  })
  unlockDatabase(
    @Arg('input', () => UnlockDatabaseInput, { description: 'Which one.' }) input: UnlockDatabaseInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'database', () =>
      unlockDatabase(ctx, { ...input, id: requireId(input.id, 'The database') }),
    );
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [])')
  @Extensions({ replayable: true })
  @Mutation(() => DeleteDatabasePayload, {
    description:
      'Deletes a database for good that lies in the trash, with all that is below it. This cannot be taken back.',
  })
  deleteDatabase(
    @Arg('input', () => DeleteDatabaseInput, { description: 'Which one.' }) input: DeleteDatabaseInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWithId(ctx, () => deleteDatabase(ctx, { ...input, id: requireId(input.id, 'The database') }));
  }

  @Directive('@requires(anyOf: [[CONTENT_INSERT]])')
  @Directive('@emits(events: [DATA_SOURCE_CREATED, DATA_SOURCE_SCHEMA_UPDATED])')
  @Extensions({ replayable: true })
  @Mutation(() => CreateDataSourcePayload, {
    description: 'Makes another data source in a database, with a title column.',
  })
  createDataSource(
    @Arg('input', () => CreateDataSourceInput, { description: 'What, and where.' }) input: CreateDataSourceInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'dataSource', () =>
      createDataSource(ctx, { ...input, databaseId: requireId(input.databaseId, 'The database') }),
    );
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE, CONTENT_INSERT]])')
  @Directive('@emits(events: [DATA_SOURCE_MOVED])')
  @Extensions({ replayable: true })
  @Mutation(() => MoveDataSourcePayload, {
    description:
      'Puts a data source into another database, with all that is below it. Needs to update the data source, and to insert into the database.',
  })
  moveDataSource(
    @Arg('input', () => MoveDataSourceInput, { description: 'Which, and where to.' }) input: MoveDataSourceInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'dataSource', () =>
      moveDataSource(ctx, {
        ...input,
        id: requireId(input.id, 'The data source'),
        databaseId: requireId(input.databaseId, 'The database'),
      }),
    );
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [DATA_SOURCE_DELETED])')
  @Extensions({ replayable: true })
  @Mutation(() => TrashDataSourcePayload, {
    description: 'Puts a data source into the trash, with all that is below it.',
  })
  trashDataSource(
    @Arg('input', () => TrashDataSourceInput, { description: 'Which one.' }) input: TrashDataSourceInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'dataSource', () =>
      trashDataSource(ctx, { ...input, id: requireId(input.id, 'The data source') }),
    );
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [DATA_SOURCE_UNDELETED])')
  @Extensions({ replayable: true })
  @Mutation(() => RestoreDataSourcePayload, {
    description: 'Brings a data source back from the trash, with all that went along.',
  })
  restoreDataSource(
    @Arg('input', () => RestoreDataSourceInput, { description: 'Which one.' }) input: RestoreDataSourceInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWith(ctx, 'dataSource', () =>
      restoreDataSource(ctx, { ...input, id: requireId(input.id, 'The data source') }),
    );
  }

  @Directive('@requires(anyOf: [[CONTENT_UPDATE]])')
  @Directive('@emits(events: [])')
  @Extensions({ replayable: true })
  @Mutation(() => DeleteDataSourcePayload, {
    description:
      'Deletes a data source for good that lies in the trash, with all that is below it. This cannot be taken back.',
  })
  deleteDataSource(
    @Arg('input', () => DeleteDataSourceInput, { description: 'Which one.' }) input: DeleteDataSourceInput,
    @Ctx() ctx: Context,
  ): Promise<object> {
    return answerWithId(ctx, () => deleteDataSource(ctx, { ...input, id: requireId(input.id, 'The data source') }));
  }
}
