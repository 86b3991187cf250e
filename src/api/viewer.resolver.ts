// Who am I, what may I do, and what does the schema look like for me?

import {
  Arg,
  Args,
  Ctx,
  Directive,
  Extensions,
  Field,
  FieldResolver,
  ID,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { Connection, Installation } from '../connection/connection.js';
import { connectionById, installationById, installationsOfPerson } from '../connection/connections.js';
import { userById } from '../connection/users.js';
import type { Context } from '../context.js';
import { type Actor, type ActorKind, userIdOf, type WorkspaceRole } from '../gate/actor.js';
import { type Capability, namesOf } from '../gate/capability.js';
import { ActorKindEnum, CapabilityEnum, WorkspaceRoleEnum } from '../gate/enums.js';
import { isSignedIn } from '../gate/rules.js';
import type { Id } from '../lib/id.js';
import { type List, ListArgs, toList, windowOf } from '../lib/list.js';
import { requireSession } from '../people/account.js';
import { Passkey, passkeysOf } from '../people/passkeys.js';
import { type PersonalAccessToken, PersonalAccessTokenList } from '../people/personal-token.js';
import { countPersonalTokens, listPersonalTokens } from '../people/personal-tokens.js';
import { Session, sessionsOf } from '../people/sessions.js';
import { Person } from '../people/user.js';
import { Workspace } from '../workspace/workspace.js';
import { workspaceById, workspacesOfPerson } from '../workspace/workspaces.js';
import { accessOf, FieldAccess } from './field-access.js';
import { printSdl } from './slice.js';

@Extensions({ outsideContent: true })
@Directive('@open')
@ObjectType({ simpleResolvers: true, description: 'Whoever is asking.' })
class Viewer {
  actor!: Actor;

  @Field(() => ID, { description: 'Id of the acting user: the person, or the bot of the connection.' })
  id!: Id;

  @Field(() => ActorKindEnum, { description: 'What kind of actor that is.' })
  kind!: ActorKind;

  @Field(() => [CapabilityEnum], { description: 'What you may do wherever something is shared with you.' })
  capabilities!: Capability[];

  @Field(() => WorkspaceRoleEnum, { nullable: true, description: 'Your role in this workspace; null for connections.' })
  role!: WorkspaceRole | null;
}

@Resolver()
export class ViewerQueries {
  @Directive('@open')
  @Query(() => Viewer, { description: 'Whoever is asking.' })
  viewer(@Ctx() { actor }: Context): Viewer {
    return {
      actor,
      id: userIdOf(actor) ?? actor.workspaceId,
      kind: actor.kind,
      capabilities: namesOf(actor.bits),
      role: actor.kind === 'PERSON' ? actor.role : null,
    };
  }

  @Directive('@open')
  @Directive('@cost(weight: 50)')
  @Query(() => String, { description: 'The part of the schema you may use, with its directives, as SDL.' })
  schemaSdl(@Ctx() ctx: Context): string {
    return printSdl(ctx.slice());
  }

  @Directive('@open')
  @Query(() => [FieldAccess], {
    description: 'What coordinates need; free input and coordinates that do not exist are left out.',
  })
  fieldAccess(
    @Arg('coordinates', () => [String], { description: 'At most 100, like `Person.email`.' }) coordinates: string[],
    @Ctx() ctx: Context,
  ): FieldAccess[] {
    return coordinates.slice(0, 100).flatMap((coordinate) => {
      const rule = ctx.ruleOf(coordinate);
      return rule ? [accessOf(rule, ctx.actor)] : [];
    });
  }
}

@Resolver(() => Viewer)
export class ViewerFields {
  @FieldResolver(() => Workspace, { nullable: true, description: 'The workspace you ask in.' })
  async workspace(@Root() { actor }: Viewer, @Ctx() ctx: Context): Promise<Workspace | null> {
    return (await ctx.load(workspaceById, actor.workspaceId)) ?? null;
  }

  @FieldResolver(() => [Workspace], { description: 'All workspaces you may ask in; one for a token.' })
  async workspaces(@Root() { actor }: Viewer, @Ctx() ctx: Context): Promise<Workspace[]> {
    if (isSignedIn(actor)) return workspacesOfPerson(ctx, actor.personId);
    const workspace = await ctx.load(workspaceById, actor.workspaceId);
    return workspace ? [workspace] : [];
  }

  @FieldResolver(() => Connection, { nullable: true, description: 'The connection you are; null for people.' })
  async connection(@Root() { actor }: Viewer, @Ctx() ctx: Context): Promise<Connection | null> {
    return actor.kind === 'CONNECTION' ? ((await ctx.load(connectionById, actor.connectionId)) ?? null) : null;
  }

  @FieldResolver(() => Installation, { nullable: true, description: 'Your installation; null for people.' })
  async installation(@Root() { actor }: Viewer, @Ctx() ctx: Context): Promise<Installation | null> {
    return actor.kind === 'CONNECTION' ? ((await ctx.load(installationById, actor.installationId)) ?? null) : null;
  }

  @FieldResolver(() => [Installation], { description: 'What you installed in this workspace; none for connections.' })
  async installations(@Root() { actor }: Viewer, @Ctx() ctx: Context): Promise<Installation[]> {
    return actor.kind === 'PERSON' ? installationsOfPerson(ctx, actor.personId) : [];
  }

  @FieldResolver(() => Person, { nullable: true, description: 'The person you are; null for connections.' })
  async person(@Root() { actor }: Viewer, @Ctx() ctx: Context): Promise<Person | null> {
    return actor.kind === 'PERSON' ? (((await ctx.load(userById, actor.personId)) ?? null) as Person | null) : null;
  }

  @Directive('@actor(kinds: [PERSON])')
  @FieldResolver(() => [Session], {
    nullable: true,
    description: 'Where you are signed in, the session used last first. Needs a session.',
  })
  sessions(@Root() { actor }: Viewer, @Ctx() ctx: Context): Promise<Session[]> {
    const { personId, sessionId } = requireSession(actor, 'see her sessions');
    return sessionsOf(ctx, personId, sessionId);
  }

  @Directive('@actor(kinds: [PERSON])')
  @FieldResolver(() => [Passkey], {
    nullable: true,
    description: 'What you sign in with in place of your password, the oldest first. Needs a session.',
  })
  passkeys(@Root() { actor }: Viewer, @Ctx() ctx: Context): Promise<Passkey[]> {
    return passkeysOf(ctx.reader, requireSession(actor, 'see her passkeys').personId);
  }

  @Directive('@actor(kinds: [PERSON])')
  @Directive('@listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => PersonalAccessTokenList, {
    nullable: true,
    description: 'Your personal access tokens in this workspace, the newest first, without their text.',
  })
  async personalAccessTokens(
    @Root() { id }: Viewer,
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() ctx: Context,
  ): Promise<List<PersonalAccessToken>> {
    const list = 'Viewer.personalAccessTokens';
    const window = windowOf(args, ctx.cursors, list);
    return toList(
      await listPersonalTokens(ctx, id, window),
      window,
      (token) => ctx.cursors.seal(list, [token.id]),
      () => countPersonalTokens(ctx, id),
    );
  }
}
