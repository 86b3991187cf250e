// Which connections and guests reach a page, through which share, with which access; and sharing it with one more.

import { Badge, Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useQuery } from 'urql';
import { tellDone, tellErrors, useCommand } from '../app/command';
import { LinkAnchor } from '../app/links';
import { Moment } from '../app/moment';
import { Loading, Trouble } from '../app/trouble';
import { GrantShareDocument, RevokeShareDocument } from '../connections/operations';
import { ShareCandidatesDocument, SharesOfResourceDocument, type SharesOfResourceQuery } from './operations';

const route = getRouteApi('/$workspaceId/pages');

type Node = Extract<NonNullable<SharesOfResourceQuery['node']>, { __typename: 'Page' | 'Database' | 'DataSource' }>;
type Entry = NonNullable<Node['sharedWith']>['nodes'][number];

const WORDS = {
  READ: 'read',
  UPDATE: 'update',
  INSERT: 'insert',
  COMMENT_READ: 'read comments',
  COMMENT_INSERT: 'comment',
} as const;

export function Sharing({ id }: { id: string }) {
  const [after, setAfter] = useState<string | null>(null);
  const [{ data, error, fetching }, again] = useQuery({ query: SharesOfResourceDocument, variables: { id, after } });
  const reload = () => {
    setAfter(null);
    again({ requestPolicy: 'network-only' });
  };
  const node = data?.node as Node | null | undefined;
  const list = node?.sharedWith;
  if (error && !list) return <Trouble error={error} onRetry={reload} />;
  if (!list) return fetching ? <Loading what="who reaches it" /> : null;
  return (
    <Stack>
      {list.nodes.length === 0 && <Text c="dimmed">No connection and no guest reaches it. Members do, always.</Text>}
      {list.nodes.map((entry) => (
        <Reached key={entry.grantee?.id} entry={entry} resourceId={id} onChange={reload} />
      ))}
      {list.pageInfo.hasNextPage && (
        <Button variant="default" onClick={() => setAfter(list.pageInfo.endCursor ?? null)}>
          More
        </Button>
      )}
      <Add id={id} onShared={reload} />
    </Stack>
  );
}

interface ReachedProps {
  entry: Entry;
  resourceId: string;
  onChange(): void;
}

function Reached({ entry: { grantee, effective, shares }, resourceId, onChange }: ReachedProps) {
  const { workspaceId } = route.useParams();
  const stop = useCommand(RevokeShareDocument, (data) => data.revokeShare);
  const name = grantee?.name ?? 'Somebody';
  const connectionId = grantee?.__typename === 'Bot' ? grantee.connection?.id : undefined;
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between">
        {connectionId ? (
          <LinkAnchor
            to="/$workspaceId/connections/$connectionId"
            params={{ workspaceId, connectionId }}
            search={{ tab: 'access' }}
          >
            {name}
          </LinkAnchor>
        ) : (
          <Text fw={600}>{name}</Text>
        )}
        <Group gap={4}>
          {effective.length === 0 ? (
            <Badge color="gray" variant="light" tt="none">
              nothing
            </Badge>
          ) : (
            effective.map((one) => (
              <Badge key={one} variant="light" tt="none">
                {WORDS[one]}
              </Badge>
            ))
          )}
        </Group>
      </Group>
      {shares.map((share) => {
        const isHere = share.resource?.id === resourceId;
        const through = share.resource?.title || 'Untitled';
        return (
          <Group key={share.id} justify="space-between" mt="xs">
            <Text size="sm" c="dimmed">
              {isHere ? 'Shared here' : `Through ${through}, further up`}
              {share.expiresAt && (
                <>
                  , ends <Moment at={share.expiresAt} />
                </>
              )}
            </Text>
            {isHere && (
              <Button
                size="compact-xs"
                variant="subtle"
                color="red"
                loading={stop.running}
                aria-label={`Stop sharing with ${name}`}
                onClick={async () => {
                  const outcome = await stop.run({ input: { id: share.id } });
                  if (outcome.is === 'refused') return tellErrors(outcome.errors);
                  const still = (outcome.payload.stillOpenedBy ?? []).map(
                    ({ resource }) => resource?.title || 'Untitled',
                  );
                  tellDone(
                    still.length > 0
                      ? `${name} still reaches it through ${still.join(', ')}.`
                      : `${name} does not reach it any more.`,
                  );
                  onChange();
                }}
              >
                Stop sharing
              </Button>
            )}
          </Group>
        );
      })}
    </Paper>
  );
}

function Add({ id, onShared }: { id: string; onShared(): void }) {
  const [typed, setTyped] = useState('');
  const [name] = useDebouncedValue(typed, 200);
  const grant = useCommand(GrantShareDocument, (data) => data.grantShare);
  const [{ data, error }] = useQuery({ query: ShareCandidatesDocument, variables: { name } });
  const found = data?.viewer.workspace?.shareCandidates?.nodes ?? [];
  return (
    <Stack gap="xs">
      <Title order={3}>Share it with</Title>
      <TextInput
        aria-label="A connection or a guest"
        placeholder="A connection or a guest"
        value={typed}
        onChange={({ currentTarget: { value } }) => setTyped(value)}
      />
      {error && <Trouble error={error} />}
      {found.map((candidate) => (
        <Group key={candidate.id} justify="space-between">
          <Text size="sm">{candidate.name}</Text>
          <Button
            size="xs"
            variant="light"
            loading={grant.running}
            aria-label={`Share with ${candidate.name}`}
            onClick={async () => {
              const whom =
                candidate.__typename === 'Bot'
                  ? { installationId: candidate.installationId }
                  : { personId: candidate.id };
              const outcome = await grant.run({ input: { ...whom, resourceId: id } });
              if (outcome.is === 'refused') return tellErrors(outcome.errors);
              tellDone(`${candidate.name} reaches it from now on, with everything below it.`);
              onShared();
            }}
          >
            Share
          </Button>
        </Group>
      ))}
    </Stack>
  );
}
