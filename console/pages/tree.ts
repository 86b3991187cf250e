// The tree of pages as far as it was opened: what is below each page comes when it is opened, a hundred at a time.

import { useCallback, useEffect, useState } from 'react';
import { useClient } from 'urql';
import { wordsOf } from '../app/gateway';
import { ChildrenDocument, TopOfTreeDocument } from './operations';

export interface Leaf {
  id: string;
  title: string;
  emoji: string | null;
  kind: 'Page' | 'Database';
}

/** What is right below something, as far as it was asked for. */
interface Below {
  leaves: Leaf[];
  /** Where to go on; `null` when everything is there. */
  next: string | null;
  isOpen: boolean;
  isComing: boolean;
}

/** A line of the tree: something, or the way to more of what is beside it. */
export type Line =
  | { is: 'leaf'; leaf: Leaf; depth: number; isOpen: boolean; isComing: boolean }
  | { is: 'more'; parentId: string; depth: number; isComing: boolean };

/** Stands above what is at the top. */
const TOP = '';
const NONE: Below = { leaves: [], next: null, isOpen: false, isComing: false };

export interface Tree {
  lines: Line[];
  /** In words; `null` when all is well. */
  trouble: string | null;
  isComing: boolean;
  toggle(id: string): void;
  more(parentId: string): void;
}

/** Begins with the top of what the viewer reaches. */
export function useTree(): Tree {
  const client = useClient();
  const [known, setKnown] = useState<ReadonlyMap<string, Below>>(new Map());
  const [trouble, setTrouble] = useState<string | null>(null);

  const put = useCallback(
    (id: string, change: (below: Below) => Below) =>
      setKnown((all) => new Map(all).set(id, change(all.get(id) ?? NONE))),
    [],
  );

  const fetchBelow = useCallback(
    async (id: string, after: string | null): Promise<void> => {
      put(id, (below) => ({ ...below, isOpen: true, isComing: true }));
      const { leaves, next, error } = id === TOP ? await topOf(client, after) : await childrenOf(client, id, after);
      setTrouble(error ? wordsOf(error) : null);
      put(id, (below) => ({ ...below, leaves: [...below.leaves, ...leaves], next, isComing: false }));
    },
    [client, put],
  );

  useEffect(() => {
    setKnown(new Map());
    void fetchBelow(TOP, null);
  }, [fetchBelow]);

  const toggle = (id: string): void => {
    const below = known.get(id);
    if (below) put(id, (one) => ({ ...one, isOpen: !one.isOpen }));
    else void fetchBelow(id, null);
  };
  const more = (id: string): void => void fetchBelow(id, known.get(id)?.next ?? null);
  return { lines: linesBelow(known, TOP, 0), trouble, isComing: known.get(TOP)?.isComing ?? true, toggle, more };
}

function linesBelow(known: ReadonlyMap<string, Below>, id: string, depth: number): Line[] {
  const { leaves, next, isComing } = known.get(id) ?? NONE;
  const lines = leaves.flatMap((leaf): Line[] => {
    const below = known.get(leaf.id);
    const line = {
      is: 'leaf',
      leaf,
      depth,
      isOpen: below?.isOpen ?? false,
      isComing: below?.isComing ?? false,
    } as const;
    return below?.isOpen ? [line, ...linesBelow(known, leaf.id, depth + 1)] : [line];
  });
  return next === null ? lines : [...lines, { is: 'more', parentId: id, depth, isComing }];
}

type Client = ReturnType<typeof useClient>;
type Came = { leaves: Leaf[]; next: string | null; error?: unknown };
interface Titled {
  id: string;
  title?: string | null;
  icon?: { emoji?: string | null } | null;
}

const leafOf = (kind: Leaf['kind'], { id, title, icon }: Titled): Leaf => ({
  id,
  title: title || 'Untitled',
  emoji: icon?.emoji ?? null,
  kind,
});

async function childrenOf(client: Client, id: string, after: string | null): Promise<Came> {
  const { data, error } = await client.query(ChildrenDocument, { id, after }, { requestPolicy: 'network-only' });
  const list = data?.page?.children;
  const leaves = (list?.nodes ?? []).map((node) => leafOf(node.__typename === 'Database' ? 'Database' : 'Page', node));
  return { leaves, next: list?.pageInfo.hasNextPage ? (list.pageInfo.endCursor ?? null) : null, error };
}

/** Pages and databases are two lists with a cursor each: both go on together. */
async function topOf(client: Client, after: string | null): Promise<Came> {
  const [pagesAfter, databasesAfter] = after === null ? [null, null] : (JSON.parse(after) as (string | null)[]);
  const { data, error } = await client.query(
    TopOfTreeDocument,
    { pagesAfter, databasesAfter },
    { requestPolicy: 'network-only' },
  );
  const { pages, databases } = data ?? {};
  // A list that has ended is not asked again: its last cursor stays, behind which there is nothing.
  const cursors = [pages?.pageInfo.endCursor ?? pagesAfter, databases?.pageInfo.endCursor ?? databasesAfter];
  const goesOn = pages?.pageInfo.hasNextPage || databases?.pageInfo.hasNextPage;
  return {
    leaves: [
      ...(pages?.nodes ?? []).map((node) => leafOf('Page', node)),
      ...(databases?.nodes ?? []).map((node) => leafOf('Database', node)),
    ],
    next: goesOn ? JSON.stringify(cursors) : null,
    error,
  };
}
