// What a connection has asked lately, what it was refused, and which of its capabilities it does not use.

import { Alert, Group, Paper, SegmentedControl, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useQuery } from 'urql';
import { wordsFor } from '../../src/gate/capability';
import { Moment } from '../app/moment';
import { Empty, Loading, Trouble } from '../app/trouble';
import { ConnectionActivityDocument, type ConnectionActivityQuery } from './operations';

type Usage = NonNullable<NonNullable<ConnectionActivityQuery['connection']>['usage']>;
type Window = 'LAST_24_HOURS' | 'LAST_7_DAYS' | 'LAST_30_DAYS';

const WINDOWS: { value: Window; label: string }[] = [
  { value: 'LAST_24_HOURS', label: 'A day' },
  { value: 'LAST_7_DAYS', label: 'A week' },
  { value: 'LAST_30_DAYS', label: 'A month' },
];

export function Activity({ connectionId }: { connectionId: string }) {
  const [window, setWindow] = useState<Window>('LAST_7_DAYS');
  const [{ data, error, fetching }, again] = useQuery({
    query: ConnectionActivityDocument,
    variables: { id: connectionId, window },
    requestPolicy: 'network-only',
  });
  const usage = data?.connection?.usage;
  return (
    <Stack maw={900}>
      <SegmentedControl
        aria-label="How far back"
        data={WINDOWS}
        value={window}
        onChange={(chosen) => setWindow(chosen as Window)}
        style={{ alignSelf: 'flex-start' }}
      />
      {error && !usage && <Trouble error={error} onRetry={() => again({ requestPolicy: 'network-only' })} />}
      {!usage && fetching && <Loading what="its activity" />}
      {usage && (usage.requests === 0 ? <Quiet /> : <Shown usage={usage} />)}
      {usage && <Unused usage={usage} />}
    </Stack>
  );
}

const Quiet = () => (
  <Empty title="It has asked nothing">As soon as a program uses its token, what it asks is counted here.</Empty>
);

const number = (value: number): string => Math.round(value).toLocaleString('en');

function Shown({ usage }: { usage: Usage }) {
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Figure title="Operations" value={usage.requests} />
        <Figure title="With an error" value={usage.errors} />
        <Figure title="Points" value={usage.cost} />
      </SimpleGrid>
      <Hours usage={usage} />
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Counts
          title="Held back"
          none="Nothing was held back."
          counts={usage.redactions.map(({ coordinate, count }) => [coordinate, count])}
        />
        <Counts
          title="Refused"
          none="Nothing was refused."
          counts={usage.denials.map(({ coordinate, count }) => [coordinate, count])}
        />
        <Counts
          title="Errors"
          none="There were none."
          counts={usage.errorsByCode.map(({ code, count }) => [code, count])}
        />
      </SimpleGrid>
    </>
  );
}

function Figure({ title, value }: { title: string; value: number }) {
  return (
    <Paper withBorder p="md">
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <Text size="xl" fw={600}>
        {number(value)}
      </Text>
    </Paper>
  );
}

/** One bar for each hour in which something was asked. */
function Hours({ usage: { hours } }: { usage: Usage }) {
  const most = Math.max(1, ...hours.map(({ requests }) => requests));
  return (
    <figure className="hours" aria-label="Operations by hour">
      {hours.map(({ start, requests, errors }) => (
        <div
          key={start}
          title={`${new Date(start).toLocaleString('en')}: ${number(requests)} operations, ${number(errors)} with an error`}
          data-failed={errors > 0 || undefined}
          style={{ height: `${Math.max(4, (requests / most) * 100)}%` }}
        />
      ))}
    </figure>
  );
}

function Counts({ title, none, counts }: { title: string; none: string; counts: [string, number][] }) {
  return (
    <Stack gap="xs">
      <Title order={2}>{title}</Title>
      {counts.length === 0 ? (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      ) : (
        <Table>
          <Table.Tbody>
            {counts.map(([name, count]) => (
              <Table.Tr key={name}>
                <Table.Td ff="monospace" fz="sm">
                  {name}
                </Table.Td>
                <Table.Td ta="right">{number(count)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}

/** What could be taken away without anybody missing it. */
function Unused({ usage: { capabilities } }: { usage: Usage }) {
  const granted = capabilities.filter(({ granted: isGranted }) => isGranted);
  const unused = granted.filter(({ lastUsedAt }) => lastUsedAt == null);
  return (
    <Stack gap="xs">
      <Title order={2}>Capabilities</Title>
      {unused.length > 0 && (
        <Alert variant="light">
          Never used: {unused.map(({ capability }) => wordsFor([capability])[0]).join(', ')}. Without them it could do
          no harm by them.
        </Alert>
      )}
      {granted.map(({ capability, lastUsedAt }) => (
        <Group key={capability} justify="space-between" maw={420}>
          <Text size="sm">{capability === 'USER_READ' ? 'Read user information' : wordsFor([capability])[0]}</Text>
          <Text size="sm">
            <Moment at={lastUsedAt} never="Never used" />
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
