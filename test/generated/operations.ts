/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Who is asking. */
export type ActorKind =
  /** An installation of a connection, by its token. */
  | 'CONNECTION'
  /** The command line on the machine itself. */
  | 'OPERATOR'
  /** Somebody signed in, or her personal token. */
  | 'PERSON';

/** What a block is. */
export type BlockType =
  /** A sound. */
  | 'AUDIO'
  /** A link on a line of its own. */
  | 'BOOKMARK'
  /** A point of a list. */
  | 'BULLETED_LIST_ITEM'
  /** A framed remark. */
  | 'CALLOUT'
  /** Source code. */
  | 'CODE'
  /** A column. */
  | 'COLUMN'
  /** Columns beside each other; they stand below it. */
  | 'COLUMN_LIST'
  /** A line across. */
  | 'DIVIDER'
  /** Something of the web, shown in the page. */
  | 'EMBED'
  /** A formula in TeX. */
  | 'EQUATION'
  /** A file. */
  | 'FILE'
  /** A heading of level 1 to 4. */
  | 'HEADING'
  /** A picture. */
  | 'IMAGE'
  /** A link with a preview of what it leads to. */
  | 'LINK_PREVIEW'
  /** A link to a page or database of this workspace, on a line of its own. */
  | 'LINK_TO_PAGE'
  /** A numbered point of a list. */
  | 'NUMBERED_LIST_ITEM'
  /** Anything else, as plain text. */
  | 'OTHER'
  /** Text. */
  | 'PARAGRAPH'
  /** A PDF. */
  | 'PDF'
  /** A quotation. */
  | 'QUOTE'
  /** A simple table; its rows stand below it. */
  | 'TABLE'
  /** The headings of the page. */
  | 'TABLE_OF_CONTENTS'
  /** A row of a simple table. */
  | 'TABLE_ROW'
  /** A heading line that folds what stands below it. */
  | 'TOGGLE'
  /** Something to tick off. */
  | 'TO_DO'
  /** A film. */
  | 'VIDEO';

/** What a connection may do, wherever something is shared with it. */
export type Capability =
  /** Write comments, and edit and delete its own. */
  | 'COMMENT_INSERT'
  /** Read comments. */
  | 'COMMENT_READ'
  /** Make new content. */
  | 'CONTENT_INSERT'
  /** Read pages, databases and their content. */
  | 'CONTENT_READ'
  /** Change content that exists. */
  | 'CONTENT_UPDATE'
  /** See names and pictures of people. */
  | 'USER_READ'
  /** See e-mail addresses of people as well. */
  | 'USER_READ_EMAIL';

/** Compares a checkbox. Every member given must hold, and at least one is given. One that was never touched is not checked. */
export type CheckboxFilter = {
  /** Is not so. */
  doesNotEqual?: boolean | null | undefined;
  /** Is so. */
  equals?: boolean | null | undefined;
};

/** Who a connection is for. */
export type ConnectionKind =
  /** Its home workspace alone. */
  | 'INTERNAL'
  /** Any workspace that installs it. */
  | 'PUBLIC';

/** Whether a connection works. */
export type ConnectionStatus =
  /** It works. */
  | 'ACTIVE'
  /** It is gone; its tokens are refused for ever. */
  | 'DELETED'
  /** Its tokens are refused until it is resumed. */
  | 'SUSPENDED';

/** Which databases; every member given must hold. */
export type DatabaseFilter = {
  /** By when they were made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Those in the trash instead of the others. */
  inTrash?: boolean | null | undefined;
  /** By when they were last changed. */
  lastEditedAt?: DateTimeFilter | null | undefined;
  /** By title. */
  title?: StringFilter | null | undefined;
  /** True for those whose `parent` is null alone: the top of what you reach; false for the others. */
  topmost?: boolean | null | undefined;
};

/** A sort key of databases: exactly one of these; keys given first win. */
export type DatabaseOrder =
  {   /** By when they were made. */
  createdAt: SortDirection; lastEditedAt?: never; title?: never; }
  |  { createdAt?: never;   /** By when they were last changed. */
  lastEditedAt: SortDirection; title?: never; }
  |  { createdAt?: never; lastEditedAt?: never;   /** By title: the first 200 characters, case left aside, in order of code points. */
  title: SortDirection; };

