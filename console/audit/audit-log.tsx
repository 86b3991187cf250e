// Who changed what in the administration of the workspace: newest first, each entry with what was before and after.

import { Code, Drawer, Group, Stack, Table, Text, TextInput, Title, UnstyledButton } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useQuery } from 'urql';
import { Moment } from '../app/moment';
import { Pager, usePages } from '../app/pager';
import type { AuditSearch } from '../app/router';
import { Empty, Loading, Trouble } from '../app/trouble';
import { AuditLogDocument, type AuditLogQuery } from './operations';

const route = getRouteApi('/$workspaceId/audit');
const PAGE = 50;

type Entry = NonNullable<NonNullable<AuditLogQuery['viewer']['workspace']>['auditEntries']>['nodes'][number];

export function AuditLog() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const look = (changed: AuditSearch) => navigate({ search: { ...search, ...changed }, replace: true });
  return (
    <Stack>
      <Title order={1}>Audit log</Title>
      <Group>
        <TextInput
          label="Action"
          placeholder="token.rotated"
          defaultValue={search.action ?? ''}
          onChange={({ currentTarget: { value } }) => look({ action: value.trim() || undefined })}
        />
        <TextInput
          label="Id of what was changed"
          defaultValue={search.target ?? ''}
          onChange={({ currentTarget: { value } }) => look({ target: value.trim() || undefined })}
        />
      </Group>
      <Listed key={JSON.stringify(search)} search={search} />
    </Stack>
  );
}

function Listed({ search: { action, target } }: { search: AuditSearch }) {
  const pages = usePages();
  const [open, setOpen] = useState<Entry | null>(null);
  const filter = { ...(action && { actions: [action] }), ...(target && { targetId: target }) };
  const [{ data, error, fetching }, again] = useQuery({
    query: AuditLogDocument,
    variables: { filter, first: PAGE, after: pages.after },
  });
  const list = data?.viewer.workspace?.auditEntries;
  if (error && !list) return <Trouble error={error} onRetry={() => again({ requestPolicy: 'network-only' })} />;
  if (!list) return fetching ? <Loading what="the audit log" /> : null;
  if (list.nodes.length === 0) {
    return <Empty title="Nothing like that">Nothing was recorded that fits what you look for.</Empty>;
  }
  return (
    <>
      <Table.ScrollContainer minWidth={640}>
        <Table verticalSpacing="xs" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>When</Table.Th>
              <Table.Th>Who</Table.Th>
              <Table.Th>What</Table.Th>
              <Table.Th>From</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.nodes.map((entry) => (
              <Table.Tr key={entry.id}>
                <Table.Td>
                  <Moment at={entry.occurredAt} />
                </Table.Td>
                <Table.Td>{whoOf(entry)}</Table.Td>
                <Table.Td>
                  <UnstyledButton className="row-link" onClick={() => setOpen(entry)}>
                    {entry.action}
                  </UnstyledButton>
                </Table.Td>
                <Table.Td>{entry.address ?? '–'}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Pager pages={pages} pageInfo={list.pageInfo} words={['Newer', 'Older']} />
      <Drawer opened={open !== null} onClose={() => setOpen(null)} title={open?.action} position="right" size="lg">
        {open && <Detail entry={open} />}
      </Drawer>
    </>
  );
}

const KINDS = { PERSON: 'A person', CONNECTION: 'A connection', OPERATOR: 'The command line' } as const;

const whoOf = ({ actor, actorKind }: Entry): string =>
  actor?.name ?? (actorKind ? KINDS[actorKind] : 'The gateway itself');

function Detail({ entry }: { entry: Entry }) {
  const parts = [
    ['Before', entry.before],
    ['After', entry.after],
    ['Details', entry.details],
  ] as const;
  return (
    <Stack>
      <Text size="sm">
        {whoOf(entry)}, <Moment at={entry.occurredAt} />
        {entry.address && `, from ${entry.address}`}
      </Text>
      {entry.targetId && (
        <Text size="sm">
          About <Code>{entry.targetId}</Code>
        </Text>
      )}
      {parts.map(
        ([title, value]) =>
          value && (
            <div key={title}>
              <Title order={3}>{title}</Title>
              <Code block>{JSON.stringify(value, null, 2)}</Code>
            </div>
          ),
      )}
      <Text size="xs" c="dimmed">
        Entry {entry.position} of the chain, <span className="secret">{entry.hash}</span>
      </Text>
    </Stack>
  );
}
