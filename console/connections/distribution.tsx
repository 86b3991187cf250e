// A connection for other workspaces: what is still to be done before it is published, and where it is installed.

import {
  Anchor,
  Button,
  Group,
  List,
  Modal,
  Select,
  Stack,
  Table,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import { useState } from 'react';
import { useQuery } from 'urql';
import { byField, tellDone, tellErrors, type UserError, useCommand } from '../app/command';
import { signInAddress } from '../app/gateway';
import { Moment } from '../app/moment';
import { Loading, Trouble } from '../app/trouble';
import {
  ConnectionDistributionDocument,
  type ConnectionDistributionQuery,
  PublishConnectionDocument,
  UpdateConnectionDocument,
  UpdateRedirectUrisDocument,
} from './operations';
import { TokenOnce } from './token-once';

type Shown = NonNullable<ConnectionDistributionQuery['connection']>;

export function Distribution({ connectionId }: { connectionId: string }) {
  const [{ data, error, fetching }, again] = useQuery({
    query: ConnectionDistributionDocument,
    variables: { id: connectionId },
    requestPolicy: 'network-only',
  });
  const reload = () => again({ requestPolicy: 'network-only' });
  const connection = data?.connection;
  if (error && !connection) return <Trouble error={error} onRetry={reload} />;
  if (!connection) return fetching ? <Loading what="where it is used" /> : null;
  return (
    <Stack maw={720} gap="xl">
      <Publish connection={connection} onChange={reload} />
      <Publisher key={`publisher ${connection.version}`} connection={connection} onChange={reload} />
      <RedirectUris key={`uris ${connection.version}`} connection={connection} onChange={reload} />
      <Installations connection={connection} />
    </Stack>
  );
}

interface Props {
  connection: Shown;
  onChange(): void;
}

function Publish({ connection: { id, kind, clientId, publishedAt, publishChecklist }, onChange }: Props) {
  const publish = useCommand(PublishConnectionDocument, (data) => data.publishConnection);
  const [asking, ask] = useDisclosure();
  const [secret, setSecret] = useState<string | null>(null);
  const [refused, setRefused] = useState<readonly UserError[]>([]);
  const checks = publishChecklist ?? [];
  return (
    <Stack>
      <Title order={2}>{kind === 'PUBLIC' ? 'Public' : 'For other workspaces'}</Title>
      {secret !== null && <TokenOnce token={secret} />}
      {kind === 'PUBLIC' ? (
        <Text size="sm">
          Published <Moment at={publishedAt} />. Its client id is <code>{clientId}</code>.
        </Text>
      ) : (
        <>
          <Text size="sm" c="dimmed">
            Once it is published, people of other workspaces install it, each with the pages she picks. That is for
            good.
          </Text>
          <List spacing={4} center>
            {checks.map(({ item, done, sentence }) => (
              <List.Item
                key={item}
                icon={
                  done ? (
                    <IconCircleCheck size={18} color="var(--mantine-color-teal-6)" aria-label="Done" />
                  ) : (
                    <IconCircleDashed size={18} aria-label="To do" />
                  )
                }
              >
                {sentence}
              </List.Item>
            ))}
          </List>
          <Group>
            <Button onClick={ask.open} disabled={checks.some(({ done }) => !done)}>
              Publish
            </Button>
          </Group>
        </>
      )}
      <Modal opened={asking} onClose={ask.close} title="Publish it?">
        <Stack>
          <Text size="sm">
            Its own token ends within the overlap; from then on it comes by OAuth alone. There is no way back.
          </Text>
          {refused.map(({ code, message }) => (
            <Text key={message} size="sm" c="red" role="alert">
              {message} {code === 'SIGN_IN_AGAIN' && <Anchor href={signInAddress()}>Sign in again</Anchor>}
            </Text>
          ))}
          <Group justify="flex-end">
            <Button variant="default" onClick={ask.close}>
              Cancel
            </Button>
            <Button
              loading={publish.running}
              onClick={async () => {
                const outcome = await publish.run({ input: { id } });
                if (outcome.is === 'refused') return setRefused(outcome.errors);
                setSecret(outcome.payload.clientSecret ?? null);
                ask.close();
                onChange();
              }}
            >
              Publish it
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  );
}

const FIELDS = ['company', 'websiteUrl', 'privacyUrl', 'termsUrl', 'supportEmail'] as const;
type Field = (typeof FIELDS)[number];
const LABELS: Record<Field, string> = {
  company: 'Company',
  websiteUrl: 'Website',
  privacyUrl: 'Privacy policy',
  termsUrl: 'Terms of use',
  supportEmail: 'E-mail address for support',
};

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

function Publisher({ connection, onChange }: Props) {
  const update = useCommand(UpdateConnectionDocument, (data) => data.updateConnection);
  const form = useForm({
    initialValues: {
      ...(Object.fromEntries(FIELDS.map((name) => [name, connection[name] ?? ''])) as Record<Field, string>),
      installationScope: connection.installationScope ?? null,
      selectedWorkspaces: (connection.selectedWorkspaces ?? []).join('\n'),
    },
  });
  const { installationScope, selectedWorkspaces } = form.values;
  return (
    <form
      onSubmit={form.onSubmit(async (values) => {
        const given = Object.fromEntries(FIELDS.map((name) => [name, values[name] === '' ? null : values[name]]));
        const outcome = await update.run({
          input: {
            id: connection.id,
            expectedVersion: connection.version,
            ...given,
            ...(installationScope && { installationScope }),
            ...(installationScope === 'SELECTED' && { selectedWorkspaces: linesOf(selectedWorkspaces) }),
          },
        });
        if (outcome.is === 'refused') {
          const { '': elsewhere, ...errors } = byField(outcome.errors, [
            ...FIELDS,
            'installationScope',
            'selectedWorkspaces',
          ]);
          form.setErrors(errors);
          if (elsewhere !== undefined) tellErrors(outcome.errors);
          return;
        }
        tellDone('Saved.');
        onChange();
      })}
    >
      <Stack>
        <Title order={2}>Who offers it</Title>
        {FIELDS.map((name) => (
          <TextInput key={name} label={LABELS[name]} {...form.getInputProps(name)} />
        ))}
        <Select
          label="Who may install it"
          placeholder="Not said yet"
          data={[
            { value: 'ANY', label: 'Any workspace' },
            { value: 'SELECTED', label: 'Workspaces that are named' },
          ]}
          {...form.getInputProps('installationScope')}
        />
        {installationScope === 'SELECTED' && (
          <Textarea
            label="Ids of these workspaces"
            description="One on each line."
            autosize
            {...form.getInputProps('selectedWorkspaces')}
          />
        )}
        <Group>
          <Button type="submit" variant="default" loading={update.running} disabled={!form.isDirty()}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function RedirectUris({ connection: { id, version, redirectUris }, onChange }: Props) {
  const update = useCommand(UpdateRedirectUrisDocument, (data) => data.updateRedirectUris);
  const form = useForm({ initialValues: { uris: (redirectUris ?? []).join('\n') } });
  return (
    <form
      onSubmit={form.onSubmit(async ({ uris }) => {
        const given = linesOf(uris);
        const outcome = await update.run({
          input: { connectionId: id, expectedVersion: version, redirectUris: given },
        });
        if (outcome.is === 'refused') {
          return form.setErrors({ uris: outcome.errors.map(({ message }) => message).join(' ') });
        }
        tellDone('Saved.');
        onChange();
      })}
    >
      <Stack>
        <Textarea
          label="Redirect URIs"
          description="One on each line. After consent people are sent to exactly one of these."
          autosize
          minRows={2}
          {...form.getInputProps('uris')}
        />
        <Group>
          <Button type="submit" variant="default" loading={update.running} disabled={!form.isDirty()}>
            Save the URIs
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Installations({ connection: { installations } }: { connection: Shown }) {
  return (
    <Stack>
      <Title order={2}>Where it is installed</Title>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Workspace</Table.Th>
            <Table.Th>By</Table.Th>
            <Table.Th>Since</Table.Th>
            <Table.Th>State</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {installations.map(({ id, workspace, installedBy, createdAt, status }) => (
            <Table.Tr key={id}>
              <Table.Td>{workspace?.name ?? 'Another workspace'}</Table.Td>
              <Table.Td>{installedBy?.name ?? 'The workspace'}</Table.Td>
              <Table.Td>
                <Moment at={createdAt} />
              </Table.Td>
              <Table.Td>{status.toLowerCase().replace('_', ' ')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}