/** Compares where a date begins with a day, written `YYYY-MM-DD`, with an RFC 3339 time, to the millisecond, or with one of the days `today`, `tomorrow`, `yesterday`, `oneWeekAgo`, `oneWeekFromNow`, `oneMonthAgo`, `oneMonthFromNow`. A day stands for all of it, in the time zone of the list. Every member given must hold, and at least one is given. A value without a time of day begins with its day; an empty one is neither before nor after. What counts from now goes on counting from the first page of a list while you follow its cursors. */
export type DateFilter = {
  /** Begins later; with a day, on a later day. */
  after?: string | null | undefined;
  /** Begins earlier. */
  before?: string | null | undefined;
  /** Begins at another time, or is empty. */
  doesNotEqual?: string | null | undefined;
  /** Begins then; with a day, at any time of that day. */
  equals?: string | null | undefined;
  /** Whether there is no value. */
  isEmpty?: boolean | null | undefined;
  /** Whether there is a value. */
  isNotEmpty?: boolean | null | undefined;
  /** Begins today or up to a month ahead, the same day of the next month included. */
  nextMonth?: boolean | null | undefined;
  /** Begins today or on one of the 7 days to come. */
  nextWeek?: boolean | null | undefined;
  /** Begins today or up to a year ahead, the same day of the next year included. */
  nextYear?: boolean | null | undefined;
  /** Begins then or later. */
  onOrAfter?: string | null | undefined;
  /** Begins then or earlier; with a day, on that day or earlier. */
  onOrBefore?: string | null | undefined;
  /** Begins today or up to a month before, the same day of the last month included. */
  pastMonth?: boolean | null | undefined;
  /** Begins today or on one of the 7 days before. */
  pastWeek?: boolean | null | undefined;
  /** Begins today or up to a year before, the same day of the last year included. */
  pastYear?: boolean | null | undefined;
  /** Begins from Monday to Sunday of this week. */
  thisWeek?: boolean | null | undefined;
};

/** Compares instants; every member given must hold. */
export type DateTimeFilter = {
  /** Later than this. */
  after?: string | null | undefined;
  /** Earlier than this. */
  before?: string | null | undefined;
  /** This or later. */
  onOrAfter?: string | null | undefined;
  /** This or earlier. */
  onOrBefore?: string | null | undefined;
};

/** A span of the calendar. */
export type DateUnit =
  /** A day. */
  | 'DAY'
  /** A month. */
  | 'MONTH'
  /** Three months, from January, April, July or October on. */
  | 'QUARTER'
  /** A week, from Monday on. */
  | 'WEEK'
  /** A year. */
  | 'YEAR';

/** What happens where a capability is missing. */
export type Denial =
  /** The field answers with an error. */
  | 'ERROR'
  /** The field answers null and a receipt in extensions.redactions says so. */
  | 'NULL';

/** Asks for files. Every member given must hold, and at least one is given. */
export type FilesFilter = {
  /** Whether there is no file. */
  isEmpty?: boolean | null | undefined;
  /** Whether there is a file. */
  isNotEmpty?: boolean | null | undefined;
};

/** Compares what a formula came to when it was last computed: exactly one comparison, of the kind it comes to. */
export type FormulaFilter = {
  /** For CHECKBOX. */
  checkbox?: CheckboxFilter | null | undefined;
  /** For DATE. */
  date?: DateFilter | null | undefined;
  /** For NUMBER. */
  number?: NumberFilter | null | undefined;
  /** For TEXT. */
  text?: TextFilter | null | undefined;
};

/** Compares the options chosen, by name or id, with one or several. Every member given must hold, and at least one is given. An option that does not exist is nobody's choice. */
export type MultiSelectFilter = {
  /** Any of these options is chosen. */
  contains?: Array<string> | null | undefined;
  /** None of these options is chosen. */
  doesNotContain?: Array<string> | null | undefined;
  /** Whether none is chosen. */
  isEmpty?: boolean | null | undefined;
  /** Whether any is chosen. */
  isNotEmpty?: boolean | null | undefined;
};

/** Compares a number. Every member given must hold, and at least one is given. An empty value is neither greater nor less, and differs from all. */
export type NumberFilter = {
  /** Is another number, or is empty. */
  doesNotEqual?: number | null | undefined;
  /** Is this number. */
  equals?: number | null | undefined;
  /** Is greater than this. */
  greaterThan?: number | null | undefined;
  /** Is this or greater. */
  greaterThanOrEqualTo?: number | null | undefined;
  /** Whether there is no value. */
  isEmpty?: boolean | null | undefined;
  /** Whether there is a value. */
  isNotEmpty?: boolean | null | undefined;
  /** Is less than this. */
  lessThan?: number | null | undefined;
  /** Is this or less. */
  lessThanOrEqualTo?: number | null | undefined;
};

/** Which pages; every member given must hold. */
export type PageFilter = {
  /** By when they were made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Those in the trash instead of the others. */
  inTrash?: boolean | null | undefined;
  /** By when they were last changed. */
  lastEditedAt?: DateTimeFilter | null | undefined;
  /** By title. */
  title?: StringFilter | null | undefined;
  /** True for those whose `parent` is null alone: the top of what you reach; false for the others. */
  topmost?: boolean | null | undefined;
};

