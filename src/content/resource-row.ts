// A page, database or data source as the statements of the local source answer it.

import type { Bits } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { invariant } from '../lib/invariant.js';
import { sql } from '../lib/sql.js';
import type { PropertySchema } from '../property/property.js';
import { face, propertyOf } from '../property/property-schema.js';
import type { Slots } from '../property/property-sql.js';
import { coverOf, iconOf, type StoredCover, type StoredIcon } from './appearance.js';
import { Database, DataSource } from './database.js';
import { Page } from './page.js';
import type { Resource } from './resource.js';

export interface ResourceRow {
  kind: 'Page' | 'Database' | 'DataSource';
  id: Id;
  parentId: Id | null;
  title: string;
  inTrash: boolean;
  version: number;
  createdAt: string;
  createdById: Id | null;
  lastEditedAt: string;
  lastEditedById: Id | null;
  access: Bits;
  /** Pages and databases only. */
  isLocked?: boolean;
  icon?: StoredIcon | null;
  cover?: StoredCover | null;
  /** Data sources only, and so are the slots. */
  properties: PropertySchema[] | null;
  slots: Slots | null;
}

/** Columns every resource answers with; `r` is the row, `reach` its access. */
export const columns = sql`
  r.id, r.title, r.in_trash as "inTrash", r.version,
  r.created_at as "createdAt", r.created_by as "createdById",
  r.last_edited_at as "lastEditedAt", r.last_edited_by as "lastEditedById", reach.access`;

/** What a page or database `r` answers besides. */
export const lookColumns = sql`r.locked as "isLocked", r.icon, r.cover`;

/** What a data source `d` answers besides; null where there is none. */
export const schemaColumns = sql`
  d.properties,
  (select jsonb_object_agg(s.property_id, s.slot) from property_slot s
    where s.workspace_id = d.workspace_id and s.data_source_id = d.id) as slots`;

export const ancestors = sql.ref('r.ancestors');

/** What a row says. Pages and databases are the row itself, which is nobody else's: a copy of each took longer than
 *  reading it. */
export function resourceOf(row: ResourceRow): Resource {
  switch (row.kind) {
    case 'Page':
      return worn(Page, row);
    case 'Database':
      return worn(Database, row);
    case 'DataSource': {
      const { properties, slots } = row;
      invariant(row.parentId && properties, 'A data source was read without its database or schema.');
      return face(DataSource, {
        ...row,
        databaseId: row.parentId,
        name: row.title,
        storedProperties: properties,
        slots: slots ?? {},
        properties: properties.map((property) => propertyOf(property, row.access)),
      });
    }
  }
}

/** A `face` put on the row itself. */
function worn<T extends object>(type: new () => T, row: ResourceRow): T {
  const { access, id } = row;
  const look = { icon: iconOf(row.icon ?? null, access, id), cover: coverOf(row.cover ?? null, access, id) };
  return Object.assign(row, look, { __typename: type.name }) as object as T;
}
