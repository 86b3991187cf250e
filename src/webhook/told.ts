// What a delivery tells, and to whom: read anew for each attempt, so that nothing is sent which may not be told any more.

import { installationBits } from '../connection/admission.js';
import type { Reader } from '../context.js';
import type { EventType } from '../events/event.js';
import type { EventDetails } from '../feed/event.js';
import { toldInstallations } from '../feed/visible.js';
import type { ConnectionActor } from '../gate/actor.js';
import type { Id } from '../lib/id.js';
import { sql } from '../lib/sql.js';
import type { DeliveryRow } from './tables.js';

/** Which delivery, and the how-manieth attempt it is. */
export type Sending = Pick<
  DeliveryRow,
  'workspaceId' | 'subscriptionId' | 'eventPosition' | 'sequence' | 'previousSequence' | 'attempt'
>;

/** Why something is not sent. */
export type Suppression = 'SUBSCRIPTION_DELETED' | 'CONNECTION_STOPPED' | 'EVENT_GONE' | 'OUT_OF_REACH';

/** An event on its way, and the installations it may be told to. */
export interface Told {
  workspaceName: string;
  connectionId: Id;
  isPublic: boolean;
  document: string | null;
  eventId: Id;
  position: number;
  type: EventType;
  resourceId: Id;
  /** The page, database or data source it belongs to. */
  aboutId: Id | null;
  occurredAt: string;
  details: EventDetails & { updatedBlocks?: Id[] };
  authors: { id: Id; isBot: boolean }[];
  /** Oldest first; never empty. The first is who a body is made for. */
  installations: ConnectionActor[];
}

/** What is told by a delivery of an event at this moment, or why nothing may be. */
export async function toldBy(
  reader: Reader,
  { workspaceId, subscriptionId, eventPosition }: Sending,
): Promise<Told | Suppression> {
  const [found] = await reader.rows(sql<
    Told & { isDeleted: boolean; isStopped: boolean; installations: Omit<ConnectionActor, 'kind'>[] }
  >`
    select w.name as "workspaceName", s.connection_id as "connectionId", c.kind = 'PUBLIC' as "isPublic", s.document,
           s.deleted_at is not null or c.status = 'DELETED' as "isDeleted",
           c.status <> 'ACTIVE' or w.deleted_at is not null as "isStopped",
           e.id as "eventId", e.position::float8 as position, e.type, e.resource_id as "resourceId",
           e.ancestors[cardinality(e.ancestors)] as "aboutId", e.occurred_at as "occurredAt", e.details,
           (select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'isBot', exists (
                     select from installation b where b.workspace_id = e.workspace_id and b.bot_id = a.id))), '[]')
              from unnest(e.author_ids) as a(id)) as authors,
           case when e.id is null then '[]' else (
             select coalesce(jsonb_agg(jsonb_build_object(
                      'workspaceId', i.workspace_id, 'connectionId', i.connection_id, 'installationId', i.id,
                      'botId', i.bot_id, 'installedById', i.installed_by, 'bits', ${installationBits})
                      order by i.created_at, i.id), '[]')
               from ${toldInstallations(sql`s.connection_id`)}) end as installations
      from webhook_subscription s
      join connection c on c.id = s.connection_id
      join workspace w on w.id = ${workspaceId}
      left join event e on e.workspace_id = w.id and e.position = ${eventPosition}::float8::bigint
      left join resource r on r.workspace_id = e.workspace_id and r.id = e.ancestors[cardinality(e.ancestors)]
     where s.id = ${subscriptionId}`);
  if (!found || found.isDeleted) return 'SUBSCRIPTION_DELETED';
  if (found.isStopped) return 'CONNECTION_STOPPED';
  if (found.eventId === null) return 'EVENT_GONE';
  if (found.installations.length === 0) return 'OUT_OF_REACH';
  return { ...found, installations: found.installations.map((row) => ({ ...row, kind: 'CONNECTION' })) };
}
