// What happened: the catalogue of content events. Administrative changes are audit entries, another type altogether.

export const EVENT_TYPES = [
  'PAGE_CREATED',
  'PAGE_CONTENT_UPDATED',
  'PAGE_PROPERTIES_UPDATED',
  'PAGE_MOVED',
  'PAGE_DELETED',
  'PAGE_UNDELETED',
  'PAGE_LOCKED',
  'PAGE_UNLOCKED',
  'DATABASE_CREATED',
  'DATABASE_MOVED',
  'DATABASE_DELETED',
  'DATABASE_UNDELETED',
  'DATA_SOURCE_CREATED',
  'DATA_SOURCE_CONTENT_UPDATED',
  'DATA_SOURCE_SCHEMA_UPDATED',
  'DATA_SOURCE_MOVED',
  'DATA_SOURCE_DELETED',
  'DATA_SOURCE_UNDELETED',
  'COMMENT_CREATED',
  'COMMENT_UPDATED',
  'COMMENT_DELETED',
  'FILE_UPLOAD_CREATED',
  'FILE_UPLOAD_COMPLETED',
  'FILE_UPLOAD_EXPIRED',
  'FILE_UPLOAD_UPLOAD_FAILED',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** The name webhook receivers know: `PAGE_CONTENT_UPDATED` is `page.content_updated`. */
export const referenceName = (type: EventType): string => {
  const noun = ['DATA_SOURCE', 'FILE_UPLOAD', 'PAGE', 'DATABASE', 'COMMENT'].find((n) => type.startsWith(`${n}_`));
  return `${noun?.toLowerCase()}.${type.slice((noun?.length ?? 0) + 1).toLowerCase()}`;
};
