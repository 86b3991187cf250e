// The settings: of the workspace for its owners, of the account for everybody.

import { Stack, Tabs, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { SettingsTab } from '../app/router';
import { useSession } from '../app/session';
import { Account } from './account';
import { Members } from './members';
import { Workspace } from './workspace';

const route = getRouteApi('/$workspaceId/settings');

export function Settings() {
  const { role } = useSession();
  const isOwner = role === 'OWNER';
  const { tab = isOwner ? 'members' : 'account' } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Stack>
      <Title order={1}>Settings</Title>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(chosen) => navigate({ search: { tab: chosen as SettingsTab }, replace: true })}
      >
        <Tabs.List mb="md">
          {isOwner && <Tabs.Tab value="members">Members</Tabs.Tab>}
          {isOwner && <Tabs.Tab value="workspace">Workspace</Tabs.Tab>}
          <Tabs.Tab value="account">Your account</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="members">
          <Members />
        </Tabs.Panel>
        <Tabs.Panel value="workspace">
          <Workspace />
        </Tabs.Panel>
        <Tabs.Panel value="account">
          <Account />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
