// A new connection, in three fields, with what people will read about it beside them.

import { Button, Card, FileInput, Group, List, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { type Capability, wordsAgainst, wordsFor } from '../../src/gate/capability';
import { byField, tellErrors, useCommand } from '../app/command';
import { LinkAnchor, LinkButton } from '../app/links';
import { useSession } from '../app/session';
import { CapabilityGrid } from './capability-grid';
import { asDataUrl } from './data-url';
import { Logo } from './logo';
import { CreateConnectionDocument } from './operations';
import { TokenOnce } from './token-once';

const route = getRouteApi('/$workspaceId/connections/new');

export function NewConnection() {
  const { workspaceId } = route.useParams();
  const create = useCommand(CreateConnectionDocument, (data) => data.createConnection);
  const [made, setMade] = useState<{ id: string; name: string; token: string | null } | null>(null);
  const form = useForm<{ name: string; capabilities: Capability[]; logo: File | null }>({
    initialValues: { name: '', capabilities: ['CONTENT_READ', 'USER_READ'], logo: null },
  });

  if (made) {
    return (
      <Stack maw={640}>
        <Title order={1}>{made.name} is ready</Title>
        {made.token !== null && <TokenOnce token={made.token} />}
        <Text>It sees nothing yet: share the pages with it that it is for.</Text>
        <Group>
          <LinkButton
            to="/$workspaceId/connections/$connectionId"
            params={{ workspaceId, connectionId: made.id }}
            search={{ tab: 'access' }}
          >
            Share pages
          </LinkButton>
          <LinkButton
            variant="default"
            to="/$workspaceId/connections/$connectionId"
            params={{ workspaceId, connectionId: made.id }}
            search={{ tab: 'use' }}
          >
            How to use it
          </LinkButton>
        </Group>
      </Stack>
    );
  }

  const { name, capabilities, logo } = form.values;
  return (
    <Stack>
      <Text size="sm">
        <LinkAnchor to="/$workspaceId/connections" params={{ workspaceId }}>
          Connections
        </LinkAnchor>
      </Text>
      <Title order={1}>New connection</Title>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <form
          onSubmit={form.onSubmit(async (values) => {
            const outcome = await create.run({
              input: {
                name: values.name,
                capabilities: values.capabilities,
                ...(values.logo && { logo: await asDataUrl(values.logo) }),
              },
            });
            if (outcome.is === 'refused') {
              const { '': elsewhere, ...errors } = byField(outcome.errors, ['name', 'capabilities', 'logo']);
              form.setErrors(errors);
              if (elsewhere !== undefined) tellErrors(outcome.errors);
              return;
            }
            const { connection, token } = outcome.payload;
            setMade({ id: connection!.id, name: connection!.name, token: token ?? null });
          })}
        >
          <Stack>
            <TextInput
              label="Name"
              description="As people will know it."
              required
              data-autofocus
              maxLength={200}
              {...form.getInputProps('name')}
            />
            <FileInput
              label="Logo"
              description="PNG, JPEG or WebP."
              accept="image/png,image/jpeg,image/webp"
              clearable
              placeholder="None"
              {...form.getInputProps('logo')}
            />
            <div>
              <Text size="sm" fw={500} mb={4}>
                Capabilities
              </Text>
              <CapabilityGrid value={capabilities} onChange={(value) => form.setFieldValue('capabilities', value)} />
              {form.errors.capabilities && (
                <Text size="xs" c="red">
                  {form.errors.capabilities}
                </Text>
              )}
            </div>
            <Group>
              <Button type="submit" loading={create.running}>
                Make connection
              </Button>
            </Group>
          </Stack>
        </form>
        <Preview name={name} logo={logo} capabilities={capabilities} />
      </SimpleGrid>
    </Stack>
  );
}

/** The card that will tell people what it may do. */
function Preview({
  name,
  logo,
  capabilities,
}: {
  name: string;
  logo: File | null;
  capabilities: readonly Capability[];
}) {
  const { workspace } = useSession();
  const shown = name.trim() || 'Your connection';
  return (
    <Card withBorder component="section" aria-label="What people will read about it" aria-live="polite">
      <Stack gap="sm">
        <Group>
          <Logo name={shown} url={logo ? URL.createObjectURL(logo) : null} size={40} />
          <div>
            <Text fw={600}>{shown}</Text>
            <Text size="sm" c="dimmed">
              internal to {workspace.name}
            </Text>
          </div>
        </Group>
        <Text size="sm" fw={500}>
          On what is shared with it, it may:
        </Text>
        <List size="sm">
          {wordsFor(capabilities).map((words) => (
            <List.Item key={words}>{words}</List.Item>
          ))}
        </List>
        {wordsAgainst(capabilities).length > 0 && (
          <>
            <Text size="sm" fw={500}>
              It may not:
            </Text>
            <List size="sm" c="dimmed">
              {wordsAgainst(capabilities).map((words) => (
                <List.Item key={words}>{words}</List.Item>
              ))}
            </List>
          </>
        )}
      </Stack>
    </Card>
  );
}
