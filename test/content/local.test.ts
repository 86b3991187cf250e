import { localContent } from '../../src/content/local.js';
import { actAs } from '../../src/server/authenticate.js';
import { openWorld } from '../world.js';
import { describeContentSource } from './source.suite.js';

describeContentSource('The local PostgreSQL', async () => {
  const world = await openWorld();
  return {
    source: localContent,
    page: (input) => world.page(input),
    database: (input) => world.database(input),
    trash: async (id) =>
      void (await world.sql('update page set in_trash = true where workspace_id = $1 and id = $2', [
        world.workspaceId,
        id,
      ])),
    reader: async (capabilities, shares) => {
      const asker = await world.connection(capabilities);
      for (const given of shares) {
        const { id, access, expiresAt, revoked } =
          typeof given === 'string'
            ? { id: given }
            : { access: undefined, expiresAt: undefined, revoked: false, ...given };
        const share = await world.share(asker, id, { ...(access && { access }) });
        // No command makes a share that has expired already.
        if (expiresAt) await world.sql('update share set expires_at = $2 where id = $1', [share, expiresAt]);
        if (revoked) await world.unshare(share);
      }
      const reader = world.store.reader();
      return world.gateway.contextFor((await actAs(asker.installationId, reader))!, reader);
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
});
