// What is shared with a connection, and sharing more.

import { ActionIcon, Button, Checkbox, Group, Menu, Modal, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import { useQuery } from 'urql';
import { tellDone, tellErrors, useCommand } from '../app/command';
import { Moment } from '../app/moment';
import { Empty, Loading, Trouble } from '../app/trouble';
import {
  ConnectionSharesDocument,
  type ConnectionSharesQuery,
  GrantShareDocument,
  PagesToShareDocument,
  RevokeShareDocument,
  UpdateShareDocument,
} from './operations';

type Installation = NonNullable<ConnectionSharesQuery['connection']>['installations'][number];
type Share = NonNullable<Installation['shares']>['nodes'][number];
type Access = Share['access'][number];

const ACCESS: [Access, string][] = [
  ['READ', 'Read'],
  ['UPDATE', 'Update'],
  ['INSERT', 'Insert'],
  ['COMMENT_READ', 'Read comments'],
  ['COMMENT_INSERT', 'Insert comments'],
];
const PAGE = 50;

export function Access({ connectionId }: { connectionId: string }) {
  const [after, setAfter] = useState<string[]>([]);
  const [picking, picker] = useDisclosure();
  const [{ data, error, fetching }, again] = useQuery({
    query: ConnectionSharesDocument,
    variables: { id: connectionId, first: PAGE, after: after.at(-1) ?? null },
  });
  const reload = () => again({ requestPolicy: 'network-only' });
  const installation = data?.connection?.installations.find(({ status }) => status !== 'ENDED');
  if (error && !data) return <Trouble error={error} onRetry={reload} />;
  if (!data) return fetching ? <Loading what="what is shared with it" /> : null;
  const shares = installation?.shares;
  const button = installation && <Button onClick={picker.open}>Share a page</Button>;
  return (
    <Stack>
      {shares && shares.nodes.length > 0 ? (
        <>
          <Group justify="space-between">
            <Text c="dimmed" size="sm">
              Each share opens the page or database and everything below it.
            </Text>
            {button}
          </Group>
          <Table.ScrollContainer minWidth={640}>
            <Table verticalSpacing="sm">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Page or database</Table.Th>
                  <Table.Th>Opens</Table.Th>
                  <Table.Th>Shared</Table.Th>
                  <Table.Th>Ends</Table.Th>
                  <Table.Th aria-label="More" />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {shares.nodes.map((share) => (
                  <Row key={share.id} share={share} onChange={reload} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
          {shares.pageInfo.hasNextPage && (
            <Button variant="default" onClick={() => setAfter([...after, shares.pageInfo.endCursor!])}>
              More
            </Button>
          )}
        </>
      ) : (
        <Empty title="Nothing is shared with it" action={button}>
          It sees no page until somebody shares one with it.
        </Empty>
      )}
      <Modal opened={picking} onClose={picker.close} title="Share a page or database" size="lg">
        <Picker connectionId={connectionId} onShared={reload} />
      </Modal>
    </Stack>
  );
}

const titleOf = (resource: { title?: string | null } | null | undefined): string => resource?.title || 'Untitled';

function Row({ share, onChange }: { share: Share; onChange(): void }) {
  const revoke = useCommand(RevokeShareDocument, (data) => data.revokeShare);
  const [narrowing, narrow] = useDisclosure();
  const end = async () => {
    const outcome = await revoke.run({ input: { id: share.id } });
    if (outcome.is === 'refused') return tellErrors(outcome.errors);
    const still = (outcome.payload.stillOpenedBy ?? []).map(({ resource }) => titleOf(resource));
    tellDone(
      still.length > 0
        ? `Not shared itself any more. It is still open through what is shared further up: ${still.join(', ')}.`
        : 'Not shared any more.',
    );
    onChange();
  };
  return (
    <Table.Tr>
      <Table.Td>
        {titleOf(share.resource)}
        {share.resource?.inTrash && (
          <Text size="xs" c="dimmed">
            in the trash
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {ACCESS.filter(([name]) => share.access.includes(name))
          .map(([, words]) => words)
          .join(', ')}
      </Table.Td>
      <Table.Td>
        <Moment at={share.grantedAt} />
        {share.grantedBy?.name && (
          <Text size="xs" c="dimmed">
            by {share.grantedBy.name}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Moment at={share.expiresAt} never="When revoked" />
      </Table.Td>
      <Table.Td>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={`More about ${titleOf(share.resource)}`}>
              <IconDots size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={narrow.open}>Change what it opens</Menu.Item>
            <Menu.Item color="red" onClick={end}>
              Stop sharing
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Modal opened={narrowing} onClose={narrow.close} title={`What this opens of ${titleOf(share.resource)}`}>
          <Narrow
            share={share}
            onDone={() => {
              narrow.close();
              onChange();
            }}
          />
        </Modal>
      </Table.Td>
    </Table.Tr>
  );
}

function Narrow({ share, onDone }: { share: Share; onDone(): void }) {
  const update = useCommand(UpdateShareDocument, (data) => data.updateShare);
  const [access, setAccess] = useState<Access[]>([...share.access]);
  const [ends, setEnds] = useState(share.expiresAt ? share.expiresAt.slice(0, 10) : '');
  return (
    <form
      onSubmit={async (event) => {
        event.preventDefault();
        const expiresAt = ends === '' ? null : new Date(`${ends}T23:59:59`).toISOString();
        const outcome = await update.run({
          input: { id: share.id, expectedVersion: share.version, access, expiresAt },
        });
        if (outcome.is === 'refused') return tellErrors(outcome.errors);
        onDone();
      }}
    >
      <Stack>
        {ACCESS.map(([name, words]) => (
          <Checkbox
            key={name}
            label={words}
            checked={access.includes(name)}
            onChange={({ currentTarget: { checked } }) =>
              setAccess(checked ? [...access, name] : access.filter((other) => other !== name))
            }
          />
        ))}
        <TextInput
          type="date"
          label="Ends after"
          description="Empty: until it is revoked."
          value={ends}
          onChange={({ currentTarget: { value } }) => setEnds(value)}
        />
        <Group>
          <Button type="submit" loading={update.running} disabled={access.length === 0}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Picker({ connectionId, onShared }: { connectionId: string; onShared(): void }) {
  const [typed, setTyped] = useState('');
  const [title] = useDebouncedValue(typed, 200);
  const grant = useCommand(GrantShareDocument, (data) => data.grantShare);
  const [{ data, error, fetching }, again] = useQuery({ query: PagesToShareDocument, variables: { title } });
  const found = [...(data?.pages?.nodes ?? []), ...(data?.databases?.nodes ?? [])];
  return (
    <Stack>
      <TextInput
        label="Title"
        placeholder="Part of its title"
        data-autofocus
        value={typed}
        onChange={({ currentTarget: { value } }) => setTyped(value)}
      />
      {error && <Trouble error={error} onRetry={() => again()} />}
      {!data && fetching && <Loading what="pages" />}
      {data && found.length === 0 && <Text c="dimmed">No page or database has that in its title.</Text>}
      <Table>
        <Table.Tbody>
          {found.map(({ id, title: name, parent }) => (
            <Table.Tr key={id}>
              <Table.Td>
                {name || 'Untitled'}
                {parent?.title && (
                  <Text size="xs" c="dimmed">
                    in {parent.title}
                  </Text>
                )}
              </Table.Td>
              <Table.Td ta="right">
                <Button
                  size="xs"
                  variant="light"
                  loading={grant.running}
                  aria-label={`Share ${name || 'Untitled'}`}
                  onClick={async () => {
                    const outcome = await grant.run({ input: { connectionId, resourceId: id } });
                    if (outcome.is === 'refused') return tellErrors(outcome.errors);
                    tellDone(`${name || 'Untitled'} is shared, with everything below it.`);
                    onShared();
                  }}
                >
                  Share
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}
