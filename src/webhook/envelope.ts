// The body of a delivery as receivers of the reference product know it: ids alone, in its words. What a document adds to
// it stands beside it (api/render-delivery.ts).

import type { DataSource } from '../content/database.js';
import { resourceById } from '../content/loaders.js';
import type { Resource } from '../content/resource.js';
import type { Context } from '../context.js';
import type { EventType } from '../events/event.js';
import { toRfc3339 } from '../lib/datetime.js';
import type { Id } from '../lib/id.js';
import type { Sending, Told } from './told.js';

/** Of the payloads of the reference product. */
const API_VERSION = '2025-09-03';

const NOUNS = {
  PAGE: 'page',
  DATABASE: 'database',
  DATA_SOURCE: 'data_source',
  COMMENT: 'comment',
  FILE_UPLOAD: 'file_upload',
};

/** `page.content_updated` of `PAGE_CONTENT_UPDATED`, and `page`. */
function wordsOf(type: EventType): { name: string; noun: string } {
  const [noun, word] = Object.entries(NOUNS).find(([prefix]) => type.startsWith(`${prefix}_`)) as [string, string];
  return { name: `${word}.${type.slice(noun.length + 1).toLowerCase()}`, noun: word };
}

/** The envelope of an event, for the installation of the context. What stands above a resource is named as far as it is
 *  reached; out of reach looks like the top. */
export async function envelopeOf(ctx: Context, told: Told, sending: Sending): Promise<Record<string, unknown>> {
  const { name, noun } = wordsOf(told.type);
  const { workspaceId } = sending;
  const data = noun === 'file_upload' ? null : await dataOf(ctx, told, workspaceId);
  return {
    id: told.eventId,
    timestamp: toRfc3339(told.occurredAt),
    workspace_id: workspaceId,
    workspace_name: told.workspaceName,
    subscription_id: sending.subscriptionId,
    integration_id: told.connectionId,
    type: name,
    authors: told.authors.map(({ id, isBot }) => ({ id, type: isBot ? 'bot' : 'person' })),
    ...(told.isPublic && {
      accessible_by: told.installations.map(({ installedById, botId }) =>
        installedById === null ? { id: botId, type: 'bot' } : { id: installedById, type: 'person' },
      ),
    }),
    attempt_number: sending.attempt,
    api_version: API_VERSION,
    entity: { id: told.resourceId, type: noun },
    ...(data && { data }),
    sequence: sending.sequence,
    previous_sequence: sending.previousSequence,
  };
}

async function dataOf(ctx: Context, told: Told, workspaceId: Id): Promise<Record<string, unknown>> {
  const { type, aboutId, details } = told;
  const about = aboutId === null ? undefined : await ctx.load(resourceById, aboutId);
  if (type.startsWith('COMMENT_')) return { page_id: aboutId, parent: { id: aboutId, type: 'page' } };
  const parent = await parentOf(ctx, about, workspaceId);
  switch (type) {
    case 'PAGE_CONTENT_UPDATED':
    case 'DATA_SOURCE_CONTENT_UPDATED':
      return { parent, updated_blocks: (details.updatedBlocks ?? []).map((id) => ({ id, type: 'block' })) };
    case 'PAGE_PROPERTIES_UPDATED':
      return { parent, updated_properties: details.updatedProperties ?? [] };
    case 'DATA_SOURCE_SCHEMA_UPDATED': {
      const columns = (about as DataSource | undefined)?.properties ?? [];
      const altered = (details.updatedProperties ?? []) as { id: string; action: string }[];
      return {
        parent,
        updated_properties: altered.map(({ id, action }) => ({
          id,
          name: columns.find((column) => column.id === id)?.name ?? null,
          action,
        })),
      };
    }
    default:
      return { parent };
  }
}

async function parentOf(ctx: Context, about: Resource | undefined, workspaceId: Id): Promise<Record<string, unknown>> {
  const top = { id: workspaceId, type: 'space' };
  const above = about?.parentId == null ? undefined : await ctx.load(resourceById, about.parentId);
  switch ((above as { __typename?: string } | undefined)?.__typename) {
    case 'Page':
      return { id: above?.id, type: 'page' };
    case 'Database':
      return { id: above?.id, type: 'database' };
    case 'DataSource': {
      const database = above?.parentId == null ? undefined : await ctx.load(resourceById, above.parentId);
      return { ...(database ? { id: database.id, type: 'database' } : top), data_source_id: above?.id };
    }
    default:
      return top;
  }
}
