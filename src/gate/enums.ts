// The gate's words as GraphQL enums, each value with its sentence.

import { enumType } from '../lib/enum.js';
import type { ShareAccess } from './capability.js';

export const CapabilityEnum = enumType(
  'Capability',
  'What a connection may do, wherever something is shared with it.',
  {
    CONTENT_READ: 'Read pages, databases and their content.',
    CONTENT_UPDATE: 'Change content that exists.',
    CONTENT_INSERT: 'Make new content.',
    COMMENT_READ: 'Read comments.',
    COMMENT_INSERT: 'Write comments, and edit and delete its own.',
    USER_READ: 'See names and pictures of people.',
    USER_READ_EMAIL: 'See e-mail addresses of people as well.',
  },
);

export const ShareAccessEnum = enumType<ShareAccess>(
  'ShareAccess',
  'What a share opens. Each counts only together with its capability.',
  {
    READ: 'Read the content; with CONTENT_READ.',
    UPDATE: 'Change what exists; with CONTENT_UPDATE.',
    INSERT: 'Make something new; with CONTENT_INSERT.',
    COMMENT_READ: 'Read comments; with COMMENT_READ.',
    COMMENT_INSERT: 'Write comments; with COMMENT_INSERT.',
  },
);

export const ActorKindEnum = enumType('ActorKind', 'Who is asking.', {
  PERSON: 'Somebody signed in, or her personal token.',
  CONNECTION: 'An installation of a connection, by its token.',
  OPERATOR: 'The command line on the machine itself.',
});

export const WorkspaceRoleEnum = enumType('WorkspaceRole', 'Role of a person in a workspace, from least to most.', {
  GUEST: 'Reaches what is shared with her.',
  MEMBER: 'Reaches the whole workspace.',
  OWNER: 'Administers it as well.',
});

export const DenialEnum = enumType('Denial', 'What happens where a capability is missing.', {
  NULL: 'The field answers null and a receipt in extensions.redactions says so.',
  ERROR: 'The field answers with an error.',
});
