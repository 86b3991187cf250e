// The independent answer: what design §3 says an asker sees, found by walking parents one by one over plain data.
// Written from docs alone; it shares nothing with the engine, no bits, no SQL, no rule table.

import type { Capability, ShareAccess } from '../../src/gate/capability.js';
import type { Id } from '../../src/lib/id.js';
import { lastEditedFirst, matches, oldestFirst, type ResourceFilter, type TextFilter, text } from './listing.js';
import {
  type AskerModel,
  type ConnectionModel,
  type Field,
  INTERFACES,
  impliedToo,
  keyOf,
  NEEDS,
  type ResourceModel,
  type WorkspaceModel,
} from './model.js';
import { asThing, list, listField, plain, type Thing } from './things.js';

export interface Expected {
  data: Record<string, unknown>;
  /** Paths of fields that answer with CAPABILITY_MISSING. */
  refused: string[];
  /** `coordinate path needs` of each receipt, and how often. */
  receipts: Map<string, number>;
}

/** The capability each access needs. */
export const NEEDED: Record<ShareAccess, Capability> = {
  READ: 'CONTENT_READ',
  UPDATE: 'CONTENT_UPDATE',
  INSERT: 'CONTENT_INSERT',
  COMMENT_READ: 'COMMENT_READ',
  COMMENT_INSERT: 'COMMENT_INSERT',
};

const BOTH = 'CONTENT_READ+COMMENT_READ';

class Refused extends Error {}

/** The filters of rows that are asked about. */
interface RowQuestion {
  property?: Partial<Record<'people' | 'relation', { contains?: string[]; isEmpty?: boolean }>> & { id: string };
}

export class Oracle {
  private readonly capabilities: Set<Capability>;

  constructor(
    readonly workspace: WorkspaceModel,
    readonly asker: AskerModel,
  ) {
    const everything = Object.values(NEEDED).concat('USER_READ', 'USER_READ_EMAIL');
    this.capabilities = new Set(
      'connection' in asker
        ? impliedToo(asker.connection.capabilities).filter(
            (name) => name !== 'USER_READ_EMAIL' || asker.connection.installedBy?.role !== 'GUEST',
          )
        : asker.person.role === 'GUEST'
          ? everything.filter((name) => name !== 'USER_READ_EMAIL')
          : everything,
    );
  }

  /** Which of the five the asker has on this resource: the union of the live shares on it and above, cut by what it may,
   *  and by what a person who installed it for herself reaches. */
  access(resource: ResourceModel): Set<ShareAccess> {
    const all = Object.keys(NEEDED) as ShareAccess[];
    if ('person' in this.asker && this.asker.person.role !== 'GUEST') return new Set(all);
    const open = this.opened(resource, 'connection' in this.asker ? this.asker.connection : this.asker.person);
    const hers = 'connection' in this.asker ? this.asker.connection.installedBy : null;
    const within = hers?.role === 'GUEST' ? this.opened(resource, hers) : new Set(all);
    return new Set([...open].filter((one) => within.has(one) && this.capabilities.has(NEEDED[one])));
  }

  /** The union of the live shares on a resource and above. */
  private opened(resource: ResourceModel, { shares }: Pick<ConnectionModel, 'shares'>): Set<ShareAccess> {
    const open = new Set<ShareAccess>();
    for (let at: ResourceModel | undefined = resource; at; at = this.resource(at.parentId)) {
      for (const { resourceId, access, state } of shares) {
        const live = state === 'LIVE' || state === 'EXPIRES_LATER';
        if (live && resourceId === at.id) for (const one of access) open.add(one);
      }
    }
    return open;
  }

  reaches = (resource: ResourceModel): boolean => this.access(resource).size > 0;
  reads = (resource: ResourceModel): boolean => this.access(resource).has('READ');
  hears = (page: ResourceModel): boolean => this.access(page).has('COMMENT_READ');
  may = (capability: Capability): boolean => this.capabilities.has(capability);

  resource = (id: unknown): ResourceModel | undefined => this.workspace.resources.find((one) => one.id === dashed(id));

  /** What the gateway should answer to these root fields. */
  answer(fields: Field[]): Expected {
    const expected: Expected = { data: {}, refused: [], receipts: new Map() };
    for (const field of fields) {
      try {
        expected.data[keyOf(field)] = this.complete(this.root(field), field, [keyOf(field)], expected);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        expected.data[keyOf(field)] = null;
        expected.refused.push(keyOf(field));
      }
    }
    return expected;
  }

