// What cannot be overlooked: suspending a connection, and deleting it.

import { Button, Group, Modal, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { tellDone, tellErrors, useCommand } from '../app/command';
import type { Shown } from './connection';
import { DeleteConnectionDocument, ResumeConnectionDocument, SuspendConnectionDocument } from './operations';

export function Danger({ connection }: { connection: Shown }) {
  const { id, name, status } = connection;
  const suspend = useCommand(SuspendConnectionDocument, (data) => data.suspendConnection);
  const resume = useCommand(ResumeConnectionDocument, (data) => data.resumeConnection);
  const [deleting, ask] = useDisclosure();
  const isSuspended = status === 'SUSPENDED';
  const toggle = async () => {
    const outcome = await (isSuspended ? resume : suspend).run({ input: { id } });
    if (outcome.is === 'refused') return tellErrors(outcome.errors);
    tellDone(isSuspended ? `${name} is answered again.` : `${name} is not answered any more.`);
  };
  return (
    <Stack maw={720}>
      <Step
        title={isSuspended ? 'Resume' : 'Suspend'}
        what={
          isSuspended
            ? 'Its tokens work again, on what is shared with it.'
            : 'Its tokens stop working at once, and its sockets close. Everything else stays, and you can resume it.'
        }
        button={
          <Button variant="default" loading={suspend.running || resume.running} onClick={toggle}>
            {isSuspended ? 'Resume' : 'Suspend'}
          </Button>
        }
      />
      <Step
        title="Delete"
        what="Its tokens, shares and installations end for good. What it wrote stays."
        button={
          <Button color="red" onClick={ask.open} disabled={status === 'DELETED'}>
            Delete
          </Button>
        }
      />
      <Modal opened={deleting} onClose={ask.close} title={`Delete ${name}?`}>
        <Confirm connection={connection} onCancel={ask.close} />
      </Modal>
    </Stack>
  );
}

function Step({ title, what, button }: { title: string; what: string; button: React.ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Title order={2}>{title}</Title>
          <Text size="sm" c="dimmed">
            {what}
          </Text>
        </div>
        {button}
      </Group>
    </Paper>
  );
}

/** Asks for its name, because nothing brings it back. */
function Confirm({ connection: { id, name }, onCancel }: { connection: Shown; onCancel(): void }) {
  const { workspaceId } = useParams({ from: '/$workspaceId/connections/$connectionId' });
  const navigate = useNavigate();
  const remove = useCommand(DeleteConnectionDocument, (data) => data.deleteConnection);
  const [typed, setTyped] = useState('');
  return (
    <form
      onSubmit={async (event) => {
        event.preventDefault();
        const outcome = await remove.run({ input: { id } });
        if (outcome.is === 'refused') return tellErrors(outcome.errors);
        tellDone(`${name} is deleted.`);
        await navigate({ to: '/$workspaceId/connections', params: { workspaceId } });
      }}
    >
      <Stack>
        <Text size="sm">Every program that uses it stops working. Type its name to delete it.</Text>
        <TextInput
          label="Name"
          value={typed}
          data-autofocus
          autoComplete="off"
          onChange={({ currentTarget: { value } }) => setTyped(value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" color="red" disabled={typed !== name} loading={remove.running}>
            Delete it
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
