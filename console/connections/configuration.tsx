// Name, logo, and the token: seen again after signing in, or replaced.

import { Anchor, Button, FileInput, Group, Select, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { byField, tellDone, tellErrors, type UserError, useCommand } from '../app/command';
import { signInAddress } from '../app/gateway';
import { Moment } from '../app/moment';
import type { Shown } from './connection';
import { asDataUrl } from './data-url';
import { RevealTokenDocument, RotateTokenDocument, UpdateConnectionDocument } from './operations';
import { TokenOnce } from './token-once';

interface Props {
  connection: Shown;
  onChange(): void;
}

export function Configuration({ connection, onChange }: Props) {
  return (
    <Stack maw={720} gap="xl">
      <Looks key={connection.version} connection={connection} />
      {connection.kind === 'INTERNAL' && <Token connection={connection} onChange={onChange} />}
    </Stack>
  );
}

function Looks({ connection: { id, name, version } }: { connection: Shown }) {
  const update = useCommand(UpdateConnectionDocument, (data) => data.updateConnection);
  const form = useForm<{ name: string; logo: File | null }>({ initialValues: { name, logo: null } });
  return (
    <form
      onSubmit={form.onSubmit(async (values) => {
        const outcome = await update.run({
          input: {
            id,
            expectedVersion: version,
            name: values.name,
            ...(values.logo && { logo: await asDataUrl(values.logo) }),
          },
        });
        if (outcome.is === 'done') return tellDone('Saved.');
        const { '': elsewhere, ...errors } = byField(outcome.errors, ['name', 'logo']);
        form.setErrors(errors);
        if (elsewhere !== undefined) tellErrors(outcome.errors);
      })}
    >
      <Stack>
        <TextInput label="Name" required maxLength={200} {...form.getInputProps('name')} />
        <FileInput
          label="New logo"
          description="PNG, JPEG or WebP."
          accept="image/png,image/jpeg,image/webp"
          clearable
          placeholder="As it is"
          {...form.getInputProps('logo')}
        />
        <Group>
          <Button type="submit" loading={update.running} disabled={!form.isDirty()}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const OVERLAPS = [
  { value: '0', label: 'at once' },
  { value: '1', label: 'in 1 hour' },
  { value: '24', label: 'in 24 hours' },
];

function Token({ connection: { id, tokens }, onChange }: Props) {
  const reveal = useCommand(RevealTokenDocument, (data) => data.revealToken);
  const rotate = useCommand(RotateTokenDocument, (data) => data.rotateToken);
  const [token, setToken] = useState<string | null>(null);
  const [asked, setAsked] = useState<readonly UserError[]>([]);
  const [overlap, setOverlap] = useState('24');
  const show = (found: string | null | undefined): void => {
    setAsked([]);
    setToken(found ?? null);
  };
  return (
    <Stack>
      <Title order={2}>Token</Title>
      {token !== null && <TokenOnce token={token} />}
      {asked.some(({ code }) => code === 'SIGN_IN_AGAIN') && (
        <Text size="sm" role="alert">
          A token is shown to somebody who signed in within the last ten minutes.{' '}
          <Anchor href={signInAddress()}>Sign in again</Anchor>
        </Text>
      )}
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Ends in</Table.Th>
            <Table.Th>Made</Table.Th>
            <Table.Th>Last used</Table.Th>
            <Table.Th>Valid until</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {(tokens ?? []).map(({ id: tokenId, lastFour, createdAt, lastUsedAt, validUntil }) => (
            <Table.Tr key={tokenId}>
              <Table.Td ff="monospace">…{lastFour}</Table.Td>
              <Table.Td>
                <Moment at={createdAt} />
              </Table.Td>
              <Table.Td>
                <Moment at={lastUsedAt} />
              </Table.Td>
              <Table.Td>
                <Moment at={validUntil} never="It is revoked" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group align="flex-end">
        <Button
          variant="default"
          loading={reveal.running}
          disabled={!tokens?.some(({ revealable }) => revealable)}
          onClick={async () => {
            const outcome = await reveal.run({ input: { connectionId: id } });
            if (outcome.is === 'done') return show(outcome.payload.token);
            setAsked(outcome.errors);
            if (!outcome.errors.some(({ code }) => code === 'SIGN_IN_AGAIN')) tellErrors(outcome.errors);
          }}
        >
          Show the token
        </Button>
        <Select
          label="The old token ends"
          data={OVERLAPS}
          value={overlap}
          allowDeselect={false}
          w={160}
          onChange={(value) => setOverlap(value ?? '24')}
        />
        <Button
          loading={rotate.running}
          onClick={async () => {
            const outcome = await rotate.run({ input: { connectionId: id, overlapHours: Number(overlap) } });
            if (outcome.is === 'refused') {
              setAsked(outcome.errors);
              return tellErrors(outcome.errors);
            }
            show(outcome.payload.token);
            onChange();
          }}
        >
          Replace the token
        </Button>
      </Group>
    </Stack>
  );
}
