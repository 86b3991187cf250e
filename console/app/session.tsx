// Who is signed in, and in which workspace she is: known before anything else is shown.

import { Button, Center, Stack, Text } from '@mantine/core';
import { createContext, lazy, type ReactNode, Suspense, use, useMemo } from 'react';
import { Provider, useQuery } from 'urql';
import { gatewayFor, signInAddress } from './gateway';
import { ConsoleSessionDocument, type ConsoleSessionQuery } from './operations';
import { Loading, Trouble } from './trouble';

/** Seldom seen, so it is no part of what everybody loads. */
const NoWorkspace = lazy(() => import('./no-workspace').then((module) => ({ default: module.NoWorkspace })));

export interface Session {
  personId: string;
  name: string;
  email: string | null;
  role: 'OWNER' | 'MEMBER' | 'GUEST';
  workspace: { id: string; name: string };
  workspaces: readonly { id: string; name: string }[];
}

const SessionContext = createContext<Session | null>(null);

/** Whoever is signed in. Below `SignedIn` only. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession() was called outside of <SignedIn>.');
  return session;
}

/** Shows what is below it to somebody who is signed in and belongs to `workspaceId`; to others, what to do. */
export function SignedIn({ workspaceId, children }: { workspaceId: string | null; children: ReactNode }) {
  const client = useMemo(() => gatewayFor(workspaceId), [workspaceId]);
  return (
    <Provider value={client}>
      <Who>{children}</Who>
    </Provider>
  );
}

function Who({ children }: { children: ReactNode }) {
  const [{ data, error, fetching }, again] = useQuery({ query: ConsoleSessionDocument });
  const session = data ? sessionIn(data) : null;
  if (session) return <SessionContext value={session}>{children}</SessionContext>;
  if (fetching) return <Loading what="the console" />;
  if (error?.response?.status === 401) return <GoAndSignIn />;
  if (error?.response?.status === 403) {
    return (
      <Suspense fallback={<Loading what="what to do" />}>
        <NoWorkspace why={error.message} />
      </Suspense>
    );
  }
  return (
    <Center p="xl">
      <Trouble error={error ?? new Error('The gateway gave no answer.')} onRetry={() => again()} />
    </Center>
  );
}

function sessionIn({ viewer }: ConsoleSessionQuery): Session | null {
  const { person, role, workspace, workspaces } = viewer;
  if (!person || !role || !workspace) return null;
  const { id, name, email = null } = person;
  return { personId: id, name: name ?? 'You', email: email ?? null, role, workspace, workspaces };
}

/** The browser is on its way already; this is for the moment before. */
function GoAndSignIn() {
  return (
    <Center p="xl">
      <Stack align="center">
        <Text>You are not signed in.</Text>
        <Button component="a" href={signInAddress()}>
          Sign in
        </Button>
      </Stack>
    </Center>
  );
}
