// The workspace itself: its name, its policy, its teamspaces.

import { Button, Group, NumberInput, Select, Stack, Switch, Table, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from 'urql';
import { byField, tellDone, tellErrors, useCommand } from '../app/command';
import { Loading, Trouble } from '../app/trouble';
import {
  CreateTeamspaceDocument,
  TeamspacesDocument,
  UpdateWorkspaceDocument,
  UpdateWorkspacePolicyDocument,
  WorkspaceSettingsDocument,
  type WorkspaceSettingsQuery,
} from './operations';

type Shown = NonNullable<WorkspaceSettingsQuery['viewer']['workspace']>;
type Policy = NonNullable<Shown['policy']>;

export function Workspace() {
  const [{ data, error, fetching }, again] = useQuery({ query: WorkspaceSettingsDocument });
  const reload = () => again({ requestPolicy: 'network-only' });
  const workspace = data?.viewer.workspace;
  if (error && !workspace) return <Trouble error={error} onRetry={reload} />;
  if (!workspace) return fetching ? <Loading what="the workspace" /> : null;
  return (
    <Stack maw={640} gap="xl">
      <Name key={`name ${workspace.version}`} workspace={workspace} />
      {workspace.policy && (
        <PolicyForm key={`policy ${workspace.policy.version}`} policy={workspace.policy} onChange={reload} />
      )}
      <Teamspaces />
    </Stack>
  );
}

function Name({ workspace: { name, version } }: { workspace: Shown }) {
  const update = useCommand(UpdateWorkspaceDocument, (data) => data.updateWorkspace);
  const form = useForm({ initialValues: { name } });
  return (
    <form
      onSubmit={form.onSubmit(async (values) => {
        const outcome = await update.run({ input: { ...values, expectedVersion: version } });
        if (outcome.is === 'done') return tellDone('Saved.');
        const { '': elsewhere, ...errors } = byField(outcome.errors, ['name']);
        form.setErrors(errors);
        if (elsewhere !== undefined) tellErrors(outcome.errors);
      })}
    >
      <Group align="flex-end">
        <TextInput label="Name of the workspace" required maxLength={200} flex={1} {...form.getInputProps('name')} />
        <Button type="submit" loading={update.running} disabled={!form.isDirty()}>
          Rename
        </Button>
      </Group>
    </form>
  );
}

function PolicyForm({ policy, onChange }: { policy: Policy; onChange(): void }) {
  const update = useCommand(UpdateWorkspacePolicyDocument, (data) => data.updateWorkspacePolicy);
  const { version, whoMayInstall, ownersOnlyShares, personalAccessTokens, showOnceTokens, webhookActions } = policy;
  const form = useForm({
    initialValues: {
      whoMayInstall,
      ownersOnlyShares,
      personalAccessTokens,
      showOnceTokens,
      webhookActions,
      eventWindowMs: policy.eventWindowMs,
    },
  });
  return (
    <form
      onSubmit={form.onSubmit(async (values) => {
        const outcome = await update.run({ input: { ...values, expectedVersion: version } });
        if (outcome.is === 'refused') return tellErrors(outcome.errors);
        tellDone('The policy holds from now on.');
        onChange();
      })}
    >
      <Stack>
        <Title order={2}>Policy</Title>
        <Select
          label="Who may install public connections"
          allowDeselect={false}
          data={[
            { value: 'ANYONE', label: 'Every member' },
            { value: 'APPROVED_ONLY', label: 'Every member, of those that are approved' },
            { value: 'OWNERS', label: 'Owners' },
          ]}
          {...form.getInputProps('whoMayInstall')}
        />
        <Select
          label="Who may have personal access tokens"
          allowDeselect={false}
          data={[
            { value: 'MEMBERS', label: 'Every member' },
            { value: 'OWNERS', label: 'Owners' },
          ]}
          {...form.getInputProps('personalAccessTokens')}
        />
        <Switch label="Only owners share pages" {...form.getInputProps('ownersOnlyShares', { type: 'checkbox' })} />
        <Switch
          label="Tokens of connections are shown once"
          description="Turning it on makes the tokens there are impossible to show again, for good."
          {...form.getInputProps('showOnceTokens', { type: 'checkbox' })}
        />
        <Switch
          label="Automations and buttons may send webhooks"
          {...form.getInputProps('webhookActions', { type: 'checkbox' })}
        />
        <NumberInput
          label="Changes of one thing within so many milliseconds are one event"
          min={0}
          max={60_000}
          {...form.getInputProps('eventWindowMs')}
        />
        <Group>
          <Button type="submit" loading={update.running} disabled={!form.isDirty()}>
            Save the policy
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Teamspaces() {
  const [{ data, error }, again] = useQuery({ query: TeamspacesDocument, variables: { first: 100 } });
  const create = useCommand(CreateTeamspaceDocument, (answer) => answer.createTeamspace);
  const form = useForm({ initialValues: { name: '' } });
  const list = data?.viewer.workspace?.teamspaces?.nodes ?? [];
  return (
    <Stack>
      <Title order={2}>Teamspaces</Title>
      {error && <Trouble error={error} onRetry={() => again({ requestPolicy: 'network-only' })} />}
      {data && list.length === 0 && <Text c="dimmed">None. A teamspace groups pages; it hides nothing.</Text>}
      <Table>
        <Table.Tbody>
          {list.map(({ id, name, description }) => (
            <Table.Tr key={id}>
              <Table.Td>{name}</Table.Td>
              <Table.Td c="dimmed">{description}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <form
        onSubmit={form.onSubmit(async (values) => {
          const outcome = await create.run({ input: values });
          if (outcome.is === 'refused')
            return form.setErrors({ name: outcome.errors.map(({ message }) => message).join(' ') });
          form.reset();
          again({ requestPolicy: 'network-only' });
        })}
      >
        <Group align="flex-end">
          <TextInput label="New teamspace" required maxLength={200} flex={1} {...form.getInputProps('name')} />
          <Button type="submit" variant="default" loading={create.running}>
            Make it
          </Button>
        </Group>
      </form>
    </Stack>
  );
}
