// The server one would write in an afternoon: Apollo's standalone server with its default plugins over TypeGraphQL
// classes, a token looked up for each request, the statements of src/content/local.ts by hand, no gate beyond them.

import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import DataLoader from 'dataloader';
import pg from 'pg';
import {
  Arg,
  buildSchema,
  Ctx,
  Field,
  FieldResolver,
  GraphQLISODateTime,
  ID,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { serveCpuTime } from './measured.js';
import { COLUMNS, LIST_SQL, REACH, TOKEN_SQL } from './stock-sql.js';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });

@ObjectType()
class Page {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  title!: string | null;

  @Field(() => Int, { nullable: true })
  version!: number | null;

  @Field(() => Boolean, { nullable: true })
  inTrash!: boolean | null;

  @Field(() => GraphQLISODateTime, { nullable: true })
  createdAt!: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true })
  lastEditedAt!: Date | null;
}

@ObjectType()
class PageList {
  @Field(() => [Page])
  nodes!: Page[];
}

interface Asker {
  workspaceId: string;
  installationId: string;
  bits: number;
}

interface Context extends Asker {
  children: Map<number, DataLoader<string, Page[]>>;
}

const actorValues = ({ workspaceId, installationId, bits }: Asker) => [
  workspaceId,
  installationId,
  bits & 31,
  bits & 96,
];

@Resolver(() => Page)
class PageResolver {
  @Query(() => PageList)
  async pages(@Arg('first', () => Int) first: number, @Ctx() ctx: Context): Promise<PageList> {
    const { rows } = await pool.query(LIST_SQL, [...actorValues(ctx), first + 1]);
    return { nodes: rows.slice(0, first).map(toPage) };
  }

  @FieldResolver(() => PageList)
  async children(@Root() page: Page, @Arg('first', () => Int) first: number, @Ctx() ctx: Context): Promise<PageList> {
    const loader = ctx.children.get(first) ?? childLoader(ctx, first);
    ctx.children.set(first, loader);
    return { nodes: await loader.load(page.id) };
  }
}

const toPage = (row: object): Page => Object.assign(new Page(), row);

const childLoader = (ctx: Context, first: number): DataLoader<string, Page[]> =>
  new DataLoader(async (ids) => {
    const { rows } = await pool.query(
      `select child.*, parent.id as "underId"
         from unnest($5::uuid[]) as parent(id)
         cross join lateral (
           select r.kind, r.parent_id as "parentId", ${COLUMNS}
             from resource r cross join lateral ${REACH}
            where r.workspace_id = $1 and r.parent_id = parent.id and r.kind <> 'DataSource'
              and not r.in_trash and reach.access & 1 = 1
            order by r.created_at asc, r.id asc limit $6) child`,
      [...actorValues(ctx), ids, first + 1],
    );
    return ids.map((id) =>
      rows
        .filter((row) => row.underId === id)
        .slice(0, first)
        .map(toPage),
    );
  });

async function asker(authorization: string | undefined): Promise<Asker> {
  createHash('sha256')
    .update(authorization ?? '')
    .digest(); // the gateway keeps keyed hashes; the key stays with it
  const { rows } = await pool.query(TOKEN_SQL, [Buffer.from(process.env.BENCH_TOKEN_HASH ?? '', 'hex')]);
  const [row] = rows as Asker[];
  if (!row) throw new Error('Nobody');
  return row;
}

const server = new ApolloServer<Context>({ schema: await buildSchema({ resolvers: [PageResolver] }) });
const { url } = await startStandaloneServer(server, {
  listen: { port: 0, host: '127.0.0.1' },
  context: async ({ req }) => ({ ...(await asker(req.headers.authorization)), children: new Map() }),
});
serveCpuTime(Number(new URL(url).port));
