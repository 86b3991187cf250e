// From a row of the log to what its reader gets of it: what has to be looked up is looked up when it is asked for, in the
// context it is asked in.

import { commentById, discussionById } from '../comment/comments.js';
import type { DataSource } from '../content/database.js';
import { resourceById } from '../content/loaders.js';
import type { Page } from '../content/page.js';
import type { Resource } from '../content/resource.js';
import type { Context } from '../context.js';
import type { EventType } from '../events/event.js';
import { type Bits, READ } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { face, type Property } from '../property/property-schema.js';
import type { Event, EventDetails, PropertyActionEnum } from './event.js';
import { ColumnChange } from './event.js';
import { propertyChangesOf } from './property-change.js';

export interface EventRow {
  id: Id;
  position: number;
  type: EventType;
  resourceId: Id;
  version: number;
  sequence: number;
  occurredAt: string;
  authorIds: Id[];
  details: EventDetails;
  access: Bits;
  /** The page, database or data source it belongs to. */
  aboutId: Id | null;
}

/** The class that shows events of a type. */
function typeNameOf(type: EventType): string {
  if (type === 'PAGE_PROPERTIES_UPDATED') return 'PagePropertiesEvent';
  if (type === 'DATA_SOURCE_SCHEMA_UPDATED') return 'DataSourceSchemaEvent';
  if (type.startsWith('DATA_SOURCE_')) return 'DataSourceEvent';
  if (type.startsWith('DATABASE_')) return 'DatabaseEvent';
  if (type.startsWith('COMMENT_')) return 'CommentEvent';
  return type.startsWith('FILE_UPLOAD_') ? 'FileUploadEvent' : 'PageEvent';
}

/** An event of any type: each class shows of the members what it has a field for. */
export const shownEvent = (row: EventRow): Event & EventRow => {
  const about = (kind: string) => (_: unknown, ctx: Context) => aboutOf(ctx, row, kind);
  return Object.assign(row, {
    __typename: typeNameOf(row.type),
    page: about('Page'),
    database: about('Database'),
    dataSource: about('DataSource'),
    comment: async (_: unknown, ctx: Context) => (await ctx.load(commentById, row.resourceId)) ?? null,
    discussion: async (_: unknown, ctx: Context) =>
      row.details.discussionId === undefined
        ? null
        : ((await ctx.load(discussionById, row.details.discussionId)) ?? null),
    updatedProperties: (_: unknown, ctx: Context) =>
      row.type === 'DATA_SOURCE_SCHEMA_UPDATED' ? schemaChanges(row) : valueChanges(ctx, row),
  }) as never;
};

/** What an event belongs to, as it is now; null when that is gone, out of reach or of another kind. */
async function aboutOf(ctx: Context, { aboutId }: EventRow, kind: string): Promise<Resource | null> {
  const resource = aboutId === null ? undefined : await ctx.load(resourceById, aboutId);
  return resource && (resource as { __typename?: string }).__typename === kind ? resource : null;
}

/** Null when the page is not there any more, or not to be read. */
async function valueChanges(ctx: Context, row: EventRow) {
  const page = (await aboutOf(ctx, row, 'Page')) as Page | null;
  const access = row.access & (page?.access ?? 0);
  return page && access & READ ? propertyChangesOf(ctx, { ...page, access }, row.details) : null;
}

type Altered = { id: string; action: string };

function schemaChanges({ access, aboutId, details }: EventRow): ColumnChange[] {
  return ((details.updatedProperties ?? []) as Altered[]).map(({ id, action }) =>
    face(ColumnChange, {
      access,
      id,
      action: action.toUpperCase() as keyof typeof PropertyActionEnum,
      property: ((_: unknown, ctx: Context) => columnOf(ctx, aboutId, id)) as never,
    }),
  );
}

async function columnOf(ctx: Context, dataSourceId: Id | null, id: string): Promise<Property | null> {
  const dataSource = dataSourceId === null ? undefined : await ctx.load(resourceById, dataSourceId);
  return (dataSource as DataSource | undefined)?.properties?.find((column) => column.id === id) ?? null;
}
