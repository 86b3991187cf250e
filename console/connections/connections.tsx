// All connections of the workspace: what each may do, and whether it is used.

import { Group, Select, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useQuery } from 'urql';
import { LinkButton } from '../app/links';
import { Moment } from '../app/moment';
import { Pager, usePages } from '../app/pager';
import type { ConnectionsSearch } from '../app/router';
import { Empty, Loading, Trouble } from '../app/trouble';
import { CapabilityChips } from './capability-chips';
import { Logo } from './logo';
import { ConnectionsDocument } from './operations';
import { StatusBadge } from './status-badge';

const route = getRouteApi('/$workspaceId/connections');
const PAGE = 50;

export function Connections() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { workspaceId } = route.useParams();
  const look = (changed: ConnectionsSearch) => navigate({ search: { ...search, ...changed }, replace: true });
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1}>Connections</Title>
        <LinkButton
          to="/$workspaceId/connections/new"
          params={{ workspaceId }}
          leftSection={<IconPlus size={16} aria-hidden />}
        >
          New connection
        </LinkButton>
      </Group>
      <Group>
        <TextInput
          aria-label="Name"
          placeholder="Name"
          leftSection={<IconSearch size={16} aria-hidden />}
          defaultValue={search.name ?? ''}
          onChange={({ currentTarget: { value } }) => look({ name: value || undefined })}
        />
        <Select
          aria-label="Kind"
          placeholder="Any kind"
          clearable
          data={[
            { value: 'INTERNAL', label: 'Internal' },
            { value: 'PUBLIC', label: 'Public' },
          ]}
          value={search.kind ?? null}
          onChange={(kind) => look({ kind: (kind ?? undefined) as ConnectionsSearch['kind'] })}
        />
        <Select
          aria-label="State"
          placeholder="Any state"
          clearable
          data={[
            { value: 'ACTIVE', label: 'Active' },
            { value: 'SUSPENDED', label: 'Suspended' },
            { value: 'DELETED', label: 'Deleted' },
          ]}
          value={search.status ?? null}
          onChange={(status) => look({ status: (status ?? undefined) as ConnectionsSearch['status'] })}
        />
      </Group>
      <Listed search={search} />
    </Stack>
  );
}

function Listed({ search }: { search: ConnectionsSearch }) {
  const { name, kind, status } = search;
  const pages = usePages();
  const filter = { ...(name && { name: { contains: name } }), ...(kind && { kind }), ...(status && { status }) };
  const [{ data, error, fetching }, again] = useQuery({
    query: ConnectionsDocument,
    variables: { filter, first: PAGE, after: pages.after },
  });
  const list = data?.viewer.workspace?.connections;
  if (error && !list) return <Trouble error={error} onRetry={() => again({ requestPolicy: 'network-only' })} />;
  if (!list) return fetching ? <Loading what="connections" /> : null;
  if (list.nodes.length === 0) return <Nothing isFiltered={Object.keys(filter).length > 0} />;
  return (
    <>
      <Table.ScrollContainer minWidth={760}>
        <Table verticalSpacing="sm" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>May</Table.Th>
              <Table.Th>Last used</Table.Th>
              <Table.Th ta="right">Calls in 24 h</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.nodes.map((connection) => (
              <Row key={connection.id} connection={connection} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Pager pages={pages} pageInfo={list.pageInfo} words={['Newer', 'Older']} />
    </>
  );
}

type Listed = NonNullable<
  NonNullable<import('./operations').ConnectionsQuery['viewer']['workspace']>['connections']
>['nodes'][number];

function Row({ connection }: { connection: Listed }) {
  const { workspaceId } = route.useParams();
  const { id, name, kind, status, capabilities, lastUsedAt, logoUrl, usage } = connection;
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="sm" wrap="nowrap">
          <Logo name={name} url={logoUrl} />
          <div>
            <Link
              className="row-link"
              to="/$workspaceId/connections/$connectionId"
              params={{ workspaceId, connectionId: id }}
            >
              {name}
            </Link>
            <Text size="xs" c="dimmed">
              {kind === 'INTERNAL' ? 'Internal' : 'Public'}
            </Text>
          </div>
        </Group>
      </Table.Td>
      <Table.Td>
        <StatusBadge status={status} />
      </Table.Td>
      <Table.Td maw={420}>
        <CapabilityChips capabilities={capabilities} />
      </Table.Td>
      <Table.Td>
        <Moment at={lastUsedAt} />
      </Table.Td>
      <Table.Td ta="right">
        {usage ? usage.requests.toLocaleString('en') : '–'}
        {usage && usage.errors > 0 && (
          <Text size="xs" c="red">
            {usage.errors.toLocaleString('en')} failed
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const { workspaceId } = route.useParams();
  if (isFiltered) return <Empty title="None is like that">Change what you look for above.</Empty>;
  return (
    <Empty
      title="No connection yet"
      action={
        <LinkButton to="/$workspaceId/connections/new" params={{ workspaceId }}>
          Make the first
        </LinkButton>
      }
    >
      A connection is how a program gets in: it may do what you say, on the pages you share with it, and nothing else.
    </Empty>
  );
}
