// A token that is in sight now: to be copied, and gone when the screen is left.

import { Alert, Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';

export function TokenOnce({ token }: { token: string }) {
  return (
    <Alert title="The token" color="gate">
      <Stack gap="xs">
        <Text size="sm">Whoever has it acts as this connection. Keep it where your program keeps its secrets.</Text>
        <Group gap="xs" wrap="nowrap">
          <Code className="secret" fz="sm" data-testid="token">
            {token}
          </Code>
          <CopyButton value={token}>
            {({ copied, copy }) => (
              <Button size="xs" variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Stack>
    </Alert>
  );
}