  private root({ name, args = {} }: Field): unknown {
    const { workspace } = this;
    const live = (kind: string) =>
      workspace.resources.filter(
        (one) => one.kind === kind && this.reads(one) && matches(one, args.filter as ResourceFilter),
      );
    switch (name) {
      case 'node':
        return this.byId(args.id);
      case 'nodes':
        return (args.ids as unknown[]).map((id) => this.byId(id));
      case 'page':
      case 'database':
      case 'dataSource': {
        const found = this.byId(args.id);
        return found?.type === `${name[0]!.toUpperCase()}${name.slice(1)}` ? found : null;
      }
      case 'user':
        return this.user(args.id);
      case 'pages':
        this.must('CONTENT_READ');
        return list('PageList', live('Page').sort(lastEditedFirst).map(asThing), args);
      case 'databases':
        this.must('CONTENT_READ');
        return list('DatabaseList', live('Database').sort(lastEditedFirst).map(asThing), args);
      case 'search':
        return this.search(args);
      case 'discussions': {
        this.must('COMMENT_READ');
        const page = this.resource(args.pageId);
        return page?.kind === 'Page' && this.hears(page) ? this.discussions(page, args) : null;
      }
      case 'users':
        return this.users(args);
      case 'viewer':
        return this.viewer();
      case 'fieldAccess':
        return (args.coordinates as string[]).map((coordinate) => ({
          type: 'Plain',
          typeName: 'FieldAccess',
          values: { coordinate, allowed: NEEDS[coordinate] === null || this.may(NEEDS[coordinate]!) },
        }));
      default:
        throw new Error(`The oracle knows no root field ${name}.`);
    }
  }

  private byId(id: unknown): Thing | null {
    const resource = this.resource(id);
    if (resource) return this.reaches(resource) ? asThing(resource) : null;
    for (const page of this.workspace.resources) {
      const mention = page.mentions.find(({ blockId }) => blockId === dashed(id));
      // A block takes the bits of its page. It is no resource, so without READ it is not answered, not even its id.
      if (mention) return this.reads(page) ? { type: 'ParagraphBlock', page, mention } : null;
      // Comments are there for whoever may read comments on their page.
      for (const discussion of page.discussions) {
        const comment = discussion.comments.find((one) => one.id === dashed(id));
        if (comment) return this.hears(page) ? { type: 'Comment', page, discussion, comment } : null;
        if (discussion.id === dashed(id)) return this.hears(page) ? { type: 'Discussion', page, discussion } : null;
      }
    }
    return this.user(id);
  }

  private discussions = (page: ResourceModel, args: Record<string, unknown>, blockId?: Id): Thing => {
    const { resolved } = args as { resolved?: boolean | null };
    const shown = page.discussions.filter(
      (one) => (blockId === undefined || one.blockId === blockId) && (resolved == null || one.isResolved === resolved),
    );
    return list(
      'DiscussionList',
      shown.map((discussion): Thing => ({ type: 'Discussion', page, discussion })),
      args,
    );
  };

  private user(id: unknown): Thing | null {
    const person = this.workspace.people.find((one) => one.id === dashed(id));
    if (person) return { type: 'Person', person };
    const connection = this.workspace.connections.find((one) => one.botId === dashed(id));
    return connection ? { type: 'Bot', connection } : null;
  }

  private users(args: Record<string, unknown>): Thing {
    this.must('USER_READ');
    const { name, email } = (args.filter ?? {}) as { name?: TextFilter; email?: TextFilter | null };
    if (email !== undefined) this.must('USER_READ_EMAIL'); // an explicit null looks at it as well
    const people = this.workspace.people
      .filter((one) => one.role !== 'GUEST' && text(one.name, name) && text(one.email, email ?? undefined, true))
      .map((person): Thing => ({ type: 'Person', person }));
    const bots = this.workspace.connections
      .filter((one) => !email && text(one.name, name))
      .map((connection): Thing => ({ type: 'Bot', connection }));
    return list('UserList', [...people, ...bots], args);
  }

