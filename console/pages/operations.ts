/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
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

/** What a share opens. Each counts only together with its capability. */
export type ShareAccess =
  /** Write comments; with COMMENT_INSERT. */
  | 'COMMENT_INSERT'
  /** Read comments; with COMMENT_READ. */
  | 'COMMENT_READ'
  /** Make something new; with CONTENT_INSERT. */
  | 'INSERT'
  /** Read the content; with CONTENT_READ. */
  | 'READ'
  /** Change what exists; with CONTENT_UPDATE. */
  | 'UPDATE';

export type TopOfTreeQueryVariables = Exact<{
  pagesAfter?: string | null | undefined;
  databasesAfter?: string | null | undefined;
}>;


export type TopOfTreeQuery = { pages: { nodes: Array<{ id: string, title: string | null, icon: { emoji: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null, databases: { nodes: Array<{ id: string, title: string | null, icon: { emoji: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type ChildrenQueryVariables = Exact<{
  id: string | number;
  after?: string | null | undefined;
}>;


export type ChildrenQuery = { page: { id: string, children: { nodes: Array<
        | { __typename: 'DataSource', id: string, title: string | null }
        | { __typename: 'Database', id: string, title: string | null, icon: { emoji: string | null } | null }
        | { __typename: 'Page', id: string, title: string | null, icon: { emoji: string | null } | null }
      >, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null } | null };

export type PageToReadQueryVariables = Exact<{
  id: string | number;
}>;


export type PageToReadQuery = { node:
    | { __typename: 'AudioBlock', id: string }
    | { __typename: 'AuditEntry', id: string }
    | { __typename: 'BookmarkBlock', id: string }
    | { __typename: 'Bot', id: string }
    | { __typename: 'BulletedListItemBlock', id: string }
    | { __typename: 'CalloutBlock', id: string }
    | { __typename: 'CodeBlock', id: string }
    | { __typename: 'ColumnBlock', id: string }
    | { __typename: 'ColumnListBlock', id: string }
    | { __typename: 'Comment', id: string }
    | { __typename: 'Connection', id: string }
    | { __typename: 'DataSource', id: string }
    | { __typename: 'Database', title: string | null, isLocked: boolean | null, inTrash: boolean | null, lastEditedAt: string | null, id: string, lastEditedBy:
        | { id: string, name: string | null }
        | { id: string, name: string | null }
        | { id: string, name: string | null }
       | null, icon: { emoji: string | null } | null, dataSources: Array<{ id: string, name: string | null }> | null }
    | { __typename: 'Delivery', id: string }
    | { __typename: 'Discussion', id: string }
    | { __typename: 'DividerBlock', id: string }
    | { __typename: 'EmbedBlock', id: string }
    | { __typename: 'EquationBlock', id: string }
    | { __typename: 'FileBlock', id: string }
    | { __typename: 'Group', id: string }
    | { __typename: 'HeadingBlock', id: string }
    | { __typename: 'ImageBlock', id: string }
    | { __typename: 'Installation', id: string }
    | { __typename: 'LinkPreviewBlock', id: string }
    | { __typename: 'LinkToPageBlock', id: string }
    | { __typename: 'NumberedListItemBlock', id: string }
    | { __typename: 'OtherBlock', id: string }
    | { __typename: 'Page', title: string | null, isLocked: boolean | null, inTrash: boolean | null, lastEditedAt: string | null, id: string, lastEditedBy:
        | { id: string, name: string | null }
        | { id: string, name: string | null }
        | { id: string, name: string | null }
       | null, icon: { emoji: string | null } | null, blocks: { nodes: Array<
          | { __typename: 'AudioBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'BookmarkBlock', url: string | null, id: string, depth: number | null, plainText: string | null }
          | { __typename: 'BulletedListItemBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'CalloutBlock', icon: string | null, id: string, depth: number | null, plainText: string | null }
          | { __typename: 'CodeBlock', language: string | null, id: string, depth: number | null, plainText: string | null }
          | { __typename: 'ColumnBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'ColumnListBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'DividerBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'EmbedBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'EquationBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'FileBlock', id: string, depth: number | null, plainText: string | null, file: { name: string | null } | null }
          | { __typename: 'HeadingBlock', level: number | null, id: string, depth: number | null, plainText: string | null }
          | { __typename: 'ImageBlock', id: string, depth: number | null, plainText: string | null, file: { name: string | null } | null }
          | { __typename: 'LinkPreviewBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'LinkToPageBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'NumberedListItemBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'OtherBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'ParagraphBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'PdfBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'QuoteBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'TableBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'TableOfContentsBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'TableRowBlock', id: string, depth: number | null, plainText: string | null, cells: Array<Array<{ plainText: string | null }>> | null }
          | { __typename: 'ToDoBlock', checked: boolean | null, id: string, depth: number | null, plainText: string | null }
          | { __typename: 'ToggleBlock', id: string, depth: number | null, plainText: string | null }
          | { __typename: 'VideoBlock', id: string, depth: number | null, plainText: string | null }
        >, pageInfo: { hasNextPage: boolean } } | null, properties: Array<
        | { __typename: 'ButtonValue', id: string, name: string | null }
        | { __typename: 'CheckboxValue', checked: boolean | null, id: string, name: string | null }
        | { __typename: 'CreatedByValue', id: string, name: string | null }
        | { __typename: 'CreatedTimeValue', id: string, name: string | null }
        | { __typename: 'DateValue', start: string | null, end: string | null, id: string, name: string | null }
        | { __typename: 'EmailValue', email: string | null, id: string, name: string | null }
        | { __typename: 'FilesValue', id: string, name: string | null, files: Array<{ name: string | null }> | null }
        | { __typename: 'FormulaValue', id: string, name: string | null }
        | { __typename: 'LastEditedByValue', id: string, name: string | null }
        | { __typename: 'LastEditedTimeValue', id: string, name: string | null }
        | { __typename: 'MultiSelectValue', id: string, name: string | null, options: Array<{ id: string, name: string | null }> | null }
        | { __typename: 'NumberValue', number: number | null, id: string, name: string | null }
        | { __typename: 'PeopleValue', id: string, name: string | null }
        | { __typename: 'PhoneValue', phone: string | null, id: string, name: string | null }
        | { __typename: 'PlaceValue', id: string, name: string | null }
        | { __typename: 'RelationValue', id: string, name: string | null }
        | { __typename: 'RollupValue', id: string, name: string | null }
        | { __typename: 'SelectValue', id: string, name: string | null, option: { id: string, name: string | null } | null }
        | { __typename: 'StatusValue', id: string, name: string | null, option: { id: string, name: string | null } | null }
        | { __typename: 'TextValue', text: string | null, id: string, name: string | null }
        | { __typename: 'TitleValue', title: string | null, id: string, name: string | null }
        | { __typename: 'UniqueIdValue', prefix: string | null, id: string, name: string | null, uniqueNumber: number | null }
        | { __typename: 'UrlValue', url: string | null, id: string, name: string | null }
        | { __typename: 'VerificationValue', id: string, name: string | null }
      > | null }
    | { __typename: 'ParagraphBlock', id: string }
    | { __typename: 'PdfBlock', id: string }
    | { __typename: 'Person', id: string }
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

export type RowsQueryVariables = Exact<{
  id: string | number;
  after?: string | null | undefined;
}>;


export type RowsQuery = { dataSource: { id: string, properties: Array<
      | { id: string, name: string | null, type: PropertyType | null }
      | { id: string, name: string | null, type: PropertyType | null }
      | { id: string, name: string | null, type: PropertyType | null }
      | { id: string, name: string | null, type: PropertyType | null }
      | { id: string, name: string | null, type: PropertyType | null }
      | { id: string, name: string | null, type: PropertyType | null }
      | { id: string, name: string | null, type: PropertyType | null }
      | { id: string, name: string | null, type: PropertyType | null }
    > | null, rows: { nodes: Array<{ id: string, title: string | null, properties: Array<
          | { __typename: 'ButtonValue', id: string, name: string | null }
          | { __typename: 'CheckboxValue', checked: boolean | null, id: string, name: string | null }
          | { __typename: 'CreatedByValue', id: string, name: string | null }
          | { __typename: 'CreatedTimeValue', id: string, name: string | null }
          | { __typename: 'DateValue', start: string | null, end: string | null, id: string, name: string | null }
          | { __typename: 'EmailValue', email: string | null, id: string, name: string | null }
          | { __typename: 'FilesValue', id: string, name: string | null, files: Array<{ name: string | null }> | null }
          | { __typename: 'FormulaValue', id: string, name: string | null }
          | { __typename: 'LastEditedByValue', id: string, name: string | null }
          | { __typename: 'LastEditedTimeValue', id: string, name: string | null }
          | { __typename: 'MultiSelectValue', id: string, name: string | null, options: Array<{ id: string, name: string | null }> | null }
          | { __typename: 'NumberValue', number: number | null, id: string, name: string | null }
          | { __typename: 'PeopleValue', id: string, name: string | null }
          | { __typename: 'PhoneValue', phone: string | null, id: string, name: string | null }
          | { __typename: 'PlaceValue', id: string, name: string | null }
          | { __typename: 'RelationValue', id: string, name: string | null }
          | { __typename: 'RollupValue', id: string, name: string | null }
          | { __typename: 'SelectValue', id: string, name: string | null, option: { id: string, name: string | null } | null }
          | { __typename: 'StatusValue', id: string, name: string | null, option: { id: string, name: string | null } | null }
          | { __typename: 'TextValue', text: string | null, id: string, name: string | null }
          | { __typename: 'TitleValue', title: string | null, id: string, name: string | null }
          | { __typename: 'UniqueIdValue', prefix: string | null, id: string, name: string | null, uniqueNumber: number | null }
          | { __typename: 'UrlValue', url: string | null, id: string, name: string | null }
          | { __typename: 'VerificationValue', id: string, name: string | null }
        > | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null } | null };

type Value_ButtonValue_Fragment = { __typename: 'ButtonValue', id: string, name: string | null };

type Value_CheckboxValue_Fragment = { __typename: 'CheckboxValue', checked: boolean | null, id: string, name: string | null };

type Value_CreatedByValue_Fragment = { __typename: 'CreatedByValue', id: string, name: string | null };

type Value_CreatedTimeValue_Fragment = { __typename: 'CreatedTimeValue', id: string, name: string | null };

type Value_DateValue_Fragment = { __typename: 'DateValue', start: string | null, end: string | null, id: string, name: string | null };

type Value_EmailValue_Fragment = { __typename: 'EmailValue', email: string | null, id: string, name: string | null };

type Value_FilesValue_Fragment = { __typename: 'FilesValue', id: string, name: string | null, files: Array<{ name: string | null }> | null };

type Value_FormulaValue_Fragment = { __typename: 'FormulaValue', id: string, name: string | null };

type Value_LastEditedByValue_Fragment = { __typename: 'LastEditedByValue', id: string, name: string | null };

type Value_LastEditedTimeValue_Fragment = { __typename: 'LastEditedTimeValue', id: string, name: string | null };

type Value_MultiSelectValue_Fragment = { __typename: 'MultiSelectValue', id: string, name: string | null, options: Array<{ id: string, name: string | null }> | null };

type Value_NumberValue_Fragment = { __typename: 'NumberValue', number: number | null, id: string, name: string | null };

type Value_PeopleValue_Fragment = { __typename: 'PeopleValue', id: string, name: string | null };

type Value_PhoneValue_Fragment = { __typename: 'PhoneValue', phone: string | null, id: string, name: string | null };

type Value_PlaceValue_Fragment = { __typename: 'PlaceValue', id: string, name: string | null };

type Value_RelationValue_Fragment = { __typename: 'RelationValue', id: string, name: string | null };

type Value_RollupValue_Fragment = { __typename: 'RollupValue', id: string, name: string | null };

type Value_SelectValue_Fragment = { __typename: 'SelectValue', id: string, name: string | null, option: { id: string, name: string | null } | null };

type Value_StatusValue_Fragment = { __typename: 'StatusValue', id: string, name: string | null, option: { id: string, name: string | null } | null };

type Value_TextValue_Fragment = { __typename: 'TextValue', text: string | null, id: string, name: string | null };

type Value_TitleValue_Fragment = { __typename: 'TitleValue', title: string | null, id: string, name: string | null };

type Value_UniqueIdValue_Fragment = { __typename: 'UniqueIdValue', prefix: string | null, id: string, name: string | null, uniqueNumber: number | null };

type Value_UrlValue_Fragment = { __typename: 'UrlValue', url: string | null, id: string, name: string | null };

type Value_VerificationValue_Fragment = { __typename: 'VerificationValue', id: string, name: string | null };

export type ValueFragment =
  | Value_ButtonValue_Fragment
  | Value_CheckboxValue_Fragment
  | Value_CreatedByValue_Fragment
  | Value_CreatedTimeValue_Fragment
  | Value_DateValue_Fragment
  | Value_EmailValue_Fragment
  | Value_FilesValue_Fragment
  | Value_FormulaValue_Fragment
  | Value_LastEditedByValue_Fragment
  | Value_LastEditedTimeValue_Fragment
  | Value_MultiSelectValue_Fragment
  | Value_NumberValue_Fragment
  | Value_PeopleValue_Fragment
  | Value_PhoneValue_Fragment
  | Value_PlaceValue_Fragment
  | Value_RelationValue_Fragment
  | Value_RollupValue_Fragment
  | Value_SelectValue_Fragment
  | Value_StatusValue_Fragment
  | Value_TextValue_Fragment
  | Value_TitleValue_Fragment
  | Value_UniqueIdValue_Fragment
  | Value_UrlValue_Fragment
  | Value_VerificationValue_Fragment
;

export type SharesOfResourceQueryVariables = Exact<{
  id: string | number;
  after?: string | null | undefined;
}>;


export type SharesOfResourceQuery = { node:
    | { __typename: 'AudioBlock', id: string }
    | { __typename: 'AuditEntry', id: string }
    | { __typename: 'BookmarkBlock', id: string }
    | { __typename: 'Bot', id: string }
    | { __typename: 'BulletedListItemBlock', id: string }
    | { __typename: 'CalloutBlock', id: string }
    | { __typename: 'CodeBlock', id: string }
    | { __typename: 'ColumnBlock', id: string }
    | { __typename: 'ColumnListBlock', id: string }
    | { __typename: 'Comment', id: string }
    | { __typename: 'Connection', id: string }
    | { __typename: 'DataSource', title: string | null, id: string, sharedWith: { nodes: Array<{ effective: Array<ShareAccess>, inherited: boolean, grantee:
            | { __typename: 'Bot', id: string, name: string | null, connection: { id: string } | null }
            | { __typename: 'Group', id: string, name: string | null }
            | { __typename: 'Person', id: string, name: string | null }
           | null, shares: Array<{ id: string, access: Array<ShareAccess>, expiresAt: string | null, resource:
              | { __typename: 'DataSource', id: string, title: string | null }
              | { __typename: 'Database', id: string, title: string | null }
              | { __typename: 'Page', id: string, title: string | null }
             | null }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null }
    | { __typename: 'Database', title: string | null, id: string, sharedWith: { nodes: Array<{ effective: Array<ShareAccess>, inherited: boolean, grantee:
            | { __typename: 'Bot', id: string, name: string | null, connection: { id: string } | null }
            | { __typename: 'Group', id: string, name: string | null }
            | { __typename: 'Person', id: string, name: string | null }
           | null, shares: Array<{ id: string, access: Array<ShareAccess>, expiresAt: string | null, resource:
              | { __typename: 'DataSource', id: string, title: string | null }
              | { __typename: 'Database', id: string, title: string | null }
              | { __typename: 'Page', id: string, title: string | null }
             | null }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null }
    | { __typename: 'Delivery', id: string }
    | { __typename: 'Discussion', id: string }
    | { __typename: 'DividerBlock', id: string }
    | { __typename: 'EmbedBlock', id: string }
    | { __typename: 'EquationBlock', id: string }
    | { __typename: 'FileBlock', id: string }
    | { __typename: 'Group', id: string }
    | { __typename: 'HeadingBlock', id: string }
    | { __typename: 'ImageBlock', id: string }
    | { __typename: 'Installation', id: string }
    | { __typename: 'LinkPreviewBlock', id: string }
    | { __typename: 'LinkToPageBlock', id: string }
    | { __typename: 'NumberedListItemBlock', id: string }
    | { __typename: 'OtherBlock', id: string }
    | { __typename: 'Page', title: string | null, id: string, sharedWith: { nodes: Array<{ effective: Array<ShareAccess>, inherited: boolean, grantee:
            | { __typename: 'Bot', id: string, name: string | null, connection: { id: string } | null }
            | { __typename: 'Group', id: string, name: string | null }
            | { __typename: 'Person', id: string, name: string | null }
           | null, shares: Array<{ id: string, access: Array<ShareAccess>, expiresAt: string | null, resource:
              | { __typename: 'DataSource', id: string, title: string | null }
              | { __typename: 'Database', id: string, title: string | null }
              | { __typename: 'Page', id: string, title: string | null }
             | null }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null }
    | { __typename: 'ParagraphBlock', id: string }
    | { __typename: 'PdfBlock', id: string }
    | { __typename: 'Person', id: string }
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

export type ShareCandidatesQueryVariables = Exact<{
  name: string;
}>;


export type ShareCandidatesQuery = { viewer: { id: string, workspace: { id: string, shareCandidates: { nodes: Array<
          | { __typename: 'Bot', installationId: string | null, id: string, name: string | null }
          | { __typename: 'Group', id: string, name: string | null }
          | { __typename: 'Person', id: string, name: string | null }
        > } | null } | null } };

export const ValueFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Value"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PropertyValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TitleValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TextValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"text"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"NumberValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"number"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SelectValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"option"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StatusValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"option"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MultiSelectValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"options"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CheckboxValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"checked"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DateValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UrlValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"url"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"EmailValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PhoneValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phone"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"FilesValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"files"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UniqueIdValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"prefix"}},{"kind":"Field","alias":{"kind":"Name","value":"uniqueNumber"},"name":{"kind":"Name","value":"number"}}]}}]}}]} as unknown as DocumentNode<ValueFragment, unknown>;
export const TopOfTreeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"TopOfTree"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"pagesAfter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"databasesAfter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pages"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"pagesAfter"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"topmost"},"value":{"kind":"BooleanValue","value":true}}]}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ListValue","values":[{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"title"},"value":{"kind":"EnumValue","value":"ASC"}}]}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"icon"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"emoji"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"databases"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"databasesAfter"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"topmost"},"value":{"kind":"BooleanValue","value":true}}]}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ListValue","values":[{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"title"},"value":{"kind":"EnumValue","value":"ASC"}}]}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"icon"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"emoji"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<TopOfTreeQuery, TopOfTreeQueryVariables>;
export const ChildrenDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Children"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"page"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"children"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Page"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"icon"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"emoji"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Database"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"icon"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"emoji"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ChildrenQuery, ChildrenQueryVariables>;
export const PageToReadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PageToRead"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Page"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"isLocked"}},{"kind":"Field","name":{"kind":"Name","value":"inTrash"}},{"kind":"Field","name":{"kind":"Name","value":"lastEditedAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastEditedBy"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"icon"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"emoji"}}]}},{"kind":"Field","name":{"kind":"Name","value":"blocks"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"500"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"depth"}},{"kind":"Field","name":{"kind":"Name","value":"plainText"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"HeadingBlock"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"level"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ToDoBlock"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"checked"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CodeBlock"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"language"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CalloutBlock"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"icon"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TableRowBlock"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cells"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"plainText"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"BookmarkBlock"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"url"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ImageBlock"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"file"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"FileBlock"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"file"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"properties"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Value"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Database"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"isLocked"}},{"kind":"Field","name":{"kind":"Name","value":"inTrash"}},{"kind":"Field","name":{"kind":"Name","value":"lastEditedAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastEditedBy"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"icon"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"emoji"}}]}},{"kind":"Field","name":{"kind":"Name","value":"dataSources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Value"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PropertyValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TitleValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TextValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"text"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"NumberValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"number"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SelectValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"option"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StatusValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"option"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MultiSelectValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"options"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CheckboxValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"checked"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DateValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UrlValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"url"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"EmailValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PhoneValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phone"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"FilesValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"files"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UniqueIdValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"prefix"}},{"kind":"Field","alias":{"kind":"Name","value":"uniqueNumber"},"name":{"kind":"Name","value":"number"}}]}}]}}]} as unknown as DocumentNode<PageToReadQuery, PageToReadQueryVariables>;
export const RowsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Rows"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataSource"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"properties"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"type"}}]}},{"kind":"Field","name":{"kind":"Name","value":"rows"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"25"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"properties"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Value"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Value"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PropertyValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TitleValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TextValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"text"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"NumberValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"number"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SelectValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"option"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StatusValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"option"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MultiSelectValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"options"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CheckboxValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"checked"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DateValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UrlValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"url"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"EmailValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PhoneValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phone"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"FilesValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"files"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UniqueIdValue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"prefix"}},{"kind":"Field","alias":{"kind":"Name","value":"uniqueNumber"},"name":{"kind":"Name","value":"number"}}]}}]}}]} as unknown as DocumentNode<RowsQuery, RowsQueryVariables>;
export const SharesOfResourceDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SharesOfResource"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Resource"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"sharedWith"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"20"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"effective"}},{"kind":"Field","name":{"kind":"Name","value":"inherited"}},{"kind":"Field","name":{"kind":"Name","value":"grantee"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Bot"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"connection"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"shares"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"access"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"resource"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<SharesOfResourceQuery, SharesOfResourceQueryVariables>;
export const ShareCandidatesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ShareCandidates"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"workspace"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"shareCandidates"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"10"}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"name"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"contains"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}]}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Bot"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"installationId"}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<ShareCandidatesQuery, ShareCandidatesQueryVariables>;