/** A sort key of pages: exactly one of these; keys given first win. */
export type PageOrder =
  {   /** By when they were made. */
  createdAt: SortDirection; lastEditedAt?: never; title?: never; }
  |  { createdAt?: never;   /** By when they were last changed. */
  lastEditedAt: SortDirection; title?: never; }
  |  { createdAt?: never; lastEditedAt?: never;   /** By title: the first 200 characters, case left aside, in order of code points. */
  title: SortDirection; };

/** Compares people with one or several, by id, or by `me` for whoever asks. Every member given must hold, and at least one is given. Somebody who does not exist is in no row. */
export type PeopleFilter = {
  /** Any of these is among them. */
  contains?: Array<string | number> | null | undefined;
  /** None of these is among them. */
  doesNotContain?: Array<string | number> | null | undefined;
  /** Whether there is nobody. */
  isEmpty?: boolean | null | undefined;
  /** Whether there is somebody. */
  isNotEmpty?: boolean | null | undefined;
};

/** Compares one property: name it by `name` or by `id`, and give exactly one comparison, of the kind the property holds. */
export type PropertyFilter = {
  /** For CHECKBOX. */
  checkbox?: CheckboxFilter | null | undefined;
  /** For DATE, CREATED_TIME and LAST_EDITED_TIME. */
  date?: DateFilter | null | undefined;
  /** For FILES. */
  files?: FilesFilter | null | undefined;
  /** For FORMULA. */
  formula?: FormulaFilter | null | undefined;
  /** Id of the column. */
  id?: string | number | null | undefined;
  /** For MULTI_SELECT. */
  multiSelect?: MultiSelectFilter | null | undefined;
  /** Heading of the column, exactly. */
  name?: string | null | undefined;
  /** For NUMBER and UNIQUE_ID. */
  number?: NumberFilter | null | undefined;
  /** For PEOPLE, CREATED_BY and LAST_EDITED_BY. */
  people?: PeopleFilter | null | undefined;
  /** For RELATION. */
  relation?: RelationFilter | null | undefined;
  /** For ROLLUP. */
  rollup?: RollupFilter | null | undefined;
  /** For SELECT. */
  select?: SelectFilter | null | undefined;
  /** For STATUS. */
  status?: SelectFilter | null | undefined;
  /** For TITLE, TEXT, URL, EMAIL and PHONE. */
  text?: TextFilter | null | undefined;
  /** For VERIFICATION. */
  verification?: VerificationFilter | null | undefined;
};

/** A property to group by: name it by `name` or by `id`. */
export type PropertyGrouping = {
  /** Id of the column. */
  id?: string | number | null | undefined;
  /** Heading of the column, exactly. */
  name?: string | null | undefined;
  /** For dates. IANA name of the time zone in which days begin; UTC when left out. A date without a time of day is that day. */
  timeZone?: string | null | undefined;
  /** For dates. How long each span is; a day when left out. */
  unit?: DateUnit | null | undefined;
};

/** A property to sort by: name it by `name` or by `id`. */
export type PropertyOrder = {
  /** Which way; ASC when left out. */
  direction?: SortDirection | null | undefined;
  /** Id of the column. */
  id?: string | number | null | undefined;
  /** Heading of the column, exactly. */
  name?: string | null | undefined;
};

/** What a column holds. */
export type PropertyType =
  /** A button, which holds nothing. */
  | 'BUTTON'
  /** Yes or no. */
  | 'CHECKBOX'
  /** Who made the row. */
  | 'CREATED_BY'
  /** When the row was made. */
  | 'CREATED_TIME'
  /** A date or time, or a span of them. */
  | 'DATE'
  /** An e-mail address, as content: not the address of a user. */
  | 'EMAIL'
  /** Files. */
  | 'FILES'
  /** What an expression came to when it was last computed. */
  | 'FORMULA'
  /** Who last changed the row. */
  | 'LAST_EDITED_BY'
  /** When the row was last changed. */
  | 'LAST_EDITED_TIME'
  /** Several options of a list. */
  | 'MULTI_SELECT'
  /** A number. */
  | 'NUMBER'
  /** People of the workspace. */
  | 'PEOPLE'
  /** A telephone number. */
  | 'PHONE'
  /** A place on the map. */
  | 'PLACE'
  /** Rows of a data source, or pages. */
  | 'RELATION'
  /** What the rows that a relation points to come to. */
  | 'ROLLUP'
  /** One option of a list. */
  | 'SELECT'
  /** One option of a list whose options belong to groups, such as "To do" and "Done". */
  | 'STATUS'
  /** Rich text. */
  | 'TEXT'
  /** The name of the row; one column of each data source. */
  | 'TITLE'
  /** A number of its own for each row. */
  | 'UNIQUE_ID'
  /** A web address. */
  | 'URL'
  /** Whether somebody said that the page is right, and until when. */
  | 'VERIFICATION';

