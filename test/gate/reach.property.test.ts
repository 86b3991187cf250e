// The gateway against the oracle: random trees, shares, capability sets and questions. A case is one (world, actor,
// question).

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeQuestion, makeWorld, questionShape, worldShape } from './arbitraries.js';
import { Scanner } from './canary.js';
import { CASES_TIMEOUT_MS, cases, tally } from './cases.js';
import { documentOf, portionsOf } from './document.js';
import { faultsOf, report } from './judge.js';
import { secretsOf } from './model.js';
import { Oracle } from './oracle.js';
import { Garden } from './plant.js';

const QUESTIONS = 50;

test('every answer is the one the oracle gives: nothing leaks and nothing is withheld', {
  timeout: CASES_TIMEOUT_MS,
}, async () => {
  await using garden = await Garden.open({ maxCost: 100_000 });
  const title = 'reach';
  const settings = cases(title, 200);
  const count = { worlds: 0, cases: 0 };
  const sets = new Set<string>();
  const started = Date.now();
  const asked = fc.array(fc.option(questionShape, { freq: 10_000 }), {
    minLength: QUESTIONS,
    maxLength: QUESTIONS,
  });
  await fc.assert(
    fc.asyncProperty(worldShape, asked, async (shape, asked) => {
      const world = makeWorld(shape);
      const { workspace, neighbour, askers } = world;
      await garden.plant(workspace, neighbour);
      const { logLines } = garden.world;
      logLines.length = 0;
      const scanner = new Scanner([...secretsOf(workspace), ...secretsOf(neighbour)]);
      const questions = asked.flatMap((one, index) => (one ? [makeQuestion(one, world, `q${index}`)] : []));
      const batches = askers.flatMap((asker, turn) =>
        portionsOf(questions.filter((_, index) => index % askers.length === turn)).map((fields) => ({ asker, fields })),
      );
      await Promise.all(
        batches.map(async ({ asker, fields }) => {
          const document = documentOf(fields);
          const answered = await garden.ask(workspace, asker, document);
          const expected = new Oracle(workspace, asker).answer(fields);
          const faults = faultsOf(fields, expected, answered, scanner);
          if (faults.length > 0) throw new Error(report(workspace, asker, document, faults));
          count.cases += fields.length;
          if ('connection' in asker) sets.add(asker.connection.capabilities.join());
        }),
      );
      expect(scanner.find(logLines.join('\n'))).toEqual([]);
      count.worlds++;
    }),
    settings,
  );
  tally(`${title}, ${sets.size} of 96 capability sets`, count, started);
});
