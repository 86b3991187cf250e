// What the gateway is handed to make demo workspaces with: the maker needs the importer and the file store.

import type { KeyHolder } from '../unit-of-work.js';
import type { Workspace } from '../workspace/workspace.js';

/** Makes a demo workspace whose owner is the caller, whole or not at all, with a connection that sees part of it. Refused
 *  like `createWorkspace`. */
export type CreateDemoWorkspace = (caller: KeyHolder) => Promise<{ workspace: Workspace; token: string }>;

declare module '../context.js' {
  interface Context {
    createDemoWorkspace?: CreateDemoWorkspace;
  }
}
