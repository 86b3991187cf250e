// Every fact of test/gate/facts, asked at every door. A fact names what an asker reads, what it holds (its id and
// nothing else) and what it misses; the twins of each allowed case are the refused ones beside it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { epochOf } from '../../src/events/epoch.js';
import { EVENT_TYPES } from '../../src/events/event.js';
import { cursorOf } from '../../src/feed/cursor.js';
import { type Holder, pathOfFile } from '../../src/file/file-url.js';
import { CursorSeal } from '../../src/lib/cursor.js';
import { type Id, newId } from '../../src/lib/id.js';
import { projectDue } from '../../src/webhook/project.js';
import type { Sending } from '../../src/webhook/told.js';
import { clientOf, follow, until } from '../server/sockets.js';
import { Scanner } from './canary.js';
import type { Document } from './document.js';
import { type Body, COMMENT_DOORS, PERSON_DOORS, type Place, RESOURCE_DOORS, SCHEMA_DOORS } from './doors.js';
import { type Fact, type Facts, factFiles, readFacts } from './facts.js';
import { type ConnectionModel, newPerson, secretsOf, textsOn } from './model.js';
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
    ...workspace.resources.filter(fact.hears).flatMap(textsOn),
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

/** Ids of the comments that are heard. */
const heardBy = ({ resources }: Facts['workspace'], fact: Fact): Id[] =>
  resources
    .filter(fact.hears)
    .flatMap(({ discussions }) => discussions.flatMap(({ comments }) => comments.map(({ id }) => id)));

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
  const read = workspace.resources.filter(({ id }) => fact.seen.get(id) === 'WHOLE').map(({ id }) => id);
  const due = [...read, ...heardBy(workspace, fact)];
  const refused = fact.refused.includes('pages');
  expect.soft(ended === undefined, `following is ${refused ? 'refused' : 'answered'}`).toBe(!refused);
  if (refused) expect.soft(ended).toMatchObject([{ extensions: { code: 'CAPABILITY_MISSING' } }]);
  const told = following.envelopes().flatMap(({ event }) => event?.resourceId ?? []);
  expect.soft(told.toSorted(), `what ${fact.askerName} is told over a socket`).toEqual(refused ? [] : due.toSorted());
  const shown = new Set(workspace.resources.filter(({ id }) => due.includes(id)).map(({ title }) => title));
  const scanner = new Scanner([...secretsOf(workspace), ...secretsOf(elsewhere)]);
  expect(scanner.find(JSON.stringify(following.deliveries), (secret) => shown.has(secret))).toEqual([]);
}

/** What of it is shown besides the ids of the envelope. */
const SHOWN_BY_WEBHOOK = `subscription { events { event { resourceId authors { id }
  ... on PageEvent { page { id title } } ... on DatabaseEvent { database { id title } }
  ... on DataSourceEvent { dataSource { id title } } } } }`;

/** Has an endpoint told everything from the beginning of the log: deliveries are made of what is read, and of nothing else,
 *  and their bodies show it. Once the endpoint is gone, none is sent. */
async function expectDeliveries(
  { workspace, elsewhere }: Facts,
  fact: Fact,
  connection: ConnectionModel,
): Promise<void> {
  const { world } = garden;
  const id = newId();
  await world.sql(
    `insert into webhook_subscription (workspace_id, id, connection_id, url, event_types, document, state, verified_at, secret)
     select workspace_id, $2, id, 'https://hooks.example.org', $3, $4, 'ACTIVE', now(), '' from connection where id = $1`,
    [connection.id, id, EVENT_TYPES, SHOWN_BY_WEBHOOK],
  );
  await world.sql(
    `with begun as (insert into webhook_position (workspace_id, subscription_id, position) values ($1, $2, 0))
     insert into webhook_endpoint (workspace_id, subscription_id)
     select workspace_id, id from webhook_subscription where id = $2`,
    [workspace.id, id],
  );
  await projectDue(world.store);
  const due = workspace.resources.filter((one) => fact.seen.get(one.id) === 'WHOLE');
  const sendings = await world.sql<Sending & { resourceId: Id }>(
    `select workspace_id as "workspaceId", subscription_id as "subscriptionId", event_position::float8 as "eventPosition",
            sequence::float8 as sequence, previous_sequence::float8 as "previousSequence", 1 as attempt,
            resource_id as "resourceId"
       from delivery where subscription_id = $1 order by sequence`,
    [id],
  );
  expect
    .soft(sendings.map(({ resourceId }) => resourceId).toSorted(), `what ${fact.askerName} is told by webhook`)
    .toEqual(
      fact.refused.includes('pages')
        ? []
        : [...due.map(({ id: read }) => read), ...heardBy(workspace, fact)].toSorted(),
    );
  const shown = new Set(due.map(({ title }) => title));
  const scanner = new Scanner([...secretsOf(workspace), ...secretsOf(elsewhere)]);
  for (const sending of sendings) {
    const rendered = await world.gateway.renderDelivery(world.store.reader(), sending);
    // The words of a comment are not asked for: its id is what the body shows.
    const title = due.find((one) => one.id === sending.resourceId)?.title ?? sending.resourceId;
    expect
      .soft(JSON.stringify(rendered), `${fact.askerName} gets a body of ${title}`)
      .toContain(JSON.stringify(title).slice(1, -1));
    expect(scanner.find(JSON.stringify(rendered), (secret) => shown.has(secret))).toEqual([]);
  }
  await world.sql('update webhook_subscription set deleted_at = now() where id = $1', [id]);
  for (const sending of sendings.slice(0, 1))
    expect(await world.gateway.renderDelivery(world.store.reader(), sending)).toEqual({
      suppressed: 'SUBSCRIPTION_DELETED',
    });
}

/** Whether it may read comments at all, where they are shared. */
const hearsAnywhere = (asker: Fact['asker']): boolean =>
  !('connection' in asker) || asker.connection.capabilities.includes('COMMENT_READ');

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
  for (const page of facts.workspace.resources.filter(({ kind }) => kind === 'Page')) {
    for (const door of COMMENT_DOORS) {
      const isHeard = fact.hears(page) && (!door.needsPage || fact.seen.get(page.id) === 'WHOLE');
      const due = isHeard ? textsOn(page) : null;
      const sentence = `${fact.askerName} ${due ? 'reads' : 'does not see'} what was said on ${page.name} at the door "${door.name}"`;
      const heard = await door.ask(place, page).catch((error: Error) => `${sentence}: ${error.message}`);
      if (heard === undefined) continue;
      expect.soft(heard, sentence).toEqual(due);
      met.add(door.name);
    }
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
    'Comment.plainText': hearsAnywhere(fact.asker),
    'Query.discussions': hearsAnywhere(fact.asker),
    'Page.discussions': hearsAnywhere(fact.asker) && !fact.refused.includes('pages'),
    'Comment.id': true,
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
  // What is replayed and delivered is asked of the connection itself, whoever else may ask as it.
  if ('connection' in fact.asker && by === itself) {
    await expectReplay(facts, fact, fact.asker.connection);
    await expectDeliveries(facts, fact, fact.asker.connection);
  }
  expect(met.size, 'most doors were open').toBeGreaterThan(15);
  expect(new Scanner(secretsOf(facts.workspace)).find(logLines.join('\n'))).toEqual([]);
}
