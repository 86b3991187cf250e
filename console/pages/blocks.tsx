// Blocks as text to read. Everything is shown as the text it is; nothing in it is ever run, and no link is followed.

import { Blockquote, Checkbox, Code, Divider, Paper, Stack, Text, Title } from '@mantine/core';
import type { PageToReadQuery } from './operations';

type Page = Extract<NonNullable<PageToReadQuery['node']>, { __typename: 'Page' }>;
type Block = NonNullable<Page['blocks']>['nodes'][number];

export function Blocks({ blocks }: { blocks: readonly Block[] }) {
  if (blocks.length === 0) return <Text c="dimmed">There is nothing on it.</Text>;
  return (
    <Stack gap={6}>
      {blocks.map((block) => (
        <div key={block.id} style={{ paddingInlineStart: (block.depth ?? 0) * 22 }}>
          <BlockView block={block} />
        </div>
      ))}
    </Stack>
  );
}

function BlockView({ block }: { block: Block }) {
  const text = block.plainText ?? '';
  switch (block.__typename) {
    case 'HeadingBlock':
      return (
        <Title order={3} size={`h${Math.min(4, (block.level ?? 1) + 1) as 2 | 3 | 4}`} mt="sm">
          {text}
        </Title>
      );
    case 'BulletedListItemBlock':
      return <Text>• {text}</Text>;
    case 'NumberedListItemBlock':
      return <Text>– {text}</Text>;
    case 'ToDoBlock':
      return <Checkbox readOnly checked={block.checked ?? false} label={text} />;
    case 'QuoteBlock':
      return (
        <Blockquote p="xs" m={0}>
          {text}
        </Blockquote>
      );
    case 'CalloutBlock':
      return (
        <Paper withBorder p="sm">
          {block.icon} {text}
        </Paper>
      );
    case 'CodeBlock':
      return <Code block>{text}</Code>;
    case 'EquationBlock':
      return <Code>{text}</Code>;
    case 'DividerBlock':
      return <Divider />;
    case 'TableRowBlock':
      return (
        <div className="table-row">
          {(block.cells ?? []).map((cell, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: cells have a place and nothing else
            <Text key={index} size="sm">
              {cell.map(({ plainText }) => plainText).join('')}
            </Text>
          ))}
        </div>
      );
    case 'ImageBlock':
    case 'FileBlock':
      return (
        <Text c="dimmed">
          {block.file?.name ?? 'A file'} {text}
        </Text>
      );
    case 'BookmarkBlock':
      return (
        <Text>
          {text} <Code>{block.url}</Code>
        </Text>
      );
    case 'ColumnListBlock':
    case 'ColumnBlock':
    case 'TableBlock':
    case 'TableOfContentsBlock':
      return null;
    default:
      return <Text>{text}</Text>;
  }
}