/** Compares the value of a related row: exactly one comparison, of the kind the column that is summed up holds. */
export type RelatedFilter = {
  /** For CHECKBOX. */
  checkbox?: CheckboxFilter | null | undefined;
  /** For DATE, CREATED_TIME and LAST_EDITED_TIME. */
  date?: DateFilter | null | undefined;
  /** For FILES. */
  files?: FilesFilter | null | undefined;
  /** For MULTI_SELECT. */
  multiSelect?: MultiSelectFilter | null | undefined;
  /** For NUMBER and UNIQUE_ID. */
  number?: NumberFilter | null | undefined;
  /** For PEOPLE, CREATED_BY and LAST_EDITED_BY. */
  people?: PeopleFilter | null | undefined;
  /** For RELATION. */
  relation?: RelationFilter | null | undefined;
  /** For SELECT. */
  select?: SelectFilter | null | undefined;
  /** For STATUS. */
  status?: SelectFilter | null | undefined;
  /** For TITLE, TEXT, URL, EMAIL and PHONE. */
  text?: TextFilter | null | undefined;
  /** For VERIFICATION. */
  verification?: VerificationFilter | null | undefined;
};

/** Compares the pages pointed to with one or several. Every member given must hold, and at least one is given. Only pages you may read count; the others are as if they did not exist. */
export type RelationFilter = {
  /** Points to any of these pages. */
  contains?: Array<string | number> | null | undefined;
  /** Points to none of these pages. */
  doesNotContain?: Array<string | number> | null | undefined;
  /** Whether it points to no page that you may read. */
  isEmpty?: boolean | null | undefined;
  /** Whether it points to a page that you may read. */
  isNotEmpty?: boolean | null | undefined;
};

/** Compares a rollup: exactly one of these. Only related rows that you may read count, and it takes that you may read their data source. */
export type RollupFilter = {
  /** It holds for one of the related rows, or for more. */
  any?: RelatedFilter | null | undefined;
  /** What they come to, for EARLIEST_DATE and LATEST_DATE. */
  date?: DateFilter | null | undefined;
  /** It holds for all related rows; also where there is none. */
  every?: RelatedFilter | null | undefined;
  /** It holds for none of the related rows. */
  none?: RelatedFilter | null | undefined;
  /** What they come to, for functions that give a number. */
  number?: NumberFilter | null | undefined;
};

/** Which rows: exactly one of these. A comparison holds for a row or it does not, also where a value is empty, so `not` gives just the other rows. */
export type RowFilter =
  {   /** All of these hold; with none given, every row. */
  and: Array<RowFilter>; createdAt?: never; lastEditedAt?: never; not?: never; or?: never; property?: never; }
  |  { and?: never;   /** By when they were made. */
  createdAt: DateFilter; lastEditedAt?: never; not?: never; or?: never; property?: never; }
  |  { and?: never; createdAt?: never;   /** By when they were last changed. */
  lastEditedAt: DateFilter; not?: never; or?: never; property?: never; }
  |  { and?: never; createdAt?: never; lastEditedAt?: never;   /** This does not hold. */
  not: RowFilter; or?: never; property?: never; }
  |  { and?: never; createdAt?: never; lastEditedAt?: never; not?: never;   /** Any of these holds; with none given, no row. */
  or: Array<RowFilter>; property?: never; }
  |  { and?: never; createdAt?: never; lastEditedAt?: never; not?: never; or?: never;   /** By the value of a property. */
  property: PropertyFilter; };

/** What rows are grouped by: exactly one of these. */
export type RowGrouping =
  {   /** By when they were made. */
  createdAt: TimeGrouping; lastEditedAt?: never; property?: never; }
  |  { createdAt?: never;   /** By when they were last changed. */
  lastEditedAt: TimeGrouping; property?: never; }
  |  { createdAt?: never; lastEditedAt?: never;   /** By the value of a property that is SELECT, STATUS, MULTI_SELECT, PEOPLE, CREATED_BY, LAST_EDITED_BY, CHECKBOX, RELATION, DATE, CREATED_TIME or LAST_EDITED_TIME. */
  property: PropertyGrouping; };

/** A sort key of rows: exactly one of these; keys given first win. */
export type RowOrder =
  {   /** By when they were made. */
  createdAt: SortDirection; lastEditedAt?: never; property?: never; }
  |  { createdAt?: never;   /** By when they were last changed. */
  lastEditedAt: SortDirection; property?: never; }
  |  { createdAt?: never; lastEditedAt?: never;   /** By the value of a property. Texts by their first 200 characters, case left aside, in order of code points; options in the order of their column, those of a status group by group; dates and verifications by where they begin; people by their ids, which keeps the rows of one person together; relations by the title of the first page you may read; rollups by the number or date they come to. FILES, BUTTON and PLACE give no order. */
  property: PropertyOrder; };

