// What a connection would see of the pages somebody is choosing: three of them, asked for through the schema with nothing
// but its capabilities, so that the same rules show and hide.

import { reachOf, readable } from '../content/reach.js';
import type { Reader } from '../context.js';
import type { OperatorActor, PersonActor } from '../gate/actor.js';
import { bitsOf, type Capability, wordsFor } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import { sql } from '../lib/sql.js';

const ROWS = 3;
const MOST_LOOKED_AT = 1_000;
const MOST_LETTERS = 120;

export interface PreviewField {
  label: string;
  /** `null` where it is empty, or hidden. */
  value: string | null;
  /** Which words would have to be granted; `null` when it is shown. */
  hiddenBy: string | null;
}

export interface PreviewRow {
  /** As she reads it; a connection that reads no content does not. */
  title: string;
  fields: PreviewField[];
}

/** Asks the gateway; the whole rule table applies. */
export type AskSchema = (
  actor: OperatorActor,
  query: string,
  variables: Record<string, unknown>,
) => Promise<{ data?: unknown; extensions?: unknown }>;

const QUERY = `
  query Preview($ids: [ID!]!, $me: ID!) {
    nodes(ids: $ids) {
      id
      ... on Page {
        title lastEditedAt
        properties {
          id name __typename
          ... on TextValue { text }
          ... on NumberValue { number }
          ... on CheckboxValue { checked }
          ... on DateValue { start end }
          ... on SelectValue { option { name } }
          ... on MultiSelectValue { options { name } }
          ... on UrlValue { url }
          ... on EmailValue { email }
          ... on PhoneValue { phone }
        }
        blocks(first: 1) { nodes { plainText } }
      }
    }
    user(id: $me) { name ... on Person { email } }
  }`;

interface Seen {
  nodes: (SeenPage | null)[];
  user: { name: string | null; email: string | null } | null;
}

interface SeenPage {
  id: Id;
  title: string | null;
  lastEditedAt: string | null;
  properties: SeenValue[] | null;
  blocks: { nodes: { plainText: string | null }[] } | null;
}

interface SeenValue extends Record<string, unknown> {
  name: string | null;
  __typename: string;
}

/** Up to three pages below the chosen ones, rows of databases first, and herself as an example of people. */
export async function previewOf(
  ask: AskSchema,
  reader: Reader,
  actor: PersonActor,
  { capabilities, chosen }: { capabilities: readonly Capability[]; chosen: readonly Id[] },
): Promise<{ rows: PreviewRow[]; person: PreviewField[] }> {
  const examples = await reader.rows(sql<{ id: Id; title: string }>`
    select id, title from (
      select r.id, r.title, r.parent_kind, r.last_edited_at
        from page r cross join lateral ${reachOf(actor, sql.ref('r.ancestors'))}
       where r.workspace_id = ${actor.workspaceId} and r.ancestors && ${chosen}::uuid[] and not r.in_trash and ${readable}
       limit ${MOST_LOOKED_AT}) r
     order by r.parent_kind = 'DATA_SOURCE' desc, r.last_edited_at desc, r.id limit ${ROWS}`);
  // Nobody's own record is among what the operator sees, which a person would see of herself whatever the bits.
  const asIt: OperatorActor = { kind: 'OPERATOR', workspaceId: actor.workspaceId, bits: bitsOf(capabilities) };
  const { data } = await ask(asIt, QUERY, { ids: examples.map(({ id }) => id), me: actor.personId });
  const seen = data as Seen | null | undefined;
  const reads = capabilities.includes('CONTENT_READ');
  const rows = examples.map(({ title }, at) => ({ title, fields: reads ? fieldsOf(seen?.nodes[at] ?? null) : UNREAD }));
  return { rows, person: personFields(seen?.user ?? null, capabilities) };
}

const READ_CONTENT = wordsFor(['CONTENT_READ'])[0] as string;
const UNREAD: PreviewField[] = ['Title', 'Properties', 'Content'].map((label) => ({
  label,
  value: null,
  hiddenBy: READ_CONTENT,
}));

const fieldsOf = (page: SeenPage | null): PreviewField[] => {
  const shown = (label: string, value: string | null): PreviewField => ({ label, value: short(value), hiddenBy: null });
  const properties = (page?.properties ?? []).filter(({ __typename }) => __typename in VALUES);
  return [
    shown('Title', page?.title ?? null),
    ...properties.map((value) => shown(value.name ?? '', VALUES[value.__typename]?.(value) ?? null)),
    shown('Content', page?.blocks?.nodes[0]?.plainText ?? null),
  ];
};

function personFields(user: Seen['user'], capabilities: readonly Capability[]): PreviewField[] {
  const hiddenBy = (capability: Capability) =>
    capabilities.includes(capability) ? null : (wordsFor([capability])[0] as string);
  return [
    { label: 'Your name', value: user?.name ?? null, hiddenBy: hiddenBy('USER_READ') },
    { label: 'Your e-mail address', value: user?.email ?? null, hiddenBy: hiddenBy('USER_READ_EMAIL') },
  ];
}

const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));
const names = (options: unknown): string | null =>
  (options as { name: string | null }[] | null)?.map(({ name }) => name).join(', ') || null;

const VALUES: Readonly<Record<string, (value: SeenValue) => string | null>> = {
  TextValue: (value) => text(value.text),
  NumberValue: (value) => text(value.number),
  CheckboxValue: ({ checked }) => (checked === null ? null : checked ? 'yes' : 'no'),
  DateValue: ({ start, end }) => (end ? `${start} – ${end}` : text(start)),
  SelectValue: ({ option }) => text((option as { name: string | null } | null)?.name),
  MultiSelectValue: ({ options }) => names(options),
  UrlValue: ({ url }) => text(url),
  EmailValue: ({ email }) => text(email),
  PhoneValue: ({ phone }) => text(phone),
};

const short = (value: string | null): string | null =>
  value !== null && value.length > MOST_LETTERS ? `${value.slice(0, MOST_LETTERS)}…` : value;
