// Columns of connections and installations, and the rows no GraphQL type mentions: grants and tokens.

import { defineEntity, p, Type } from '@mikro-orm/core';
import { type Bits, bitsOf, type Capability, namesOf } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import type { TokenKind } from '../lib/secret.js';
import {
  Connection,
  ConnectionKind,
  ConnectionStatus,
  Installation,
  InstallationScope,
  InstallationStatus,
} from './connection.js';

/** Names in the class, bits in the column. */
class CapabilitySet extends Type<Capability[], Bits> {
  override convertToDatabaseValue = (names: Capability[]): Bits => bitsOf(names);
  override convertToJSValue = (bits: Bits): Capability[] => namesOf(bits);
  override getColumnType = (): string => 'int';
  override compareAsType = (): string => 'number';
}

export const ConnectionTable = defineEntity({
  class: Connection,
  tableName: 'connection',
  properties: {
    workspaceId: p.uuid(),
    id: p.uuid().primary(),
    name: p.string(),
    kind: p.enum(Object.values(ConnectionKind)),
    status: p.enum(Object.values(ConnectionStatus)),
    capabilities: p.type(CapabilitySet),
    logoSha256: p.string().nullable(),
    createdById: p.uuid().fieldName('created_by').nullable(),
    company: p.string().nullable(),
    websiteUrl: p.string().nullable(),
    privacyUrl: p.string().nullable(),
    termsUrl: p.string().nullable(),
    supportEmail: p.string().nullable(),
    installationScope: p.enum(Object.values(InstallationScope)).nullable(),
    selectedWorkspaces: p.array().columnType('uuid[]'),
    redirectUris: p.array().columnType('text[]'),
    publishedAt: p.datetime().nullable(),
    suspendedAt: p.datetime().nullable(),
    deletedAt: p.datetime().nullable(),
    version: p.integer().version(),
    createdAt: p.datetime().onCreate(() => new Date()),
  } satisfies Record<keyof Connection, unknown>,
});

export const InstallationTable = defineEntity({
  class: Installation,
  tableName: 'installation',
  properties: {
    workspaceId: p.uuid(),
    id: p.uuid().primary(),
    connectionId: p.uuid(),
    botId: p.uuid(),
    installedById: p.uuid().fieldName('installed_by').nullable(),
    status: p.enum(Object.values(InstallationStatus)),
    pendingCapabilities: p.type(CapabilitySet).persist(false),
    capabilities: p.type(CapabilitySet).persist(false), // the open grant's, joined where an installation is read
    createdAt: p.datetime().onCreate(() => new Date()),
  } satisfies Record<keyof Installation, unknown>,
});

/** What an installation was granted, from when to when; at most one is open. */
export class CapabilityGrant {
  workspaceId!: Id;
  id!: Id;
  installationId!: Id;
  capabilities!: Capability[];
  revokedAt!: Date | null;
}

export const CapabilityGrantTable = defineEntity({
  class: CapabilityGrant,
  tableName: 'capability_grant',
  properties: {
    workspaceId: p.uuid(),
    id: p.uuid().primary(),
    installationId: p.uuid(),
    capabilities: p.type(CapabilitySet),
    revokedAt: p.datetime().nullable(),
  } satisfies Record<keyof CapabilityGrant, unknown>,
});

/** A secret in somebody's hands. The text itself is nowhere; internal ones can be opened with the key file. */
export class Token {
  workspaceId!: Id;
  id!: Id;
  kind!: TokenKind;
  installationId!: Id;
  hash!: Buffer;
  lastFour!: string;
  ciphertext!: Buffer | null;
  expiresAt!: Date | null;
  revokedAt!: Date | null;
}

export const TokenTable = defineEntity({
  class: Token,
  tableName: 'token',
  properties: {
    workspaceId: p.uuid(),
    id: p.uuid().primary(),
    kind: p.enum(['INTERNAL'] as TokenKind[]),
    installationId: p.uuid(),
    hash: p.blob(),
    lastFour: p.string(),
    ciphertext: p.blob().nullable(),
    expiresAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
  } satisfies Record<keyof Token, unknown>,
});