/** Compares the option chosen, by name or id, with one or several. Every member given must hold, and at least one is given. An option that does not exist is nobody's choice. */
export type SelectFilter = {
  /** Is none of these options, or is empty. */
  doesNotEqual?: Array<string> | null | undefined;
  /** Is any of these options. */
  equals?: Array<string> | null | undefined;
  /** Whether none is chosen. */
  isEmpty?: boolean | null | undefined;
  /** Whether one is chosen. */
  isNotEmpty?: boolean | null | undefined;
};

/** Which way to sort. Empty values come last in both. */
export type SortDirection =
  /** From small to large, from early to late, from A to Z. */
  | 'ASC'
  /** From large to small, from late to early, from Z to A. */
  | 'DESC';

/** Compares text; every member given must hold. */
export type StringFilter = {
  /** Holds this text; case does not count. */
  contains?: string | null | undefined;
  /** Exactly this text. */
  eq?: string | null | undefined;
  /** Begins with this text; case does not count. */
  startsWith?: string | null | undefined;
};

/** Compares a title, text, web address, e-mail address or telephone number. Every member given must hold, and at least one is given. An empty value has no text: it differs from every text and holds none. Of a text, mentions are left out. */
export type TextFilter = {
  /** Holds this text; case does not count. */
  contains?: string | null | undefined;
  /** Does not hold this text, or is empty; case does not count. */
  doesNotContain?: string | null | undefined;
  /** Is not exactly this text, or is empty. */
  doesNotEqual?: string | null | undefined;
  /** Ends with this text; case does not count. */
  endsWith?: string | null | undefined;
  /** Is exactly this text; case counts. */
  equals?: string | null | undefined;
  /** Whether there is no value. */
  isEmpty?: boolean | null | undefined;
  /** Whether there is a value. */
  isNotEmpty?: boolean | null | undefined;
  /** Begins with this text; case does not count. */
  startsWith?: string | null | undefined;
};

/** Into which spans of the calendar. */
export type TimeGrouping = {
  /** IANA name of the time zone in which days begin; UTC when left out. */
  timeZone?: string | null | undefined;
  /** How long each span is; a day when left out. */
  unit?: DateUnit | null | undefined;
};

/** Compares whether a page is verified, at the time of asking. Every member given must hold, and at least one is given. */
export type VerificationFilter = {
  /** Is not so. */
  doesNotEqual?: VerificationState | null | undefined;
  /** Is so. */
  equals?: VerificationState | null | undefined;
};

/** Whether a page is verified. */
export type VerificationState =
  /** Somebody said that it is right, until a time that has passed. */
  | 'EXPIRED'
  /** Nobody said so. */
  | 'UNVERIFIED'
  /** Somebody said that it is right, and that still holds. */
  | 'VERIFIED';

export type WhoAmIQueryVariables = Exact<{ [key: string]: never; }>;


export type WhoAmIQuery = { viewer: { id: string, kind: ActorKind, capabilities: Array<Capability>, workspace: { id: string, name: string } | null, connection: { id: string, name: string, kind: ConnectionKind, status: ConnectionStatus, capabilities: Array<Capability> } | null, installation: { id: string, capabilities: Array<Capability>, connection: { id: string } | null, workspace: { id: string } | null, bot:
        | { id: string, name: string | null }
        | { id: string, name: string | null }
        | { id: string, name: string | null }
       | null } | null } };

export type ListPagesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: PageFilter | null | undefined;
}>;


export type ListPagesQuery = { pages: { totalCount: number | null, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, edges: Array<{ cursor: string, node: { id: string } }>, nodes: Array<{ id: string, title: string | null, lastEditedAt: string | null, inTrash: boolean | null, parent:
        | { id: string, title: string | null }
        | { id: string, title: string | null }
        | { id: string, title: string | null }
       | null }> } | null };

export type ReadPageQueryVariables = Exact<{
  id: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
  depth?: number | null | undefined;
}>;


