// How many statements it takes to read shares from the side of pages: the number belongs to the document, whatever is
// found. The side of a connection is counted with everything else a connection asks (test/server/statements.test.ts).

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Id, newId } from '../../src/lib/id.js';
import { askAs, operatorIn } from '../asking.js';
import { openWorld, type World } from '../world.js';

const TRANSACTION_CONTROL = /^\s*(begin|commit|rollback|savepoint|release|set)\b/i;

let world: World;
let home: Id;
const readers: Id[] = [];
const pages: Id[] = Array.from({ length: 60 }, () => newId());

beforeAll(async () => {
  world = await openWorld({ limits: { maxCost: 10_000_000 } });
  home = await world.page({ title: 'Home' });
  await world.pages(pages.map((id, n) => ({ id, title: `Page ${n}`, under: n < 30 ? home : pages[n - 30] })));
  for (let n = 0; n < 12; n++) {
    const asker = await world.connection(['CONTENT_READ'], `Reader ${n}`);
    readers.push(asker.installationId);
    await world.share(asker, home);
    if (n % 3 === 0) for (const id of pages.slice(0, 8)) await world.share(asker, id, { access: ['READ'] });
  }
});
afterAll(() => world[Symbol.asyncDispose]());

const ENTRY = `grantee { id name } resource { id title } granted effective inherited
  shares { id resource { id title } grantee { id name } grantedBy { id name } installation { id connection { name } } }`;

/** Each with what it nests: two statements, and one for each level of lists and things in each other. */
const questions: Record<string, [question: (first: number) => string, atMost: number]> = {
  'whom pages are open to': [
    (first) => `{ pages(first: ${first}) { nodes { id sharedWith(first: 100) { totalCount nodes { ${ENTRY} } } } } }`,
    8,
  ],
  'the same along parents': [
    (first) =>
      `{ pages(first: ${first}) { nodes { sharedWith { nodes { grantee { id } } } parent { sharedWith { nodes { grantee { id } } } } } } }`,
    7,
  ],
  'what installations are shared and reach': [
    (first) => `{ nodes(ids: ${JSON.stringify(readers.slice(0, first))}) { ... on Installation {
      shares(first: 100) { totalCount nodes { resource { title } grantee { name } } }
      reach(first: 100) { totalCount nodes { ${ENTRY} } } } } }`,
    11,
  ],
  'whom to share with': [
    (first) =>
      `{ viewer { workspace { shareCandidates(first: ${first}) { totalCount nodes { id name ... on Bot { installationId } } } } } }`,
    5,
  ],
};

describe('The number of statements does not depend on how much is found', () => {
  test.each(Object.entries(questions))('%s', async (_, [question, atMost]) => {
    const counts: number[] = [];
    for (const first of [1, 3, 12]) {
      world.statements.length = 0;
      const { errors } = await askAs(world, operatorIn(world), question(first));
      expect(errors).toBeUndefined();
      counts.push(world.statements.filter((text) => !TRANSACTION_CONTROL.test(text)).length);
    }
    // Two branches of a document may ask for the same in one breath, or not: never for each of what they found.
    expect(Math.max(...counts), `statements: ${counts.join(', ')}`).toBeLessThanOrEqual(atMost);
  });
});