  /** Words that must all be there, the last one by its beginning. A mention adds no word: "See" is all that blocks say. */
  private search(args: Record<string, unknown>): Thing {
    this.must('CONTENT_READ');
    const { inTrash = false } = (args.filter ?? {}) as { inTrash?: boolean };
    const wordsOf = (text: string) => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
    const wanted = wordsOf(String(args.query));
    const holds = (words: string[]) =>
      wanted.length > 0 &&
      wanted.every((word, index) =>
        words.some((one) => (index === wanted.length - 1 && word.length >= 3 ? one.startsWith(word) : one === word)),
      );
    const hits = this.workspace.resources
      .filter((one) => this.reads(one) && one.inTrash === inTrash)
      .map((one) => {
        const title = wordsOf(one.title);
        return { one, isTitleHit: holds(title), isHit: holds([...title, ...one.mentions.map(() => 'see')]) };
      })
      .filter(({ isHit }) => isHit)
      .sort((a, b) => Number(b.isTitleHit) - Number(a.isTitleHit) || lastEditedFirst(a.one, b.one));
    const things = hits.map(({ one, isTitleHit }) => plain('SearchHit', { isTitleHit, resource: asThing(one) }));
    return list('SearchHitList', things, args);
  }

  private viewer(): Thing {
    const capabilities = [...this.capabilities].sort();
    if (!('connection' in this.asker)) {
      const { person } = this.asker;
      return plain('Viewer', { id: person.id, kind: 'PERSON', capabilities, installation: null, connection: null });
    }
    const { connection } = this.asker;
    const own = plain('Connection', { id: connection.id, name: connection.name });
    const bot: Thing = { type: 'Bot', connection };
    const granted = impliedToo(connection.capabilities).sort();
    const facts = { id: connection.installationId, capabilities: granted, connection: own, bot };
    const installation = plain('Installation', facts);
    const { botId: id } = connection;
    return plain('Viewer', { id, kind: 'CONNECTION', capabilities, installation, connection: own });
  }

  private must(capability: Capability): void {
    if (!this.may(capability)) throw new Refused();
  }

  private complete(value: unknown, field: Field, path: string[], expected: Expected): unknown {
    if (value === null || value === undefined) return null;
    if (Array.isArray(value)) return value.map((one) => this.complete(one, field, path, expected));
    if (!field.fields) return value;
    const thing = value as Thing;
    const type = thing.type === 'Plain' || thing.type === 'List' ? thing.typeName : thing.type;
    const object: Record<string, unknown> = {};
    for (const child of field.fields) {
      if (child.on && child.on !== type && !INTERFACES[type]?.includes(child.on)) continue;
      const here = [...path, keyOf(child)];
      const missing = this.missing(thing, child.name);
      if (missing) {
        const receipt = `${type}.${child.name} ${here.join('.')} ${missing}`;
        expected.receipts.set(receipt, (expected.receipts.get(receipt) ?? 0) + 1);
        object[keyOf(child)] = null;
      } else {
        object[keyOf(child)] = this.complete(
          child.name === '__typename' ? type : this.field(thing, child),
          child,
          here,
          expected,
        );
      }
    }
    return object;
  }

  /** The capability that this field of this very object lacks; null when it may be read. */
  private missing(thing: Thing, field: string): string | null {
    if (field === 'id' || field === '__typename') return null;
    if (thing.type === 'Discussion' || thing.type === 'Comment' || (thing.type === 'Span' && thing.inComment)) {
      return field !== 'block' || this.reads(thing.page) ? null : BOTH;
    }
    const page = 'resource' in thing ? thing.resource : thing.type === 'ParagraphBlock' ? thing.page : null;
    if (page && ['discussions', 'comments'].includes(field) && ('resource' in thing || field === 'discussions')) {
      return this.reads(page) && this.hears(page) ? null : BOTH;
    }
    if (thing.type === 'Span') return this.reads(thing.page) ? null : 'CONTENT_READ|COMMENT_READ';
    if ('resource' in thing) return this.reads(thing.resource) ? null : 'CONTENT_READ';
    if ('page' in thing) return this.reads(thing.page) ? null : 'CONTENT_READ';
    if (thing.type === 'Person') {
      if ('person' in this.asker && this.asker.person.id === thing.person.id) return null;
      const needed = field === 'email' ? 'USER_READ_EMAIL' : 'USER_READ';
      return this.may(needed) ? null : needed;
    }
    if (thing.type === 'Bot' && field !== 'connection') {
      return this.may('USER_READ') || this.isMe(thing.connection) ? null : 'USER_READ';
    }
    return null;
  }

