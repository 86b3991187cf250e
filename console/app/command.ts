// One way to run a mutation: what the gateway refuses comes back as sentences by the field they are about.

import { notifications } from '@mantine/notifications';
import { useCallback, useState } from 'react';
import { type AnyVariables, type DocumentInput, useClient } from 'urql';
import { wordsOf } from './gateway';

export interface UserError {
  code: string;
  message: string;
  path?: readonly string[] | null;
}

/** What a payload has in common. */
interface Answered {
  userErrors: readonly UserError[];
}

export type Outcome<Payload> = { is: 'done'; payload: Payload } | { is: 'refused'; errors: readonly UserError[] };

/** Runs a mutation with one field. `pick` takes that field out of the answer. While it runs, `running` is true. */
export function useCommand<Data, Variables extends AnyVariables, Payload extends Answered>(
  document: DocumentInput<Data, Variables>,
  pick: (data: Data) => Payload,
): { run(variables: Variables): Promise<Outcome<Payload>>; running: boolean } {
  const client = useClient();
  const [running, setRunning] = useState(false);
  const run = useCallback(
    async (variables: Variables): Promise<Outcome<Payload>> => {
      setRunning(true);
      try {
        const { data, error } = await client.mutation(document, variables).toPromise();
        if (!data) return { is: 'refused', errors: [{ code: 'INTERNAL', message: wordsOf(error) }] };
        const payload = pick(data);
        return payload.userErrors.length > 0 ? { is: 'refused', errors: payload.userErrors } : { is: 'done', payload };
      } finally {
        setRunning(false);
      }
    },
    [client, document, pick],
  );
  return { run, running };
}

/** Errors as a form wants them: by the last word of their path. Those about no field of it are under `''`. */
export function byField(errors: readonly UserError[], fields: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { path, message } of errors) {
    const field = path?.findLast((part) => fields.includes(part)) ?? '';
    found[field] = found[field] === undefined ? message : `${found[field]} ${message}`;
  }
  return found;
}

/** Tells in the corner of the page what was refused. */
export const tellErrors = (errors: readonly UserError[]): void =>
  void notifications.show({
    color: 'red',
    title: 'Nothing was changed',
    message: errors.map((e) => e.message).join(' '),
  });

/** Tells in the corner of the page what was done. */
export const tellDone = (message: string): void => void notifications.show({ message });