export type ReadPageQuery = { page: { id: string, title: string | null, parent:
      | { __typename: 'DataSource', id: string, title: string | null }
      | { __typename: 'Database', id: string, title: string | null }
      | { __typename: 'Page', id: string, title: string | null }
     | null, children: { totalCount: number | null, nodes: Array<
        | { __typename: 'DataSource', id: string, title: string | null }
        | { __typename: 'Database', id: string, title: string | null }
        | { __typename: 'Page', id: string, title: string | null }
      > } | null, properties: Array<
      | { __typename: 'ButtonValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'CheckboxValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'CreatedByValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'CreatedTimeValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'DateValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'EmailValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'FilesValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'FormulaValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'LastEditedByValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'LastEditedTimeValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'MultiSelectValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'NumberValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'PeopleValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'PhoneValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'PlaceValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'RelationValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'RollupValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'SelectValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'StatusValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'TextValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'TitleValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'UniqueIdValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'UrlValue', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'VerificationValue', id: string, name: string | null, type: PropertyType | null }
    > | null, blocks: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<
        | { __typename: 'AudioBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'BookmarkBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'BulletedListItemBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'CalloutBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'CodeBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'ColumnBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'ColumnListBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'DividerBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'EmbedBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'EquationBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'FileBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'HeadingBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'ImageBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'LinkPreviewBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'LinkToPageBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'NumberedListItemBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'OtherBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'ParagraphBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'PdfBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'QuoteBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'TableBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'TableOfContentsBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'TableRowBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'ToDoBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'ToggleBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
        | { __typename: 'VideoBlock', id: string, parentId: string | null, depth: number | null, type: BlockType | null, plainText: string | null }
      > } | null } | null };

export type FindNodeQueryVariables = Exact<{
  id: string | number;
}>;


export type FindNodeQuery = { node:
    | { __typename: 'AudioBlock', id: string }
    | { __typename: 'AuditEntry', id: string }
    | { __typename: 'BookmarkBlock', id: string }
    | { __typename: 'Bot', name: string | null, id: string }
    | { __typename: 'BulletedListItemBlock', id: string }
    | { __typename: 'CalloutBlock', id: string }
    | { __typename: 'CodeBlock', id: string }
    | { __typename: 'ColumnBlock', id: string }
    | { __typename: 'ColumnListBlock', id: string }
    | { __typename: 'Comment', id: string }
    | { __typename: 'Connection', id: string }
    | { __typename: 'DataSource', title: string | null, id: string }
    | { __typename: 'Database', title: string | null, id: string }
    | { __typename: 'Delivery', id: string }
    | { __typename: 'Discussion', id: string }
    | { __typename: 'DividerBlock', id: string }
    | { __typename: 'EmbedBlock', id: string }
    | { __typename: 'EquationBlock', id: string }
    | { __typename: 'FileBlock', id: string }
    | { __typename: 'Group', name: string | null, id: string }
    | { __typename: 'HeadingBlock', id: string }
    | { __typename: 'ImageBlock', id: string }
    | { __typename: 'Installation', id: string }
    | { __typename: 'LinkPreviewBlock', id: string }
    | { __typename: 'LinkToPageBlock', id: string }
    | { __typename: 'NumberedListItemBlock', id: string }
    | { __typename: 'OtherBlock', id: string }
    | { __typename: 'Page', title: string | null, id: string }
    | { __typename: 'ParagraphBlock', id: string }
    | { __typename: 'PdfBlock', id: string }
    | { __typename: 'Person', name: string | null, email: string | null, id: string }
    | { __typename: 'PersonalAccessToken', id: string }
    | { __typename: 'QuoteBlock', id: string }
    | { __typename: 'Share', id: string }
    | { __typename: 'TableBlock', id: string }
    | { __typename: 'TableOfContentsBlock', id: string }
    | { __typename: 'TableRowBlock', id: string }
    | { __typename: 'Teamspace', id: string }
    | { __typename: 'ToDoBlock', id: string }
    | { __typename: 'ToggleBlock', id: string }
    | { __typename: 'VideoBlock', id: string }
    | { __typename: 'WebhookSubscription', id: string }
    | { __typename: 'Workspace', id: string }
   | null };

export type ListDatabasesQueryVariables = Exact<{ [key: string]: never; }>;


export type ListDatabasesQuery = { databases: { nodes: Array<{ id: string, title: string | null, dataSources: Array<{ id: string, name: string | null }> | null }> } | null };

