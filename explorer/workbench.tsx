// GraphiQL, with Monaco and its workers: the large part, loaded while the token is asked for.

import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { GraphiQL } from 'graphiql';
import { useMemo } from 'react';
import { fetcherFor, type UnknownToken } from './gateway';

const FIRST_QUERY = `# The schema holds what your connection may use.
# Complete: Ctrl-Space. Run: Ctrl-Enter.

query Hello {
  viewer {
    kind
    capabilities
    workspace {
      name
    }
  }
  pages(first: 10) {
    totalCount
    nodes {
      id
      title
    }
  }
}
`;

export interface WorkbenchProps {
  token: string;
  /** Called when the gateway stops knowing the token. */
  onUnknownToken(error: UnknownToken): void;
}

/** Give it the token as its `key` too: documentation and completion of another token must not stay. There is no
 *  editor for headers, so that the one place for a token is the field that forgets it. */
export default function Workbench({ token, onUnknownToken }: WorkbenchProps) {
  const fetcher = useMemo(() => fetcherFor(token, onUnknownToken), [token, onUnknownToken]);
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultQuery={FIRST_QUERY}
      inputValueDeprecation
      schemaDescription
      isHeadersEditorEnabled={false}
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>
        <span />
      </GraphiQL.Logo>
    </GraphiQL>
  );
}
