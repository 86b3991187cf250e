// What belongs to whoever looks: her sessions, her passkeys, her personal access tokens.

import {
  Anchor,
  Badge,
  Button,
  Checkbox,
  Group,
  Modal,
  NumberInput,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useQuery } from 'urql';
import { byField, tellDone, tellErrors, type UserError, useCommand } from '../app/command';
import { signInAddress } from '../app/gateway';
import { Moment } from '../app/moment';
import { useSession } from '../app/session';
import { Loading, Trouble } from '../app/trouble';
import { TokenOnce } from '../connections/token-once';
import {
  AccountSettingsDocument,
  type AccountSettingsQuery,
  CreatePersonalAccessTokenDocument,
  EndOtherSessionsDocument,
  EndSessionDocument,
  RevokePersonalAccessTokenDocument,
} from './operations';

type Viewer = AccountSettingsQuery['viewer'];

export function Account() {
  const [{ data, error, fetching }, again] = useQuery({ query: AccountSettingsDocument });
  const reload = () => again({ requestPolicy: 'network-only' });
  if (error && !data) return <Trouble error={error} onRetry={reload} />;
  if (!data) return fetching ? <Loading what="your account" /> : null;
  const { viewer } = data;
  return (
    <Stack maw={820} gap="xl">
      <Stack gap="xs">
        <Text>
          {viewer.person?.name}, {viewer.person?.email}
        </Text>
        <Group>
          <Anchor href="/account/password">Change the password</Anchor>
          <Anchor href="/account/passkeys">Passkeys ({viewer.passkeys?.length ?? 0})</Anchor>
        </Group>
      </Stack>
      <Tokens viewer={viewer} onChange={reload} />
      <Sessions viewer={viewer} onChange={reload} />
    </Stack>
  );
}

interface Props {
  viewer: Viewer;
  onChange(): void;
}

const STATES = { ACTIVE: 'teal', BLOCKED: 'orange', EXPIRED: 'gray', REVOKED: 'gray' } as const;

function Tokens({ viewer, onChange }: Props) {
  const revoke = useCommand(RevokePersonalAccessTokenDocument, (data) => data.revokePersonalAccessToken);
  const [making, make] = useDisclosure();
  const tokens = viewer.personalAccessTokens?.nodes ?? [];
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2}>Personal access tokens</Title>
        <Button variant="default" onClick={make.open}>
          New token
        </Button>
      </Group>
      {tokens.length === 0 ? (
        <Text c="dimmed">None. A personal access token acts as you, in this workspace.</Text>
      ) : (
        <Table.ScrollContainer minWidth={560}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th>Last used</Table.Th>
                <Table.Th>Ends</Table.Th>
                <Table.Th aria-label="Revoke" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {tokens.map(({ id, name, lastFour, status, administer, lastUsedAt, expiresAt }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    {name}
                    <Text size="xs" c="dimmed" ff="monospace">
                      …{lastFour}
                      {administer && ', administers'}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Badge color={STATES[status]} variant="light" tt="none">
                      {status.toLowerCase()}
                    </Badge>
                  </Table.Td>
                  <Table.Td>
                    <Moment at={lastUsedAt} />
                  </Table.Td>
                  <Table.Td>
                    <Moment at={expiresAt} />
                  </Table.Td>
                  <Table.Td ta="right">
                    <Button
                      size="xs"
                      variant="subtle"
                      color="red"
                      disabled={status !== 'ACTIVE' && status !== 'BLOCKED'}
                      aria-label={`Revoke ${name}`}
                      onClick={async () => {
                        const outcome = await revoke.run({ input: { id } });
                        if (outcome.is === 'refused') return tellErrors(outcome.errors);
                        tellDone(`${name} is revoked.`);
                        onChange();
                      }}
                    >
                      Revoke
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Modal opened={making} onClose={make.close} title="New personal access token">
        <NewToken onMade={onChange} />
      </Modal>
    </Stack>
  );
}

function NewToken({ onMade }: { onMade(): void }) {
  const { role } = useSession();
  const create = useCommand(CreatePersonalAccessTokenDocument, (data) => data.createPersonalAccessToken);
  const [token, setToken] = useState<string | null>(null);
  const [refused, setRefused] = useState<readonly UserError[]>([]);
  const form = useForm({ initialValues: { name: '', expiresInDays: 90, administer: false } });
  if (token !== null) return <TokenOnce token={token} />;
  return (
    <form
      onSubmit={form.onSubmit(async (values) => {
        const outcome = await create.run({ input: values });
        if (outcome.is === 'done') {
          setToken(outcome.payload.token ?? null);
          return onMade();
        }
        const { '': elsewhere, ...errors } = byField(outcome.errors, ['name', 'expiresInDays', 'administer']);
        form.setErrors(errors);
        setRefused(elsewhere === undefined ? [] : outcome.errors);
      })}
    >
      <Stack>
        {refused.map(({ code, message }) => (
          <Text key={message} size="sm" c="red" role="alert">
            {message} {code === 'SIGN_IN_AGAIN' && <Anchor href={signInAddress()}>Sign in again</Anchor>}
          </Text>
        ))}
        <TextInput label="Name" description="What it is for." required data-autofocus {...form.getInputProps('name')} />
        <NumberInput label="Ends after so many days" min={1} max={365} {...form.getInputProps('expiresInDays')} />
        {role === 'OWNER' && (
          <Checkbox
            label="It may administer the workspace"
            {...form.getInputProps('administer', { type: 'checkbox' })}
          />
        )}
        <Group>
          <Button type="submit" loading={create.running}>
            Make token
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Sessions({ viewer, onChange }: Props) {
  const end = useCommand(EndSessionDocument, (data) => data.endSession);
  const endOthers = useCommand(EndOtherSessionsDocument, (data) => data.endOtherSessions);
  const sessions = viewer.sessions ?? [];
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2}>Where you are signed in</Title>
        <Button
          variant="default"
          disabled={sessions.length < 2}
          loading={endOthers.running}
          onClick={async () => {
            const outcome = await endOthers.run({});
            if (outcome.is === 'refused') return tellErrors(outcome.errors);
            tellDone('Signed out everywhere else.');
            onChange();
          }}
        >
          Sign out everywhere else
        </Button>
      </Group>
      <Table.ScrollContainer minWidth={560}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Browser</Table.Th>
              <Table.Th>From</Table.Th>
              <Table.Th>Last used</Table.Th>
              <Table.Th aria-label="End" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sessions.map(({ id, userAgent, address, lastUsedAt, current }) => (
              <Table.Tr key={id}>
                <Table.Td maw={360}>
                  <Text size="sm" truncate title={userAgent ?? undefined}>
                    {userAgent ?? 'Unknown'}
                  </Text>
                </Table.Td>
                <Table.Td>{address ?? '–'}</Table.Td>
                <Table.Td>
                  <Moment at={lastUsedAt} />
                </Table.Td>
                <Table.Td ta="right">
                  {current ? (
                    <Badge variant="light" tt="none">
                      this one
                    </Badge>
                  ) : (
                    <Button
                      size="xs"
                      variant="subtle"
                      onClick={async () => {
                        const outcome = await end.run({ input: { id } });
                        if (outcome.is === 'refused') return tellErrors(outcome.errors);
                        onChange();
                      }}
                    >
                      Sign out
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
