// What a connection may do, and what changes before it is saved.

import { Badge, Button, Group, Paper, ScrollArea, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useQuery } from 'urql';
import type { Capability } from '../../src/gate/capability';
import { tellDone, tellErrors, useCommand } from '../app/command';
import { Loading, Trouble } from '../app/trouble';
import { CapabilityGrid } from './capability-grid';
import type { Shown } from './connection';
import { EffectiveAccessDocument, UpdateConnectionDocument } from './operations';

export function Capabilities({ connection }: { connection: Shown }) {
  const { id, version } = connection;
  const [chosen, setChosen] = useState<Capability[]>([...connection.capabilities]);
  const update = useCommand(UpdateConnectionDocument, (data) => data.updateConnection);
  const isChanged = chosen.join() !== connection.capabilities.join();
  return (
    <Stack maw={900}>
      <CapabilityGrid value={chosen} onChange={setChosen} />
      {isChanged && <Difference connectionId={id} capabilities={chosen} />}
      {connection.kind === 'PUBLIC' && (
        <Text size="sm" c="dimmed">
          Installations keep what they were granted. Whoever installed it is asked before it gets more.
        </Text>
      )}
      <Group>
        <Button
          disabled={!isChanged}
          loading={update.running}
          onClick={async () => {
            const outcome = await update.run({ input: { id, expectedVersion: version, capabilities: chosen } });
            if (outcome.is === 'refused') return tellErrors(outcome.errors);
            tellDone('Saved. It holds from its next request on.');
          }}
        >
          Save
        </Button>
        <Button variant="default" disabled={!isChanged} onClick={() => setChosen([...connection.capabilities])}>
          Undo
        </Button>
      </Group>
    </Stack>
  );
}

/** The fields and mutations it would gain and lose. */
function Difference({ connectionId, capabilities }: { connectionId: string; capabilities: readonly Capability[] }) {
  const [{ data, error, fetching }, again] = useQuery({
    query: EffectiveAccessDocument,
    variables: { id: connectionId, capabilities: [...capabilities] },
    requestPolicy: 'network-only',
  });
  if (error) return <Trouble error={error} onRetry={() => again({ requestPolicy: 'network-only' })} />;
  if (!data?.effectiveAccess) return fetching ? <Loading what="what would change" /> : null;
  const { gained, lost } = data.effectiveAccess;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} aria-live="polite">
      <Coordinates title="It would gain" colour="teal" mutations={gained.mutations} fields={gained.fields} />
      <Coordinates title="It would lose" colour="red" mutations={lost.mutations} fields={lost.fields} />
    </SimpleGrid>
  );
}

interface CoordinatesProps {
  title: string;
  colour: string;
  mutations: readonly string[];
  fields: readonly string[];
}

function Coordinates({ title, colour, mutations, fields }: CoordinatesProps) {
  const count = mutations.length + fields.length;
  return (
    <Paper withBorder p="sm">
      <Group gap="xs" mb="xs">
        <Title order={3}>{title}</Title>
        <Badge color={colour} variant="light">
          {count}
        </Badge>
      </Group>
      {count === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing
        </Text>
      ) : (
        <ScrollArea.Autosize mah={220} tabIndex={0} role="group" aria-label={title}>
          {[...mutations, ...fields].map((coordinate) => (
            <Text key={coordinate} size="sm" ff="monospace">
              {coordinate}
            </Text>
          ))}
        </ScrollArea.Autosize>
      )}
    </Paper>
  );
}
