// Watches operations from the outside: how each ended, for metrics, traces and usage, and whose log its faults belong
// to. Names, documents and values of clients are never handed on.

import type { ApolloServerPlugin } from '@apollo/server';
import type { Context } from '../context.js';
import type { Actor } from '../gate/actor.js';
import type { Bits } from '../gate/capability.js';
import type { Redaction } from '../gate/redactions.js';
import type { Id } from '../lib/id.js';
import type { Logger } from '../lib/log.js';
import type { OperationFacts } from '../lib/tracing.js';

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

/** Several that count, one after the other. */
export const observers = (...all: readonly Observer[]): Observer => ({
  operation: (report) => {
    for (const one of all) one.operation(report);
  },
  denied: (coordinate, actor) => {
    for (const one of all) one.denied(coordinate, actor);
  },
});

export interface Observing {
  observer?: Observer | undefined;
  describe?: ((facts: OperationFacts) => void) | undefined;
  /** Whether answers say how many statements they took. */
  showStatements?: boolean | undefined;
  /** Gets the log of its request for every error that came up. */
  logs: WeakMap<object, Logger>;
}

/** The plugin that watches each operation of an Apollo Server. */
export const observing = ({ observer, describe, showStatements, logs }: Observing): ApolloServerPlugin<Context> => ({
  requestDidStart: async () => {
    const startedAt = performance.now();
    return {
      didEncounterErrors: async ({ errors, contextValue }) => {
        for (const error of errors) logs.set(error, contextValue.log);
      },
      willSendResponse: async ({ operation, response, contextValue }) => {
        if (response.body.kind !== 'single') return;
        const { singleResult } = response.body;
        if (showStatements) {
          singleResult.extensions = { ...singleResult.extensions, statements: contextValue.reader.sent };
        }
        const codes = (singleResult.errors ?? []).map(({ extensions }) => String(extensions?.code ?? 'INTERNAL'));
        const type = operation?.operation ?? null;
        describe?.({ type, name: operation?.name?.value ?? null, codes });
        observer?.operation({
          type,
          codes,
          seconds: (performance.now() - startedAt) / 1_000,
          redactions: contextValue.redactions.list() ?? [],
          actor: contextValue.actor,
          points: contextValue.bill?.actual ?? 0,
          used: contextValue.used,
          seen: contextValue.seen,
        });
      },
    };
  },
});