  private isMe = (connection: ConnectionModel): boolean =>
    'connection' in this.asker && this.asker.connection.botId === connection.botId;

  private field(thing: Thing, { name, args = {} }: Field): unknown {
    if ('resource' in thing) return this.resourceField(thing.resource, name, args);
    if (thing.type === 'List') return listField(thing, name);
    if (thing.type === 'Plain') return thing.values[name];
    if (thing.type === 'Person') return thing.person[name as 'id' | 'name' | 'email'];
    if (thing.type === 'Bot') {
      const { botId, id, name: called } = thing.connection;
      const { installedBy } = thing.connection;
      const may =
        'person' in this.asker && (this.asker.person.role === 'OWNER' || this.asker.person.id === installedBy?.id);
      if (name === 'connection') return this.isMe(thing.connection) || may ? plain('Connection', { id }) : null;
      return name === 'id' ? botId : called;
    }
    if (thing.type === 'Discussion') return this.discussionField(thing, name, args);
    if (thing.type === 'Comment') return this.commentField(thing, name);
    if (thing.type === 'ParagraphBlock') {
      if (name === 'discussions') return this.discussions(thing.page, args, thing.mention.blockId);
      if (name === 'id') return thing.mention.blockId;
      const spans = [{ text: 'See ' }, { resourceId: thing.mention.resourceId }].map(
        (span): Thing => ({ type: 'Span', page: thing.page, ...span }),
      );
      return name === 'richText' ? spans : spans.map((span) => this.field(span, { name: 'plainText' })).join('');
    }
    if (thing.type === 'Span') {
      if (thing.resourceId === undefined) return name === 'plainText' ? thing.text : null;
      const target = this.resource(thing.resourceId);
      if (name === 'plainText') return target && this.reads(target) ? target.title : 'Unavailable page';
      return target && this.reaches(target) ? asThing(target) : null;
    }
    if (thing.type === 'TitleValue') return thing.page.title;
    const author = thing.page.createdBy === null ? null : this.user(thing.page.createdBy);
    if (thing.type === 'CreatedByValue' || thing.type === 'LastEditedByValue') return author;
    if (thing.type === 'PeopleValue') return list('UserList', author ? [author] : [], args);
    return list('PageList', this.related(thing.page).map(asThing), args);
  }

  /** From the top down. */
  private above = ({ parentId }: ResourceModel): ResourceModel[] => {
    const parent = this.resource(parentId);
    return parent ? [...this.above(parent), parent] : [];
  };

  private discussionField(
    { page, discussion }: Thing & { type: 'Discussion' },
    name: string,
    args: Record<string, unknown>,
  ): unknown {
    switch (name) {
      case 'id':
      case 'isResolved':
        return discussion[name];
      case 'page':
        return asThing(page);
      case 'block': {
        const mention = page.mentions.find(({ blockId }) => blockId === discussion.blockId);
        return mention ? { type: 'ParagraphBlock', page, mention } : null;
      }
      case 'createdBy':
        return discussion.createdBy === null ? null : this.user(discussion.createdBy);
      case 'resolvedBy':
        return !discussion.isResolved || discussion.createdBy === null ? null : this.user(discussion.createdBy);
      case 'comments':
        return list(
          'CommentList',
          discussion.comments.map((comment): Thing => ({ type: 'Comment', page, discussion, comment })),
          args,
        );
      default:
        throw new Error(`The oracle knows no field Discussion.${name}.`);
    }
  }

  private commentField({ page, discussion, comment }: Thing & { type: 'Comment' }, name: string): unknown {
    const { text, resourceId } = comment;
    const spans: Thing[] = [
      { type: 'Span', page, inComment: true, text },
      ...(resourceId ? [{ type: 'Span' as const, page, inComment: true as const, resourceId }] : []),
    ];
    switch (name) {
      case 'id':
        return comment.id;
      case 'page':
        return asThing(page);
      case 'discussion':
        return { type: 'Discussion', page, discussion };
      case 'createdBy': // one author for all that is said in a discussion
        return discussion.createdBy === null ? null : this.user(discussion.createdBy);
      case 'richText':
        return spans;
      case 'plainText':
        return spans.map((span) => this.field(span, { name: 'plainText' })).join('');
      default:
        throw new Error(`The oracle knows no field Comment.${name}.`);
    }
  }

