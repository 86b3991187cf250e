// What somebody sees who is signed in and belongs to no workspace.

import { Button, Center, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { byField, tellErrors, useCommand } from './command';
import { CreateDemoWorkspaceDocument, CreateWorkspaceDocument } from './operations';

/** Somebody without a workspace makes one, or a small one to look around in. */
export function NoWorkspace({ why }: { why: string }) {
  const navigate = useNavigate();
  const enter = (id: string) => navigate({ to: '/$workspaceId/connections', params: { workspaceId: id } });
  const create = useCommand(CreateWorkspaceDocument, (data) => data.createWorkspace);
  const demo = useCommand(CreateDemoWorkspaceDocument, (data) => data.createDemoWorkspace);
  const form = useForm({ initialValues: { name: '' } });
  return (
    <Center p="xl">
      <Stack maw={420}>
        <Title order={1}>No workspace here</Title>
        <Text c="dimmed">
          {why.replace(/^\[\w+\] /, '')} Make a workspace, look around in a small one made for that, or ask its owner
          for an invitation.
        </Text>
        <form
          onSubmit={form.onSubmit(async ({ name }) => {
            const outcome = await create.run({ input: { name } });
            if (outcome.is === 'refused') return form.setErrors(byField(outcome.errors, ['name']));
            await enter(outcome.payload.workspace!.id);
          })}
        >
          <Stack>
            <TextInput label="Name of the workspace" required maxLength={200} {...form.getInputProps('name')} />
            <Group>
              <Button type="submit" loading={create.running}>
                Make workspace
              </Button>
              <Button
                variant="default"
                loading={demo.running}
                onClick={async () => {
                  const outcome = await demo.run({});
                  if (outcome.is === 'refused') return tellErrors(outcome.errors);
                  await enter(outcome.payload.workspace!.id);
                }}
              >
                Make a demo
              </Button>
            </Group>
          </Stack>
        </form>
      </Stack>
    </Center>
  );
}
