// The frame of every screen: workspace and account always in sight, and the way to each part.

import {
  ActionIcon,
  AppShell,
  Burger,
  Group,
  Menu,
  Text,
  Tooltip,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconCheck,
  IconChevronDown,
  IconDeviceDesktop,
  IconFiles,
  IconHistory,
  IconMoon,
  IconPlugConnected,
  IconSettings,
  IconSun,
  IconUserCircle,
} from '@tabler/icons-react';
import { Outlet, useMatchRoute } from '@tanstack/react-router';
import { LinkMenuItem, LinkNav } from './links';
import { useSession } from './session';

const PARTS = [
  { to: '/$workspaceId/connections', label: 'Connections', icon: IconPlugConnected, least: 'OWNER' },
  { to: '/$workspaceId/pages', label: 'Pages', icon: IconFiles, least: 'MEMBER' },
  { to: '/$workspaceId/audit', label: 'Audit log', icon: IconHistory, least: 'OWNER' },
  { to: '/$workspaceId/settings', label: 'Settings', icon: IconSettings, least: 'GUEST' },
] as const;

/** From least to most. */
const ROLES = ['GUEST', 'MEMBER', 'OWNER'] as const;

export function Shell() {
  const [open, { toggle, close }] = useDisclosure();
  const { role, workspace } = useSession();
  const matches = useMatchRoute();
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !open } }}
      padding="md"
    >
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={open} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <WorkspaceMenu />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <SchemeButton />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Parts of the console">
        {PARTS.filter(({ least }) => ROLES.indexOf(role) >= ROLES.indexOf(least)).map(({ to, label, icon: Icon }) => (
          <LinkNav
            key={to}
            to={to}
            params={{ workspaceId: workspace.id }}
            label={label}
            leftSection={<Icon size={18} aria-hidden />}
            active={Boolean(matches({ to, params: { workspaceId: workspace.id }, fuzzy: true }))}
            onClick={close}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="content">
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function WorkspaceMenu() {
  const { workspace, workspaces } = useSession();
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <UnstyledButton aria-label={`Workspace ${workspace.name}. Change it`}>
          <Group gap={6} wrap="nowrap">
            <Text fw={600} truncate maw={260}>
              {workspace.name}
            </Text>
            <IconChevronDown size={14} aria-hidden />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Workspaces</Menu.Label>
        {workspaces.map(({ id, name }) => (
          <LinkMenuItem
            key={id}
            to="/$workspaceId"
            params={{ workspaceId: id }}
            rightSection={id === workspace.id ? <IconCheck size={14} aria-label="This one" /> : null}
          >
            {name}
          </LinkMenuItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function AccountMenu() {
  const { name, email, role } = useSession();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton aria-label={`Account of ${name}`}>
          <Group gap={6} wrap="nowrap">
            <IconUserCircle size={22} aria-hidden />
            <Text size="sm" visibleFrom="sm">
              {name}
            </Text>
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {email ?? name} · {role.toLowerCase()}
        </Menu.Label>
        <Menu.Item component="a" href="/account">
          Account
        </Menu.Item>
        <Menu.Item component="a" href="/sign-out">
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const SCHEMES = { auto: IconDeviceDesktop, light: IconSun, dark: IconMoon } as const;
const NEXT = { auto: 'light', light: 'dark', dark: 'auto' } as const;
const NAMES = { auto: 'as the system', light: 'light', dark: 'dark' } as const;

function SchemeButton() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Icon = SCHEMES[colorScheme];
  const label = `Colours: ${NAMES[colorScheme]}. Make them ${NAMES[NEXT[colorScheme]]}`;
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={() => setColorScheme(NEXT[colorScheme])}>
        <Icon size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
