// Every fact of test/gate/facts, asked at every door. A fact names what an asker reads, what it holds (its id and
// nothing else) and what it misses; the twins of each allowed case are the refused ones beside it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { epochOf } from '../../src/events/epoch.js';
import { cursorOf } from '../../src/feed/cursor.js';
import { type Holder, pathOfFile } from '../../src/file/file-url.js';
import { CursorSeal } from '../../src/lib/cursor.js';
import { clientOf, follow, until } from '../server/sockets.js';
import { Scanner } from './canary.js';
import type { Document } from './document.js';
import { type Body, PERSON_DOORS, type Place, RESOURCE_DOORS, SCHEMA_DOORS } from './doors.js';
import { type Fact, type Facts, factFiles, readFacts } from './facts.js';
import { type ConnectionModel, newPerson, secretsOf } from './model.js';
import { MUTATION_DOORS } from './mutation-doors.js';
import { type Answered, Garden } from './plant.js';

const SAID = { WHOLE: 'reads', ID: 'holds the id of', NOTHING: 'does not see' };

let garden: Garden;
beforeAll(async () => {
  garden = await Garden.open();
});
afterAll(() => garden[Symbol.asyncDispose]());

/** By whom a fact is asked: the asker itself, or an owner who acts as it. */
type By = (facts: Facts, fact: Fact, document: Document) => Promise<Answered>;

const itself: By = ({ workspace }, { asker }, document) => garden.ask(workspace, asker, document);

const actingAs =
  (connection: ConnectionModel): By =>
  ({ workspace }, _, document) =>
    garden.askActing(workspace, { connection }, document);

/** The asker's place in the world of a file, where whatever comes back is searched for what is hidden from it.
 *  The same question of the same asker is sent once: several doors look at the same answer. */
function placeOf(facts: Facts, fact: Fact, by: By): Place {
  const { workspace, elsewhere } = facts;
  const shown = new Set<string>([
    ...workspace.resources.filter(({ id }) => fact.seen.get(id) === 'WHOLE').map(({ title }) => title),
    ...workspace.people.filter(fact.name).map(({ name }) => name),
    ...workspace.people.filter(fact.email).map(({ email }) => email),
    ...('connection' in fact.asker ? [fact.asker.connection.name] : []),
    ...(fact.refused.includes('users') ? [] : workspace.connections.map(({ name }) => name)),
  ]);
  const scanner = new Scanner([...secretsOf(workspace), ...secretsOf(elsewhere)]);
  const answers = new Map<string, Promise<Body>>();
  const owner = newPerson({ role: 'OWNER' });
  const foreign = new Scanner(secretsOf(elsewhere));
  return {
    ...facts,
    fact,
    sendAsOwner: async ({ query, variables = {} }) => {
      const { body, bytes } = await garden.ask(workspace, { person: owner }, { query, variables });
      expect(foreign.find(bytes), query).toEqual([]);
      return body;
    },
    send: ({ query, variables = {} }) => {
      const key = JSON.stringify([query, variables]);
      const known = answers.get(key);
      if (known) return known;
      const answer = by(facts, fact, { query, variables }).then(({ body, bytes }) => {
        expect(
          scanner.find(bytes, (secret) => shown.has(secret)),
          query,
        ).toEqual([]);
        return body;
      });
      answers.set(key, answer);
      return answer;
    },
  };
}

for (const file of factFiles()) {
  const facts = readFacts(file);
  describe(facts.title, () => {
    beforeAll(async () => {
      await garden.plant(facts.workspace, facts.elsewhere);
      await garden.attach(facts.workspace, facts.elsewhere);
      await garden.happen();
    });
    for (const fact of facts.facts) {
      const { asker } = fact;
      test(`"${fact.askerName}": ${fact.because}`, () => expectFact(facts, fact, itself));
      if ('connection' in asker) {
        test(`"${fact.askerName}" fetches the files of what it reads, and no other`, async () => {
          await expectFiles(facts, fact, asker.connection);
        });
        test(`"${fact.askerName}", the same for an owner who acts as it`, () =>
          expectFact(facts, fact, actingAs(asker.connection)));
      }
    }
  });
}

/** Follows over a socket from the beginning of the log: what is read there was told, and nothing else. */
async function expectReplay({ workspace, elsewhere }: Facts, fact: Fact, connection: ConnectionModel): Promise<void> {
  const { world } = garden;
  const seal = new CursorSeal(world.store.keys, `${workspace.id} CONNECTION ${connection.botId}`);
  const bounds = { epoch: await epochOf(world.store.reader()), floor: 0, head: 0 };
  const client = clientOf(world, { token: connection.token, connectionId: '', installationId: '' });
  const following = follow(client, { after: cursorOf({ cursors: seal }, bounds, 0) });
  const caughtUp = until(() => following.envelopes().some(({ kind }) => kind === 'CAUGHT_UP'));
  const ended = await Promise.race([caughtUp, following.ended]);
  following.stop();
  await client.dispose();
  const due = workspace.resources.filter(({ id }) => fact.seen.get(id) === 'WHOLE').map(({ id }) => id);
  const refused = fact.refused.includes('pages');
  expect.soft(ended === undefined, `following is ${refused ? 'refused' : 'answered'}`).toBe(!refused);
  if (refused) expect.soft(ended).toMatchObject([{ extensions: { code: 'CAPABILITY_MISSING' } }]);
  const told = following.envelopes().flatMap(({ event }) => event?.resourceId ?? []);
  expect.soft(told.toSorted(), `what ${fact.askerName} is told over a socket`).toEqual(refused ? [] : due.toSorted());
  const shown = new Set(workspace.resources.filter(({ id }) => due.includes(id)).map(({ title }) => title));
  const scanner = new Scanner([...secretsOf(workspace), ...secretsOf(elsewhere)]);
  expect(scanner.find(JSON.stringify(following.deliveries), (secret) => shown.has(secret))).toEqual([]);
}

