// Watches operations from the outside: how each ended, for metrics, traces and usage, and whose log its faults belong
// to. Names, documents and values of clients are never handed on.

import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError, OperationDefinitionNode } from 'graphql';
import type { Context } from '../context.js';
import type { Actor } from '../gate/actor.js';
import type { Bits } from '../gate/capability.js';
import type { Redaction } from '../gate/redactions.js';
import type { Id } from '../lib/id.js';
import type { Logger } from '../lib/log.js';
import type { OperationFacts } from '../lib/tracing.js';
import { reportOf } from './bill.js';

export interface OperationReport {
  /** query, mutation or subscription; `null` when the document could not be read. */
  type: string | null;
  /** Codes of its errors, in their order; none when all went well. */
  codes: readonly string[];
  seconds: number;
  redactions: readonly Redaction[];
  actor: Actor;
  /** What it came to. */
  points: number;
  /** Capabilities by which something in it was let pass. */
  used: Bits;
  /** Pages, databases and data sources it read. */
  seen: readonly (readonly { id: Id }[])[];
}

/** Who counts. Handed in, so that nothing below the server knows how. */
export interface Observer {
  operation(report: OperationReport): void;
  /** `actor` was refused a field, an argument or an input, with an error; receipts come with the operation. */
  denied(coordinate: string, actor: Actor): void;
}

/** Several that count, each what it wants to, one after the other. */
export const observers = (...all: readonly Partial<Observer>[]): Observer => ({
  operation: (report) => {
    for (const one of all) one.operation?.(report);
  },
  denied: (coordinate, actor) => {
    for (const one of all) one.denied?.(coordinate, actor);
  },
});

export interface Observing {
  observer?: Observer | undefined;
  describe?: ((facts: OperationFacts) => void) | undefined;
  /** Whether answers say how many statements they took. */
  showStatements?: boolean | undefined;
}

/** An operation whose answer is about to be written. */
export interface Ending {
  ctx: Context;
  operation: OperationDefinitionNode | undefined;
  /** Its answer; `extensions` are added to. */
  result: { errors?: readonly GraphQLFormattedError[]; extensions?: Record<string, unknown> | undefined };
  startedAt: number;
}

/** What happens at the end of each operation: its answer says what it cost, and it is counted. */
export function ending({ observer, describe, showStatements }: Observing) {
  const complete = ({ ctx, result }: Ending): void => {
    if (ctx.bill) result.extensions = { ...result.extensions, cost: reportOf(ctx.bill) };
    if (showStatements) result.extensions = { ...result.extensions, statements: ctx.reader.sent };
  };

  const count = ({ ctx, operation, result }: Ending, seconds: number, actor: Actor): void => {
    const codes = (result.errors ?? []).map(({ extensions }) => String(extensions?.code ?? 'INTERNAL'));
    const type = operation?.operation ?? null;
    describe?.({ type, name: operation?.name?.value ?? null, codes });
    observer?.operation({
      type,
      codes,
      seconds,
      redactions: ctx.redactions.list() ?? [],
      actor,
      points: ctx.bill?.actual ?? 0,
      used: ctx.used,
      seen: ctx.seen,
    });
  };

  return {
    end: (operation: Ending): void => {
      complete(operation);
      count(operation, secondsOf(operation), operation.ctx.actor);
    },
    /** For an answer that several get: it is completed once, and counted for each by what comes of it. */
    endForSeveral: (operation: Ending): ((to: Actor) => void) => {
      complete(operation);
      const seconds = secondsOf(operation);
      return (to) => count(operation, seconds, to);
    },
  };
}

const secondsOf = ({ startedAt }: Ending): number => (performance.now() - startedAt) / 1_000;

/** The plugin that watches each operation Apollo answers. `logs` gets the log of its request for every error that came
 *  up. */
export const observing = (
  logs: WeakMap<object, Logger>,
  end: (ending: Ending) => void,
): ApolloServerPlugin<Context> => ({
  requestDidStart: async ({ contextValue }) => {
    const startedAt = contextValue.executed?.startedAt ?? performance.now();
    return {
      didEncounterErrors: async ({ errors, contextValue }) => {
        for (const error of errors) logs.set(error, contextValue.log);
      },
      willSendResponse: async ({ operation, response, contextValue }) => {
        if (response.body.kind !== 'single') return;
        end({ ctx: contextValue, operation, result: response.body.singleResult, startedAt });
      },
    };
  },
});
