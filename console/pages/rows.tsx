// The rows of a data source, as a table.

import { Table, Text } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useQuery } from 'urql';
import { Pager, usePages } from '../app/pager';
import { Loading, Trouble } from '../app/trouble';
import { RowsDocument } from './operations';
import { wordsOfValue } from './value';

const route = getRouteApi('/$workspaceId/pages');

export function Rows({ dataSourceId }: { dataSourceId: string }) {
  const { workspaceId } = route.useParams();
  const pages = usePages();
  const [{ data, error, fetching }, again] = useQuery({
    query: RowsDocument,
    variables: { id: dataSourceId, after: pages.after },
  });
  const source = data?.dataSource;
  if (error && !source) return <Trouble error={error} onRetry={() => again({ requestPolicy: 'network-only' })} />;
  if (!source?.rows) return fetching ? <Loading what="rows" /> : null;
  const columns = (source.properties ?? []).filter(({ type }) => type !== 'TITLE');
  const { nodes, pageInfo } = source.rows;
  if (nodes.length === 0) return <Text c="dimmed">It has no rows.</Text>;
  return (
    <>
      <Table.ScrollContainer minWidth={560}>
        <Table withColumnBorders verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              {columns.map(({ id, name }) => (
                <Table.Th key={id}>{name}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {nodes.map(({ id, title, properties }) => (
              <Table.Tr key={id}>
                <Table.Td>
                  <Link className="row-link" to="/$workspaceId/pages" params={{ workspaceId }} search={{ open: id }}>
                    {title || 'Untitled'}
                  </Link>
                </Table.Td>
                {columns.map((column) => {
                  const value = properties?.find((one) => one.id === column.id);
                  return <Table.Td key={column.id}>{value && wordsOfValue(value)}</Table.Td>;
                })}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Pager pages={pages} pageInfo={pageInfo} />
    </>
  );
}
