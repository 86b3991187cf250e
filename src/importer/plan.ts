// What an export holds, before anything is written: the result of the reading half of the importer.
// Nothing here touches the database.

import type { Readable } from 'node:stream';
import type { Id } from '../lib/id.js';
import type { PropertySchema, PropertyType, StoredProps } from '../property/property.js';

export interface PlannedPage {
  id: Id;
  /** `DATA_SOURCE` makes it a row. */
  parent: null | { kind: 'PAGE' | 'DATA_SOURCE'; id: Id };
  title: string;
  /** Rows only. */
  props?: StoredProps;
  createdAt: Date | null;
  /** `null` means nothing in the export says it: the time of the import. */
  lastEditedAt: Date | null;
  /** The `.md` the body comes from; `null` for a row without a file and for a page that only its folder names. */
  sourcePath: string | null;
}

export interface PlannedDatabase {
  id: Id;
  /** Its one data source. */
  dataSourceId: Id;
  parent: null | { kind: 'PAGE'; id: Id };
  title: string;
  /** In the order of the columns; the first is the title. */
  properties: PropertySchema[];
  createdAt: Date | null;
  lastEditedAt: Date | null;
  sourcePath: string;
}

export interface PlannedFile {
  /** The same in every import of the same file. */
  id: Id;
  path: string;
  name: string;
  contentType: string;
  size: number;
  ownerPageId: Id | null;
  /** Streams the bytes out of the zip or folder; fails with a `Refusal` when they are damaged or beyond the limits. */
  open(): Promise<Readable>;
}

/** What the type of one column was taken to be. */
export interface InferredProperty {
  dataSourceId: Id;
  database: string;
  property: string;
  type: PropertyType;
  note?: string;
}

export interface Skipped {
  path: string;
  reason: string;
}

export interface ImportPlan {
  /** Parents before children, rows included; siblings by path, rows in the order of their lines. */
  pages: PlannedPage[];
  /** Parents before children. */
  databases: PlannedDatabase[];
  files: PlannedFile[];
  inferred: InferredProperty[];
  skipped: Skipped[];
  /** Entries of the export, whatever became of them. */
  fileCount: number;
}
