// The way through a long list, a page at a time. Cursors lead onwards only, so those of the pages before are remembered.

import { Button, Group } from '@mantine/core';
import { useState } from 'react';

export interface Pages {
  /** Behind what the page begins; `null` for the first. */
  after: string | null;
  isFirst: boolean;
  back(): void;
  further(cursor: string): void;
}

/** Begins with the first page. */
export function usePages(): Pages {
  const [cursors, setCursors] = useState<string[]>([]);
  return {
    after: cursors.at(-1) ?? null,
    isFirst: cursors.length === 0,
    back: () => setCursors(cursors.slice(0, -1)),
    further: (cursor) => setCursors([...cursors, cursor]),
  };
}

interface PagerProps {
  pages: Pages;
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
  /** What the buttons say. */
  words?: readonly [back: string, further: string];
}

/** Nothing where the list fits on one page. */
export function Pager({ pages, pageInfo: { hasNextPage, endCursor }, words = ['Back', 'Further'] }: PagerProps) {
  if (pages.isFirst && !hasNextPage) return null;
  const [back, further] = words;
  return (
    <Group justify="flex-end">
      <Button variant="default" disabled={pages.isFirst} onClick={pages.back}>
        {back}
      </Button>
      <Button variant="default" disabled={!hasNextPage} onClick={() => pages.further(endCursor!)}>
        {further}
      </Button>
    </Group>
  );
}
