// Every address of the console. What can be filtered stands in the address, so that a view can be sent to somebody.

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  Outlet,
} from '@tanstack/react-router';
import { SignedIn, useSession } from './session';
import { Shell } from './shell';
import { Empty, Loading } from './trouble';

const root = createRootRoute({ component: Outlet, notFoundComponent: Nowhere });

/** `/console`: on to the workspace she was in last. */
const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: () => (
    <SignedIn workspaceId={null}>
      <Onwards />
    </SignedIn>
  ),
});

const workspace = createRoute({ getParentRoute: () => root, path: '$workspaceId', component: InWorkspace });

const workspaceHome = createRoute({ getParentRoute: () => workspace, path: '/', component: Onwards });

export interface ConnectionsSearch {
  name?: string;
  kind?: 'INTERNAL' | 'PUBLIC';
  status?: 'ACTIVE' | 'SUSPENDED' | 'DELETED';
}

const connections = createRoute({
  getParentRoute: () => workspace,
  path: 'connections',
  validateSearch: (search): ConnectionsSearch => ({
    ...text(search, 'name'),
    ...oneOf(search, 'kind', ['INTERNAL', 'PUBLIC']),
    ...oneOf(search, 'status', ['ACTIVE', 'SUSPENDED', 'DELETED']),
  }),
  component: lazyRouteComponent(() => import('../connections/connections'), 'Connections'),
});

const newConnection = createRoute({
  getParentRoute: () => workspace,
  path: 'connections/new',
  component: lazyRouteComponent(() => import('../connections/new-connection'), 'NewConnection'),
});

export const CONNECTION_TABS = [
  'configuration',
  'use',
  'capabilities',
  'access',
  'distribution',
  'activity',
  'danger',
] as const;
export type ConnectionTab = (typeof CONNECTION_TABS)[number];

const connection = createRoute({
  getParentRoute: () => workspace,
  path: 'connections/$connectionId',
  validateSearch: (search): { tab?: ConnectionTab } => oneOf(search, 'tab', CONNECTION_TABS),
  component: lazyRouteComponent(() => import('../connections/connection'), 'ConnectionPage'),
});

export interface AuditSearch {
  action?: string;
  target?: string;
}

const audit = createRoute({
  getParentRoute: () => workspace,
  path: 'audit',
  validateSearch: (search): AuditSearch => ({ ...text(search, 'action'), ...text(search, 'target') }),
  component: lazyRouteComponent(() => import('../audit/audit-log'), 'AuditLog'),
});

const pages = createRoute({
  getParentRoute: () => workspace,
  path: 'pages',
  validateSearch: (search): { open?: string } => text(search, 'open'),
  component: lazyRouteComponent(() => import('../pages/pages'), 'Pages'),
});

export const SETTINGS_TABS = ['members', 'workspace', 'account'] as const;
export type SettingsTab = (typeof SETTINGS_TABS)[number];

const settings = createRoute({
  getParentRoute: () => workspace,
  path: 'settings',
  validateSearch: (search): { tab?: SettingsTab } => oneOf(search, 'tab', SETTINGS_TABS),
  component: lazyRouteComponent(() => import('../settings/settings'), 'Settings'),
});

export const router = createRouter({
  basepath: '/console',
  routeTree: root.addChildren([
    home,
    workspace.addChildren([workspaceHome, connections, newConnection, connection, pages, audit, settings]),
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Loading what="this screen" />,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function InWorkspace() {
  const { workspaceId } = workspace.useParams();
  return (
    <SignedIn key={workspaceId} workspaceId={workspaceId}>
      <Shell />
    </SignedIn>
  );
}

/** From where nothing is to where something is. */
function Onwards() {
  const { role, workspace: here } = useSession();
  if (role === 'OWNER') return <Navigate to="/$workspaceId/connections" params={{ workspaceId: here.id }} replace />;
  if (role === 'MEMBER') return <Navigate to="/$workspaceId/pages" params={{ workspaceId: here.id }} replace />;
  return (
    <Empty title={here.name}>
      You are a guest here. What is shared with you is read through GraphQL; what is yours is under Settings.
    </Empty>
  );
}

function Nowhere() {
  return <Empty title="There is nothing here">The address is mistyped, or what was here is gone.</Empty>;
}

/** One word of an address, if it is one of those known. */
function oneOf<Name extends string, const Word extends string>(
  search: Record<string, unknown>,
  name: Name,
  words: readonly Word[],
): { [K in Name]?: Word } {
  const found = words.find((word) => word === search[name]);
  return (found === undefined ? {} : { [name]: found }) as { [K in Name]?: Word };
}

function text<Name extends string>(search: Record<string, unknown>, name: Name): { [K in Name]?: string } {
  const found = search[name];
  return (typeof found === 'string' && found !== '' ? { [name]: found } : {}) as { [K in Name]?: string };
}