/** Asks for the address of the picture of every page and fetches it. Where there is none, one that is rightly signed for
 *  the same asker is tried: it leads to nothing. */
async function expectFiles(facts: Facts, fact: Fact, connection: ConnectionModel): Promise<void> {
  const { store, url: root } = garden.world;
  const { workspace } = facts;
  const { send } = placeOf(facts, fact, itself);
  const holder: Holder = {
    workspaceId: workspace.id,
    kind: 'INSTALLATION',
    id: connection.installationId,
    by: { kind: 'NOTHING' },
  };
  const nothing = await fetch(`${root}/files/AAAA`).then((answer) => answer.text());
  const pages = workspace.resources.filter(({ kind }) => kind === 'Page');
  const looks = pages.map(async ({ id, kind, title, name }) => {
    const reads = fact.seen.get(id) === 'WHOLE';
    const query = 'query Q($id: ID!) { page(id: $id) { cover { url } } }';
    const { data } = await send({ query, variables: { id } });
    const shown = (data?.page as { cover: { url: string } | null } | null)?.cover?.url ?? null;
    const sentence = `${fact.askerName} ${reads ? 'fetches' : 'does not fetch'} the picture of ${kind} ${name}`;
    expect.soft(shown !== null, sentence).toBe(reads);
    const expiresAt = new Date(Date.now() + 60_000);
    const forged = pathOfFile(store.keys, { door: 'DOWNLOAD', holder, resourceId: id, fileId: id, expiresAt });
    for (const address of [shown, root + forged]) {
      if (address === null) continue;
      const answer = await fetch(address);
      expect.soft([answer.status, await answer.text()], sentence).toEqual(reads ? [200, title] : [404, nothing]);
    }
  });
  await Promise.all(looks);
}

/** Asks at every door, and expects what the fact says. */
async function expectFact(facts: Facts, fact: Fact, by: By): Promise<void> {
  const { logLines } = garden.world;
  logLines.length = 0;
  const place = placeOf(facts, fact, by);
  const met = new Set<string>();
  for (const resource of facts.workspace.resources) {
    const truth = fact.seen.get(resource.id)!;
    const looks = [...RESOURCE_DOORS, ...MUTATION_DOORS].map(async (door) => {
      const due = door.shows?.(truth, resource) ?? truth;
      const sentence = `${fact.askerName} ${SAID[due]} ${resource.name} at the door "${door.name}"`;
      const seen = await door.ask(place, resource).catch((error: Error) => `${sentence}: ${error.message}`);
      if (seen === undefined) return;
      expect.soft(seen, sentence).toBe(due);
      met.add(door.name);
    });
    await Promise.all(looks);
  }
  for (const person of facts.workspace.people) {
    const due = {
      name: fact.name(person) ? person.name : null,
      email: fact.email(person) ? person.email : null,
    };
    for (const door of PERSON_DOORS) {
      const sentence = `${fact.askerName} sees of a ${person.role} what it may at the door "${door.name}"`;
      const seen = await door.ask(place, person).catch((error: Error) => `${sentence}: ${error.message}`);
      if (seen === undefined) continue;
      expect.soft(seen, sentence).toEqual(due);
      met.add(door.name);
    }
  }
  for (const root of ['pages', 'databases', 'users']) {
    const { data, errors } = await place.send({ query: `{ ${root}(first: 1) { totalCount } }` });
    const refused = fact.refused.includes(root);
    expect.soft(data?.[root] === null, `${root} is ${refused ? 'refused' : 'answered'}`).toBe(refused);
    expect.soft(errors?.map(({ extensions }) => extensions?.code) ?? []).toEqual(refused ? ['CAPABILITY_MISSING'] : []);
  }
  const others = facts.workspace.people.filter((one) => !('person' in fact.asker) || one !== fact.asker.person);
  const may = {
    'Query.pages': !fact.refused.includes('pages'),
    'Query.databases': !fact.refused.includes('databases'),
    'Query.users': !fact.refused.includes('users'),
    'Page.title': !fact.refused.includes('pages'),
    'PageFilter.title': !fact.refused.includes('pages'),
    'Person.name': others.every(fact.name),
    'Person.email': others.every(fact.email),
    'UserFilter.email': others.every(fact.email),
    'Person.id': true,
    'Page.id': true,
    'Query.node': true,
  };
  for (const [coordinate, due] of Object.entries(may)) {
    for (const door of SCHEMA_DOORS) {
      const sentence = `${fact.askerName} ${due ? 'may' : 'may not'} use ${coordinate} at the door "${door.name}"`;
      const said = await door.ask(place, coordinate).catch((error: Error) => error.message);
      if (said !== undefined) expect.soft(said, sentence).toBe(due);
    }
  }
  const listed = facts.workspace.resources.filter(
    (one) => one.kind === 'Page' && !one.inTrash && fact.seen.get(one.id) === 'WHOLE',
  );
  if (may['Query.pages']) {
    const { data } = await place.send({ query: '{ pages(first: 1) { totalCount pageInfo { hasNextPage } } }' });
    const due = { totalCount: listed.length, pageInfo: { hasNextPage: listed.length > 1 } };
    expect.soft(data?.pages, 'counts and hasNextPage speak of what may be read').toEqual(due);
  }
  if ('connection' in fact.asker) await expectReplay(facts, fact, fact.asker.connection);
  expect(met.size, 'most doors were open').toBeGreaterThan(15);
  expect(new Scanner(secretsOf(facts.workspace)).find(logLines.join('\n'))).toEqual([]);
}
