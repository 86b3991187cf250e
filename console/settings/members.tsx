// Who belongs to the workspace, and as what.

import { Alert, Button, Code, CopyButton, Group, Modal, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useQuery } from 'urql';
import { byField, tellDone, tellErrors, useCommand } from '../app/command';
import { Moment } from '../app/moment';
import { Pager, usePages } from '../app/pager';
import { useSession } from '../app/session';
import { Loading, Trouble } from '../app/trouble';
import {
  InviteMemberDocument,
  MembersDocument,
  type MembersQuery,
  RemoveMemberDocument,
  UpdateMemberDocument,
} from './operations';

type Member = NonNullable<NonNullable<MembersQuery['viewer']['workspace']>['members']>['nodes'][number];
type Role = Member['role'];

const ROLES: { value: Role; label: string }[] = [
  { value: 'OWNER', label: 'Owner' },
  { value: 'MEMBER', label: 'Member' },
  { value: 'GUEST', label: 'Guest' },
];
const PAGE = 50;

export function Members() {
  const [typed, setTyped] = useState('');
  const [name] = useDebouncedValue(typed, 200);
  const [inviting, invite] = useDisclosure();
  return (
    <Stack>
      <Group justify="space-between" align="flex-end">
        <TextInput label="Name" value={typed} onChange={({ currentTarget: { value } }) => setTyped(value)} />
        <Button onClick={invite.open}>Invite somebody</Button>
      </Group>
      <Listed key={name} name={name} />
      <Modal opened={inviting} onClose={invite.close} title="Invite somebody">
        <Invite />
      </Modal>
    </Stack>
  );
}

function Listed({ name }: { name: string }) {
  const pages = usePages();
  const [{ data, error, fetching }, again] = useQuery({
    query: MembersDocument,
    variables: { filter: name ? { name: { contains: name } } : {}, first: PAGE, after: pages.after },
  });
  const reload = () => again({ requestPolicy: 'network-only' });
  const list = data?.viewer.workspace?.members;
  if (error && !list) return <Trouble error={error} onRetry={reload} />;
  if (!list) return fetching ? <Loading what="members" /> : null;
  if (list.nodes.length === 0) return <Text c="dimmed">Nobody has that in their name.</Text>;
  return (
    <>
      <Table.ScrollContainer minWidth={640}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Who</Table.Th>
              <Table.Th>Role</Table.Th>
              <Table.Th>Joined</Table.Th>
              <Table.Th aria-label="Remove" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.nodes.map((member) => (
              <Row key={member.person.id} member={member} onChange={reload} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Pager pages={pages} pageInfo={list.pageInfo} />
    </>
  );
}

function Row({ member: { person, role, joinedAt, version }, onChange }: { member: Member; onChange(): void }) {
  const { personId } = useSession();
  const update = useCommand(UpdateMemberDocument, (data) => data.updateMember);
  const remove = useCommand(RemoveMemberDocument, (data) => data.removeMember);
  const [leaving, ask] = useDisclosure();
  const name = person.name ?? 'Somebody';
  return (
    <Table.Tr>
      <Table.Td>
        {name}
        {person.id === personId && (
          <Text span size="xs" c="dimmed">
            {' '}
            (you)
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {person.email}
        </Text>
      </Table.Td>
      <Table.Td>
        <Select
          aria-label={`Role of ${name}`}
          data={ROLES}
          value={role}
          allowDeselect={false}
          disabled={update.running}
          w={130}
          onChange={async (chosen) => {
            const outcome = await update.run({
              input: { personId: person.id, role: chosen as Role, expectedVersion: version },
            });
            if (outcome.is === 'refused') return tellErrors(outcome.errors);
            tellDone(`${name} is ${chosen === 'OWNER' ? 'an owner' : `a ${chosen?.toLowerCase()}`} now.`);
            onChange();
          }}
        />
      </Table.Td>
      <Table.Td>
        <Moment at={joinedAt} />
      </Table.Td>
      <Table.Td ta="right">
        <Button size="xs" variant="subtle" color="red" onClick={ask.open} aria-label={`Remove ${name}`}>
          Remove
        </Button>
        <Modal opened={leaving} onClose={ask.close} title={`Remove ${name}?`}>
          <Stack>
            <Text size="sm">
              Her sessions and personal tokens in this workspace end, and what she installed. What she wrote stays.
            </Text>
            <Group justify="flex-end">
              <Button variant="default" onClick={ask.close}>
                Cancel
              </Button>
              <Button
                color="red"
                loading={remove.running}
                onClick={async () => {
                  const outcome = await remove.run({ input: { personId: person.id } });
                  if (outcome.is === 'refused') return tellErrors(outcome.errors);
                  ask.close();
                  tellDone(`${name} is not in this workspace any more.`);
                  onChange();
                }}
              >
                Remove {name}
              </Button>
            </Group>
          </Stack>
        </Modal>
      </Table.Td>
    </Table.Tr>
  );
}

function Invite() {
  const invite = useCommand(InviteMemberDocument, (data) => data.inviteMember);
  const [made, setMade] = useState<{ link: string; email: string } | null>(null);
  const form = useForm<{ email: string; role: Role }>({ initialValues: { email: '', role: 'MEMBER' } });
  if (made) {
    return (
      <Alert title={`A link for ${made.email}`}>
        <Stack gap="xs">
          <Text size="sm">Gatehouse sends no mail: hand it over yourself. It works once, and is shown only here.</Text>
          <Code className="secret" data-testid="link">
            {made.link}
          </Code>
          <CopyButton value={made.link}>
            {({ copied, copy }) => (
              <Button size="xs" variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
        </Stack>
      </Alert>
    );
  }
  return (
    <form
      onSubmit={form.onSubmit(async (values) => {
        const outcome = await invite.run({ input: values });
        if (outcome.is === 'done') return setMade({ link: outcome.payload.link!, email: values.email });
        const { '': elsewhere, ...errors } = byField(outcome.errors, ['email', 'role']);
        form.setErrors(errors);
        if (elsewhere !== undefined) tellErrors(outcome.errors);
      })}
    >
      <Stack>
        <TextInput type="email" label="E-mail address" required data-autofocus {...form.getInputProps('email')} />
        <Select label="As" data={ROLES} allowDeselect={false} {...form.getInputProps('role')} />
        <Group>
          <Button type="submit" loading={invite.running}>
            Make a link
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
