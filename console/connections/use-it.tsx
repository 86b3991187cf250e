// The first answer: where to ask, and a line that asks.

import { Button, Code, CopyButton, Group, Stack, Text, Title } from '@mantine/core';
import type { Shown } from './connection';

export function UseIt({ connection: { name } }: { connection: Shown }) {
  const endpoint = `${location.origin}/graphql`;
  const curl = `curl ${endpoint} \\
  -H "Authorization: Bearer $GATEHOUSE_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{"query":"{ viewer { connection { name } } pages(first: 5) { nodes { id title } } }"}'`;
  const codegen = `schema:
  - ${endpoint}:
      headers:
        Authorization: Bearer \${GATEHOUSE_TOKEN}
documents: src/**/*.graphql
generates:
  src/gatehouse.ts:
    plugins: [typescript-operations, typed-document-node]`;
  return (
    <Stack maw={760} gap="xl">
      <Snippet title="Endpoint" text={endpoint}>
        GraphQL over HTTP and, with graphql-ws, over a WebSocket at the same address.
      </Snippet>
      <Snippet title="curl" text={curl}>
        Answers with what {name} sees. Put its token into GATEHOUSE_TOKEN first.
      </Snippet>
      <Snippet title="codegen.yml" text={codegen}>
        For GraphQL Code Generator. The schema it finds is the part this connection may use.
      </Snippet>
      <Text size="sm">
        Try queries in the <a href="/explorer">explorer</a>.
      </Text>
    </Stack>
  );
}

function Snippet({ title, text, children }: { title: string; text: string; children: React.ReactNode }) {
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={2}>{title}</Title>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy} aria-label={`Copy ${title}`}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Text size="sm" c="dimmed">
        {children}
      </Text>
      <Code block>{text}</Code>
    </Stack>
  );
}
