// The pages of the workspace: the tree, and beside it what was chosen, as whoever looks may read it.

import { ActionIcon, Alert, Button, Group, Paper, Text, Title, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconDatabase, IconFileText } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { Empty, Loading } from '../app/trouble';
import { Reading } from './reading';
import { type Line, type Tree, useTree } from './tree';

const route = getRouteApi('/$workspaceId/pages');
const LINE_PX = 34;

export function Pages() {
  const { open } = route.useSearch();
  return (
    <Group align="stretch" wrap="nowrap" gap="lg" className="pages">
      <TreePane />
      <Paper flex={1} miw={0} component="section" aria-label="What is in it">
        {open === undefined ? (
          <Empty title="Choose a page">
            Everything of the workspace is in the tree. A choice stands in the address.
          </Empty>
        ) : (
          <Reading key={open} id={open} />
        )}
      </Paper>
    </Group>
  );
}

function TreePane() {
  const tree = useTree();
  const pane = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: tree.lines.length,
    getScrollElement: () => pane.current,
    estimateSize: () => LINE_PX,
    overscan: 12,
  });
  return (
    <div>
      <Title order={1} mb="sm">
        Pages
      </Title>
      {tree.trouble !== null && <Alert color="red">{tree.trouble}</Alert>}
      {tree.isComing && tree.lines.length === 0 && <Loading what="the tree" />}
      {!tree.isComing && tree.trouble === null && tree.lines.length === 0 && (
        <Text c="dimmed" maw={280}>
          There is no page yet. Import an export, or let a connection write some.
        </Text>
      )}
      <div ref={pane} className="tree" role="tree" aria-label="Pages">
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start }) => (
            <div key={index} className="tree-line" style={{ transform: `translateY(${start}px)`, height: LINE_PX }}>
              <LineView line={tree.lines[index]!} tree={tree} />
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

function LineView({ line, tree }: { line: Line; tree: Tree }) {
  const { workspaceId } = route.useParams();
  const { open } = route.useSearch();
  const indent = { paddingInlineStart: line.depth * 18 };
  if (line.is === 'more') {
    return (
      <div style={indent}>
        <Button size="compact-xs" variant="subtle" loading={line.isComing} onClick={() => tree.more(line.parentId)}>
          More
        </Button>
      </div>
    );
  }
  const { leaf, isOpen, isComing, depth } = line;
  const Icon = leaf.kind === 'Database' ? IconDatabase : IconFileText;
  return (
    <Group
      gap={4}
      wrap="nowrap"
      style={indent}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={open === leaf.id}
      {...(leaf.kind === 'Page' && { 'aria-expanded': isOpen })}
    >
      {leaf.kind === 'Page' ? (
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          loading={isComing}
          aria-label={`${isOpen ? 'Close' : 'Open'} ${leaf.title}`}
          onClick={() => tree.toggle(leaf.id)}
        >
          {isOpen ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
        </ActionIcon>
      ) : (
        <span className="no-chevron" />
      )}
      <UnstyledButton
        component={Link}
        className="tree-title"
        data-chosen={open === leaf.id || undefined}
        {...({ to: '/$workspaceId/pages', params: { workspaceId }, search: { open: leaf.id } } as object)}
      >
        {leaf.emoji ?? <Icon size={15} aria-hidden />} {leaf.title}
      </UnstyledButton>
    </Group>
  );
}
