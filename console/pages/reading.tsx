// A page or a database as text to read, with who reaches it beside its title.

import { Badge, Button, Drawer, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconShare } from '@tabler/icons-react';
import { useQuery } from 'urql';
import { Moment } from '../app/moment';
import { Empty, Loading, Trouble } from '../app/trouble';
import { Blocks } from './blocks';
import { PageToReadDocument, type PageToReadQuery } from './operations';
import { Rows } from './rows';
import { Sharing } from './sharing';
import { wordsOfValue } from './value';

type Node = NonNullable<PageToReadQuery['node']>;
type Shown = Extract<Node, { __typename: 'Page' | 'Database' }>;

export function Reading({ id }: { id: string }) {
  const [{ data, error, fetching }, again] = useQuery({ query: PageToReadDocument, variables: { id } });
  const reload = () => again({ requestPolicy: 'network-only' });
  const node = data?.node;
  if (error && !node) return <Trouble error={error} onRetry={reload} />;
  if (!data) return fetching ? <Loading what="the page" /> : null;
  if (node?.__typename !== 'Page' && node?.__typename !== 'Database') {
    return <Empty title="There is no such page">It was deleted, or is in another workspace.</Empty>;
  }
  return (
    <Stack>
      <Head node={node} />
      {node.__typename === 'Page' ? <Page page={node} /> : <Database database={node} />}
    </Stack>
  );
}

function Head({ node }: { node: Shown }) {
  const [sharing, share] = useDisclosure();
  const title = node.title || 'Untitled';
  return (
    <Group justify="space-between" align="flex-start" wrap="nowrap">
      <div>
        <Title order={2} size="h1">
          {node.icon?.emoji} {title}
        </Title>
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            Last changed <Moment at={node.lastEditedAt} />
            {node.lastEditedBy?.name && ` by ${node.lastEditedBy.name}`}
          </Text>
          {node.isLocked && <Badge variant="light">Locked</Badge>}
          {node.inTrash && (
            <Badge variant="light" color="red">
              In the trash
            </Badge>
          )}
        </Group>
      </div>
      <Button variant="default" leftSection={<IconShare size={16} aria-hidden />} onClick={share.open}>
        Share
      </Button>
      <Drawer opened={sharing} onClose={share.close} position="right" size="lg" title={`Who reaches ${title}`}>
        <Sharing id={node.id} />
      </Drawer>
    </Group>
  );
}

function Page({ page }: { page: Extract<Node, { __typename: 'Page' }> }) {
  const values = (page.properties ?? []).filter((value) => value.__typename !== 'TitleValue');
  return (
    <>
      {values.length > 0 && (
        <Table variant="vertical" withTableBorder>
          <Table.Tbody>
            {values.map((value) => (
              <Table.Tr key={value.id}>
                <Table.Th w={180}>{value.name}</Table.Th>
                <Table.Td>{wordsOfValue(value)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Blocks blocks={page.blocks?.nodes ?? []} />
      {page.blocks?.pageInfo.hasNextPage && (
        <Text size="sm" c="dimmed">
          The page goes on. What follows is read through GraphQL.
        </Text>
      )}
    </>
  );
}

function Database({ database }: { database: Extract<Node, { __typename: 'Database' }> }) {
  const sources = database.dataSources ?? [];
  return sources.map(({ id, name }) => (
    <Stack key={id}>
      {sources.length > 1 && <Title order={3}>{name || 'Untitled'}</Title>}
      <Rows dataSourceId={id} />
    </Stack>
  ));
}
