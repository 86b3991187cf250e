// What stands in the place of something that could not be had, and of what is not there yet.

import { Alert, Button, Center, Loader, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { wordsOf } from './gateway';

/** The server's words, and a way to ask again. */
export function Trouble({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <Alert color="red" title="This could not be loaded" role="alert">
      <Stack align="flex-start" gap="sm">
        <Text size="sm">{wordsOf(error)}</Text>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <Center p="xl" role="status" aria-label={`Loading ${what}`}>
      <Loader size="sm" />
    </Center>
  );
}

/** An empty place that says the next step. */
export function Empty({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <Center p="xl">
      <Stack align="center" gap="xs" maw={420}>
        <Title order={2}>{title}</Title>
        <Text c="dimmed" ta="center" size="sm">
          {children}
        </Text>
        {action}
      </Stack>
    </Center>
  );
}
