// How resolvers get what they ask for. Before each call TypeGraphQL makes instances of the classes of arguments and of the
// row a field stands on, finding their members in its metadata anew. Ours are plain values that graphql-js has checked and
// completed already; they are handed over as they are.

import { getMetadataStorage } from 'type-graphql';

interface ResolverData {
  root: unknown;
  args: Record<string, unknown>;
}

/** What TypeGraphQL knows of a parameter, as far as it matters here. */
type Param =
  | { kind: 'root'; index: number; propertyName?: string | undefined; getType?: unknown }
  | { kind: 'args'; index: number }
  | { kind: 'arg'; index: number; name: string }
  | { kind: 'context' | 'info' | 'pubSub'; index: number }
  | { kind: 'custom'; index: number; options: object; resolver(data: ResolverData): unknown };

interface Handler {
  params?: Param[];
}

/** Call after each schema TypeGraphQL builds: it reads the parameters anew for the next one. */
export function handOverAsIs(): void {
  const { queries, mutations, subscriptions, fieldResolvers } = getMetadataStorage() as unknown as Record<
    'queries' | 'mutations' | 'subscriptions' | 'fieldResolvers',
    Handler[]
  >;
  for (const handler of [...queries, ...mutations, ...subscriptions, ...fieldResolvers]) {
    if (handler.params) handler.params = handler.params.map(asIs);
  }
}

function asIs(param: Param): Param {
  const { index } = param;
  switch (param.kind) {
    case 'args':
      return { kind: 'custom', index, options: {}, resolver: ({ args }) => args };
    case 'arg':
      return { kind: 'custom', index, options: {}, resolver: ({ args }) => args[param.name] };
    case 'root':
      return { ...param, getType: undefined };
    default:
      return param;
  }
}