export type ReadRowsQueryVariables = Exact<{
  id: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ReadRowsQuery = { dataSource: { id: string, name: string | null, properties: Array<
      | { __typename: 'FormulaProperty', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'NumberProperty', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'PlainProperty', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'RelationProperty', dataSourceId: string | null, id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'RollupProperty', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'SelectProperty', id: string, name: string | null, type: PropertyType | null, options: Array<{ id: string, name: string | null }> | null }
      | { __typename: 'StatusProperty', id: string, name: string | null, type: PropertyType | null }
      | { __typename: 'UniqueIdProperty', id: string, name: string | null, type: PropertyType | null }
    > | null, rows: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, title: string | null, properties: Array<
          | { __typename: 'ButtonValue', id: string, name: string | null }
          | { __typename: 'CheckboxValue', checked: boolean | null, id: string, name: string | null }
          | { __typename: 'CreatedByValue', id: string, name: string | null }
          | { __typename: 'CreatedTimeValue', id: string, name: string | null }
          | { __typename: 'DateValue', start: string | null, end: string | null, timeZone: string | null, id: string, name: string | null }
          | { __typename: 'EmailValue', email: string | null, id: string, name: string | null }
          | { __typename: 'FilesValue', id: string, name: string | null, files: Array<{ name: string | null, contentType: string | null, size: number | null, externalUrl: string | null }> | null }
          | { __typename: 'FormulaValue', id: string, name: string | null }
          | { __typename: 'LastEditedByValue', id: string, name: string | null }
          | { __typename: 'LastEditedTimeValue', id: string, name: string | null }
          | { __typename: 'MultiSelectValue', id: string, name: string | null, options: Array<{ id: string, name: string | null }> | null }
          | { __typename: 'NumberValue', number: number | null, id: string, name: string | null }
          | { __typename: 'PeopleValue', id: string, name: string | null }
          | { __typename: 'PhoneValue', phone: string | null, id: string, name: string | null }
          | { __typename: 'PlaceValue', id: string, name: string | null }
          | { __typename: 'RelationValue', id: string, name: string | null, pages: { nodes: Array<{ id: string, title: string | null }> } | null }
          | { __typename: 'RollupValue', id: string, name: string | null }
          | { __typename: 'SelectValue', id: string, name: string | null, option: { id: string, name: string | null } | null }
          | { __typename: 'StatusValue', id: string, name: string | null }
          | { __typename: 'TextValue', text: string | null, id: string, name: string | null }
          | { __typename: 'TitleValue', title: string | null, id: string, name: string | null }
          | { __typename: 'UniqueIdValue', id: string, name: string | null }
          | { __typename: 'UrlValue', url: string | null, id: string, name: string | null }
          | { __typename: 'VerificationValue', id: string, name: string | null }
        > | null }> } | null } | null };

export type FindUserQueryVariables = Exact<{
  email: string;
}>;


export type FindUserQuery = { users: { nodes: Array<
      | { __typename: 'Bot', id: string, name: string | null }
      | { __typename: 'Group', id: string, name: string | null }
      | { __typename: 'Person', email: string | null, id: string, name: string | null }
    > } | null };

export type MySchemaQueryVariables = Exact<{
  coordinates: Array<string> | string;
}>;


export type MySchemaQuery = { schemaSdl: string, fieldAccess: Array<{ coordinate: string, needs: Array<Array<Capability>>, whenDenied: Denial, allowed: boolean }> };

