// Shares from both sides against the oracle: what a page says of whom it is open to, and what an installation says of
// what it reaches, over random trees, shares and capabilities.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeWorld, worldShape } from '../gate/arbitraries.js';
import { CASES_TIMEOUT_MS, cases, tally } from '../gate/cases.js';
import { lastEditedFirst } from '../gate/listing.js';
import type { AskerModel, PersonModel, ResourceModel, ShareModel, WorkspaceModel } from '../gate/model.js';
import { Oracle } from '../gate/oracle.js';
import { type Answered, Garden } from '../gate/plant.js';

const ENTRY = 'grantee { id } resource { id } granted effective inherited shares { access resource { id } }';

interface Entry {
  grantee: { id: string };
  resource: { id: string } | null;
  granted: string[];
  effective: string[];
  inherited: boolean;
  shares: { access: string[]; resource: { id: string } | null }[];
}

/** What the oracle says one grantee has of one resource, and which of its shares open it, the nearest first. */
function expectedOf(workspace: WorkspaceModel, grantee: AskerModel, resource: ResourceModel): Entry {
  const oracle = new Oracle(workspace, grantee);
  const { shares } = 'connection' in grantee ? grantee.connection : grantee.person;
  const opening: ShareModel[] = [];
  for (let at: ResourceModel | undefined = resource; at; at = oracle.resource(at.parentId)) {
    const own = shares.find(({ resourceId, state }) => resourceId === at?.id && /^(LIVE|EXPIRES_LATER)$/.test(state));
    if (own) opening.push(own);
  }
  return {
    grantee: { id: 'connection' in grantee ? grantee.connection.botId : grantee.person.id },
    resource: { id: resource.id },
    granted: [...new Set(opening.flatMap(({ access }) => access))].sort(),
    effective: [...oracle.access(resource)].sort(),
    inherited: opening[0]?.resourceId !== resource.id,
    shares: opening.map(({ access, resourceId }) => ({ access: [...access].sort(), resource: { id: resourceId } })),
  };
}

const sorted = ({ granted, effective, shares, ...entry }: Entry): Entry => ({
  ...entry,
  granted: [...granted].sort(),
  effective: [...effective].sort(),
  shares: shares.map((share) => ({ ...share, access: [...share.access].sort() })),
});

const byGrantee = (one: Entry, other: Entry): number => (one.grantee.id < other.grantee.id ? -1 : 1);

const dataOf = ({ body }: Answered) => {
  expect(body.errors).toBeUndefined();
  return body.data as Record<string, never>;
};

test('a page says of everybody, and an installation of every page, what the oracle says', {
  timeout: CASES_TIMEOUT_MS,
}, async () => {
  await using garden = await Garden.open({ maxCost: 100_000 });
  const settings = cases('both sides of shares', 200);
  const count = { worlds: 0, cases: 0 };
  const started = Date.now();
  await fc.assert(
    fc.asyncProperty(worldShape, async (shape) => {
      const { workspace, neighbour } = makeWorld(shape);
      await garden.plant(workspace, neighbour);
      const { connections, people, resources } = workspace;
      const owner: AskerModel = { person: people.find(({ role }) => role === 'OWNER') as PersonModel };
      const guests = people.filter(({ role }) => role === 'GUEST').map((person): AskerModel => ({ person }));
      const grantees: AskerModel[] = [...connections.map((connection) => ({ connection })), ...guests];

      const ask = async (asker: AskerModel, query: string) =>
        dataOf(await garden.ask(workspace, asker, { query, variables: {} }));
      const asked = resources.map(
        ({ id }, n) => `r${n}: node(id: "${id}") { ...on Resource { sharedWith { totalCount nodes { ${ENTRY} } } } }`,
      );
      const pages = Object.values(await ask(owner, `{ ${asked.join('\n')} }`)) as {
        sharedWith: { totalCount: number; nodes: Entry[] };
      }[];
      resources.forEach((resource, n) => {
        const expected = grantees
          .map((grantee) => expectedOf(workspace, grantee, resource))
          .filter(({ shares }) => shares.length > 0);
        expect(pages[n]?.sharedWith.nodes.map(sorted)).toEqual(expected.sort(byGrantee));
        expect(pages[n]?.sharedWith.totalCount).toBe(expected.length);
      });
      count.cases += resources.length;

      for (const connection of connections) {
        const oracle = new Oracle(workspace, { connection });
        const expected = resources
          .filter((resource) => !resource.inTrash && oracle.reaches(resource))
          .sort(lastEditedFirst)
          .map((resource) => expectedOf(workspace, { connection }, resource));
        const reach = `reach(first: 100) { totalCount nodes { ${ENTRY} } } backwards: reach(last: 2) { nodes { resource { id } } }`;
        const [whole, own] = await Promise.all([
          ask(owner, `{ installation(id: "${connection.installationId}") { ${reach} } }`),
          ask({ connection }, `{ viewer { installation { ${reach} } } }`),
        ]);
        const seen = (whole as unknown as { installation: { reach: { totalCount: number; nodes: Entry[] } } })
          .installation;
        expect(seen.reach.nodes.map(sorted)).toEqual(expected);
        expect(seen.reach.totalCount).toBe(expected.length);
        expect(seen).toMatchObject({ backwards: { nodes: expected.slice(-2).map(({ resource }) => ({ resource })) } });
        // The connection itself sees the same, but for pages whose shares its capabilities leave nothing of.
        const nameable = (at: { id: string } | null) =>
          oracle.reaches(oracle.resource(at?.id) as ResourceModel) ? at : null;
        const ownly = expected.map((entry) => ({
          ...entry,
          shares: entry.shares.map((share) => ({ ...share, resource: nameable(share.resource) })),
        }));
        const held = (own as unknown as { viewer: { installation: { reach: { nodes: Entry[] } } } }).viewer
          .installation;
        expect(held.reach.nodes.map(sorted)).toEqual(ownly);
        expect(held).toMatchObject({ reach: { totalCount: expected.length } });
        count.cases += expected.length + 1;
      }
      count.worlds++;
    }),
    settings,
  );
  tally('both sides of shares', count, started);
});