  /** What a row points to and shows. */
  private related = (row: ResourceModel): ResourceModel[] =>
    row.relations
      .map(this.resource)
      .filter((one) => one?.kind === 'Page' && this.reads(one) && !one.inTrash) as ResourceModel[];

  private rows(shown: ResourceModel[], { filter, orderBy }: { filter?: RowQuestion; orderBy?: object[] }) {
    const rows = shown.sort(lastEditedFirst).filter((row) => {
      const { id, people, relation } = filter?.property ?? {};
      const held =
        id === 'rel' ? this.related(row).map((one) => one.id) : [row.createdBy].filter((one) => one !== null);
      const { contains, isEmpty } = people ?? relation ?? {};
      const me = 'person' in this.asker ? this.asker.person.id : this.asker.connection.botId;
      const wanted = contains?.map((one) => (one === 'me' ? me : dashed(one)));
      return (
        (!wanted || held.some((one) => wanted.includes(one))) && (isEmpty === undefined || !held.length === isEmpty)
      );
    });
    if (!orderBy) return rows;
    // By the title of the first page a row points to and shows; those without one last, and by id among equals.
    const keyOfRow = (row: ResourceModel) => this.related(row)[0]?.title.toLowerCase() ?? '\uFFFF';
    const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
    return rows.sort((a, b) => order(keyOfRow(a), keyOfRow(b)) || order(a.id, b.id));
  }

  private resourceField(resource: ResourceModel, name: string, args: Record<string, unknown>): unknown {
    const below = this.workspace.resources.filter((one) => one.parentId === resource.id && this.reads(one));
    const shown = below.filter((one) => !one.inTrash);
    const parent = this.resource(resource.parentId);
    switch (name) {
      case 'id':
      case 'title':
      case 'inTrash':
        return resource[name];
      case 'name':
        return resource.title;
      case 'createdAt':
      case 'lastEditedAt':
        return resource[name].toISOString();
      case 'parent':
        return parent && this.reaches(parent) ? asThing(parent) : null;
      case 'createdBy':
      case 'lastEditedBy': // the models have one author for both
        return resource.createdBy === null ? null : this.user(resource.createdBy);
      case 'children':
        return list('ResourceList', shown.sort(oldestFirst).map(asThing), args);
      case 'breadcrumbs':
        return this.above(resource).filter(this.reaches).map(asThing);
      case 'mentions': {
        const ids = [...new Set(resource.mentions.map(({ resourceId }) => resourceId))];
        const mentioned = ids.flatMap((id) => this.resource(id) ?? []).filter((one) => this.reads(one) && !one.inTrash);
        return list('ResourceList', mentioned.map(asThing), args);
      }
      case 'backlinks': {
        const mention = ({ mentions }: ResourceModel) => mentions.some(({ resourceId }) => resourceId === resource.id);
        const sources = this.workspace.resources.filter((one) => mention(one) && this.reads(one) && !one.inTrash);
        return list('PageList', sources.sort(lastEditedFirst).map(asThing), args);
      }
      case 'rows':
        return list('PageList', this.rows(shown, args).map(asThing), args);
      case 'dataSources':
        return shown.map(asThing);
      case 'discussions':
        return this.discussions(resource, args);
      case 'comments':
        return list(
          'CommentList',
          resource.discussions.flatMap((discussion) =>
            discussion.comments.map((comment): Thing => ({ type: 'Comment', page: resource, discussion, comment })),
          ),
          args,
        );
      case 'blocks': {
        const blocks = resource.mentions.map((mention): Thing => ({ type: 'ParagraphBlock', page: resource, mention }));
        return list('BlockList', blocks, args);
      }
      case 'properties': {
        const title: Thing = { type: 'TitleValue', page: resource };
        const others = ['RelationValue', 'CreatedByValue', 'LastEditedByValue', 'PeopleValue'] as const;
        return parent?.kind === 'DataSource'
          ? [title, ...others.map((type): Thing => ({ type, page: resource }))]
          : [title];
      }
      default:
        throw new Error(`The oracle knows no field ${resource.kind}.${name}.`);
    }
  }
}

const dashed = (id: unknown): string => {
  const hex = String(id).toLowerCase().replaceAll('-', '');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};