export type SearchQueryVariables = Exact<{
  query: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SearchQuery = { search: { totalCount: number | null, nodes: Array<{ isTitleHit: boolean | null, resource:
        | { id: string, title: string | null }
        | { id: string, title: string | null }
        | { id: string, title: string | null }
       | null, highlights: Array<{ blockId: string | null, parts: Array<{ text: string | null, isMatch: boolean | null }> | null }> | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type ReadLinksQueryVariables = Exact<{
  id: string | number;
  first?: number | null | undefined;
}>;


export type ReadLinksQuery = { page: { id: string, mentions: { totalCount: number | null, nodes: Array<
        | { id: string, title: string | null }
        | { id: string, title: string | null }
        | { id: string, title: string | null }
      > } | null, backlinks: { totalCount: number | null, nodes: Array<{ id: string, title: string | null }> } | null } | null };

export type FilterRowsQueryVariables = Exact<{
  id: string | number;
  filter?: RowFilter | null | undefined;
  orderBy?: Array<RowOrder> | RowOrder | null | undefined;
  timeZone?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type FilterRowsQuery = { dataSource: { id: string, rows: { totalCount: number | null, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, nodes: Array<{ id: string, title: string | null }> } | null } | null };

export type SortPagesQueryVariables = Exact<{
  filter?: PageFilter | null | undefined;
  orderBy?: Array<PageOrder> | PageOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SortPagesQuery = { pages: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, title: string | null }> } | null };

export type SortDatabasesQueryVariables = Exact<{
  filter?: DatabaseFilter | null | undefined;
  orderBy?: Array<DatabaseOrder> | DatabaseOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SortDatabasesQuery = { databases: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, title: string | null }> } | null };

export type SumRowsQueryVariables = Exact<{
  id: string | number;
  filter?: RowFilter | null | undefined;
  by: RowGrouping;
  property: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SumRowsQuery = { dataSource: { id: string, aggregate: { count: number | null, values: { empty: number | null, notEmpty: number | null, count: number | null, unique: number | null } | null } | null, groups: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ count: number | null, key:
          | { value: string | null }
          | { value: string | null }
          | { value: string | null, option: { name: string | null } | null }
          | { value: string | null }
          | { value: string | null }
         | null, values: { unique: number | null } | null }> } | null } | null };


export const WhoAmIDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"WhoAmI"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"workspace"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"connection"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}}]}},{"kind":"Field","name":{"kind":"Name","value":"installation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"connection"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"workspace"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"bot"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]} as unknown as DocumentNode<WhoAmIQuery, WhoAmIQueryVariables>;
export const ListPagesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ListPages"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"PageFilter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pages"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"before"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"parent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}},{"kind":"Field","name":{"kind":"Name","value":"lastEditedAt"}},{"kind":"Field","name":{"kind":"Name","value":"inTrash"}}]}}]}}]}}]} as unknown as DocumentNode<ListPagesQuery, ListPagesQueryVariables>;
export const ReadPageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ReadPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"depth"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"page"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"parent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}},{"kind":"Field","name":{"kind":"Name","value":"children"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"properties"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"type"}}]}},{"kind":"Field","name":{"kind":"Name","value":"blocks"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"depth"},"value":{"kind":"Variable","name":{"kind":"Name","value":"depth"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"parentId"}},{"kind":"Field","name":{"kind":"Name","value":"depth"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"plainText"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ReadPageQuery, ReadPageQueryVariables>;
export const FindNodeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FindNode"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Resource"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"User"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Person"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}}]}}]}}]}}]} as unknown as DocumentNode<FindNodeQuery, FindNodeQueryVariables>;
export const ListDatabasesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ListDatabases"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"databases"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"dataSources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ListDatabasesQuery, ListDatabasesQueryVariables>;
export const ReadRowsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ReadRows"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataSource"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"properties"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SelectProperty"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"options"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RelationProperty"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataSourceId"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"rows"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"properties"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TitleValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TextValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"text"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"NumberValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"number"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CheckboxValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"checked"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DateValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}},{"kind":"Field","name":{"kind":"Name","value":"timeZone"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SelectValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"option"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MultiSelectValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"options"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UrlValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"url"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"EmailValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PhoneValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phone"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RelationValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pages"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"FilesValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"files"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"externalUrl"}}]}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<ReadRowsQuery, ReadRowsQueryVariables>;
export const FindUserDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FindUser"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"email"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"users"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"10"}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"email"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"eq"},"value":{"kind":"Variable","name":{"kind":"Name","value":"email"}}}]}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Person"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}}]}}]}}]}}]}}]} as unknown as DocumentNode<FindUserQuery, FindUserQueryVariables>;
export const MySchemaDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"MySchema"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"coordinates"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"schemaSdl"}},{"kind":"Field","name":{"kind":"Name","value":"fieldAccess"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"coordinates"},"value":{"kind":"Variable","name":{"kind":"Name","value":"coordinates"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"coordinate"}},{"kind":"Field","name":{"kind":"Name","value":"needs"}},{"kind":"Field","name":{"kind":"Name","value":"whenDenied"}},{"kind":"Field","name":{"kind":"Name","value":"allowed"}}]}}]}}]} as unknown as DocumentNode<MySchemaQuery, MySchemaQueryVariables>;
export const SearchDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Search"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"query"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"search"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"query"},"value":{"kind":"Variable","name":{"kind":"Name","value":"query"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"isTitleHit"}},{"kind":"Field","name":{"kind":"Name","value":"resource"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}},{"kind":"Field","name":{"kind":"Name","value":"highlights"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"blockId"}},{"kind":"Field","name":{"kind":"Name","value":"parts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"text"}},{"kind":"Field","name":{"kind":"Name","value":"isMatch"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<SearchQuery, SearchQueryVariables>;
export const ReadLinksDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ReadLinks"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"page"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"mentions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"backlinks"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ReadLinksQuery, ReadLinksQueryVariables>;
export const FilterRowsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FilterRows"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"RowFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RowOrder"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeZone"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataSource"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"rows"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"before"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}},{"kind":"Argument","name":{"kind":"Name","value":"timeZone"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeZone"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}}]}}]}}]} as unknown as DocumentNode<FilterRowsQuery, FilterRowsQueryVariables>;
export const SortPagesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SortPages"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"PageFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"PageOrder"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pages"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}}]}}]} as unknown as DocumentNode<SortPagesQuery, SortPagesQueryVariables>;
export const SortDatabasesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SortDatabases"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"DatabaseFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DatabaseOrder"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"databases"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}}]}}]} as unknown as DocumentNode<SortDatabasesQuery, SortDatabasesQueryVariables>;
export const SumRowsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SumRows"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"RowFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"by"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RowGrouping"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"property"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataSource"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"aggregate"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"values"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"property"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"empty"}},{"kind":"Field","name":{"kind":"Name","value":"notEmpty"}},{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"unique"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"groups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"by"},"value":{"kind":"Variable","name":{"kind":"Name","value":"by"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"value"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"OptionKey"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"option"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"values"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"property"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"unique"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<SumRowsQuery, SumRowsQueryVariables>;