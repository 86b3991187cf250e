// Two engines, one answer: random operations over the gateway's own schema, by random actors, run by graphql-js and
// compiled. Data to the byte and in order, errors, receipts, and what was asked of the store have to be the same.

import { type ExecutionResult, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { compileFor } from '../../src/api/compiled.js';
import { type Engine, interpret } from '../../src/api/engine.js';
import { executeOperation } from '../../src/api/execute.js';
import { buildGatewaySchema } from '../../src/api/schema.js';
import type { Actor } from '../../src/gate/actor.js';
import { bitsOfRole } from '../../src/gate/rules.js';
import { type Random, randomFrom, randomOperation } from './compiled-operations.js';
import { contextOn, idOf } from './compiled-world.js';

const OPERATIONS = 12_000;
const RUNS = 10; // of each document: other actors, other variables
const LIMIT_MS = 45_000; // what a slow machine does not get done by then is left out

const factor = Number(process.env.GATEHOUSE_CASES ?? 1);
const seed = process.env.GATEHOUSE_SEED ? Number(process.env.GATEHOUSE_SEED) : Date.now() | 0;

const { schema } = buildGatewaySchema();

const workspaceId = idOf('workspace', 0);

function randomActor(random: Random): Actor {
  if (random(8) === 0) {
    const role = (['GUEST', 'MEMBER', 'OWNER'] as const)[random(3)] ?? 'GUEST';
    return { kind: 'PERSON', workspaceId, personId: idOf('user', random(4)), role, bits: bitsOfRole(role) };
  }
  if (random(20) === 0) return { kind: 'OPERATOR', workspaceId, bits: 127 };
  const n = random(3);
  return {
    kind: 'CONNECTION',
    workspaceId,
    connectionId: idOf('connection', n),
    installationId: idOf('installation', n),
    botId: idOf('bot', n),
    installedById: null,
    bits: random(3) === 0 ? 127 : random(128),
  };
}

/** Where the data became null because of this error; shorter than the error's path when a non-null type passed it on. */
function nulledAt({ data }: ExecutionResult, path: readonly (string | number)[]): readonly (string | number)[] {
  let at: unknown = data;
  for (const [depth, key] of path.entries()) {
    if (at == null) return path.slice(0, depth);
    at = (at as Record<string | number, unknown>)[key];
  }
  return path;
}

/** What a client could tell two answers by. Which of several errors passes on through a non-null type is open. */
function told(result: ExecutionResult) {
  let passedOn = false;
  const errors = (result.errors ?? []).map((error) => {
    const path = error.path && nulledAt(result, error.path);
    if (!error.path || !path || path.length < error.path.length) {
      if (error.path) {
        passedOn = true;
        return JSON.stringify([path, 'passed on']);
      }
    }
    const cause = error.originalError?.constructor.name;
    return JSON.stringify([error.path, error.message, error.locations, error.extensions, cause]);
  });
  const receipts = (result.extensions?.redactions ?? []) as object[];
  return {
    data: JSON.stringify(result.data),
    errors: [...new Set(errors)].sort(),
    receipts: passedOn ? 'open' : receipts.map((receipt) => JSON.stringify(receipt)).sort(),
    passedOn,
  };
}

test(
  'Compiled operations answer as graphql-js does',
  async () => {
    const wanted = Math.round(OPERATIONS * factor);
    process.stderr.write(
      `Compiled execution: up to ${wanted} operations, seed ${seed} (again with GATEHOUSE_SEED=${seed})\n`,
    );
    const random = randomFrom(seed);
    const count = { documents: 0, invalid: 0, operations: 0, compiled: 0, errors: 0, receipts: 0, passedOn: 0 };
    const compiled = compileFor(schema, { after: 0, onRun: (how) => how === 'compiled' && count.compiled++ });
    const since = Date.now();
    while (count.operations < wanted && Date.now() - since < LIMIT_MS * Math.max(1, factor)) {
      const { text, variables } = randomOperation(schema, random);
      const document = parse(text);
      if (validate(schema, document).length > 0) {
        count.invalid++;
        continue;
      }
      count.documents++;
      for (let n = 0; n < RUNS; n++) {
        const operation = { document, variables: variables(random) };
        const actor = randomActor(random);
        const run = async (engine: Engine) => {
          const { ctx, calls } = contextOn(actor);
          const answer = told(await executeOperation(schema, ctx, operation, engine));
          return { ...answer, calls: answer.passedOn ? 'open' : calls.sort() };
        };
        const [expected, found] = [await run(interpret), await run(compiled)];
        const asked = `${text}\n${JSON.stringify(operation.variables)}\n${JSON.stringify(actor)}`;
        expect(found, asked).toEqual(expected);
        count.operations++;
        count.errors += expected.errors.length > 0 ? 1 : 0;
        count.receipts += expected.receipts.length > 0 ? 1 : 0;
        count.passedOn += expected.passedOn ? 1 : 0;
      }
    }
    process.stderr.write(
      `Compiled execution: ${JSON.stringify(count)}, ${((Date.now() - since) / 1000).toFixed(1)} s\n`,
    );
    expect(count.operations).toBeGreaterThanOrEqual(Math.min(wanted, 1_000));
    expect(count.compiled / count.operations).toBeGreaterThan(0.7);
    expect(count.documents).toBeGreaterThan(count.invalid);
  },
  (LIMIT_MS + 30_000) * Math.max(1, factor),
);
