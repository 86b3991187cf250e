// One connection: what it is, how to use it, what it may do, what it reaches, and how to end it.

import { Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useQuery } from 'urql';
import { LinkAnchor } from '../app/links';
import { CONNECTION_TABS, type ConnectionTab } from '../app/router';
import { Empty, Loading, Trouble } from '../app/trouble';
import { Access } from './access';
import { Activity } from './activity';
import { Capabilities } from './capabilities';
import { Configuration } from './configuration';
import { Danger } from './danger';
import { Distribution } from './distribution';
import { Logo } from './logo';
import { ConnectionByIdDocument, type ConnectionByIdQuery } from './operations';
import { StatusBadge } from './status-badge';
import { UseIt } from './use-it';

const route = getRouteApi('/$workspaceId/connections/$connectionId');

export type Shown = NonNullable<ConnectionByIdQuery['connection']>;

const TITLES: Record<ConnectionTab, string> = {
  configuration: 'Configuration',
  use: 'Use it',
  capabilities: 'Capabilities',
  access: 'Content access',
  distribution: 'Distribution',
  activity: 'Activity',
  danger: 'Danger zone',
};

export function ConnectionPage() {
  const { workspaceId, connectionId } = route.useParams();
  const { tab = 'configuration' } = route.useSearch();
  const navigate = route.useNavigate();
  const [{ data, error, fetching }, again] = useQuery({
    query: ConnectionByIdDocument,
    variables: { id: connectionId },
  });
  const reload = () => again({ requestPolicy: 'network-only' });
  if (error && !data?.connection) return <Trouble error={error} onRetry={reload} />;
  if (!data) return fetching ? <Loading what="the connection" /> : null;
  const { connection } = data;
  if (!connection) {
    return (
      <Empty
        title="No such connection"
        action={
          <LinkAnchor to="/$workspaceId/connections" params={{ workspaceId }}>
            All connections
          </LinkAnchor>
        }
      >
        It is not in this workspace.
      </Empty>
    );
  }
  return (
    <Stack>
      <Text size="sm">
        <LinkAnchor to="/$workspaceId/connections" params={{ workspaceId }}>
          Connections
        </LinkAnchor>
      </Text>
      <Group>
        <Logo name={connection.name} url={connection.logoUrl} size={40} />
        <Title order={1}>{connection.name}</Title>
        <StatusBadge status={connection.status} />
      </Group>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(chosen) => navigate({ search: { tab: chosen as ConnectionTab }, replace: true })}
      >
        <Tabs.List mb="md">
          {CONNECTION_TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {TITLES[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="configuration">
          <Configuration connection={connection} onChange={reload} />
        </Tabs.Panel>
        <Tabs.Panel value="use">
          <UseIt connection={connection} />
        </Tabs.Panel>
        <Tabs.Panel value="capabilities">
          <Capabilities connection={connection} />
        </Tabs.Panel>
        <Tabs.Panel value="access">
          <Access connectionId={connection.id} />
        </Tabs.Panel>
        <Tabs.Panel value="distribution">
          <Distribution connectionId={connection.id} />
        </Tabs.Panel>
        <Tabs.Panel value="activity">
          <Activity connectionId={connection.id} />
        </Tabs.Panel>
        <Tabs.Panel value="danger">
          <Danger connection={connection} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
