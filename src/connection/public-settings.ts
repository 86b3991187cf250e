// What people are told about a connection before they install it, and who may. All of it can be set beforehand; what has
// to be there before it becomes public is the checklist.

import { isDeepStrictEqual } from 'node:util';
import { requireEmail } from '../lib/email.js';
import { type Id, requireId } from '../lib/id.js';
import { requireName } from '../lib/name.js';
import { Refusal } from '../lib/refusal.js';
import type { Connection, InstallationScope } from './connection.js';

const MAX_URL_LENGTH = 2_000;
const MAX_SELECTED_WORKSPACES = 1_000;

/** What is left out stays; `null` takes it away. */
export interface ConnectionSettings {
  company?: string | null;
  websiteUrl?: string | null;
  privacyUrl?: string | null;
  termsUrl?: string | null;
  supportEmail?: string | null;
  installationScope?: InstallationScope | null;
  selectedWorkspaces?: readonly string[] | null;
}

type PublicSettings = Pick<
  Connection,
  | 'company'
  | 'websiteUrl'
  | 'privacyUrl'
  | 'termsUrl'
  | 'supportEmail'
  | 'installationScope'
  | 'selectedWorkspaces'
  | 'redirectUris'
>;

export const publicSettingsOf = (connection: PublicSettings): PublicSettings => ({
  company: connection.company,
  websiteUrl: connection.websiteUrl,
  privacyUrl: connection.privacyUrl,
  termsUrl: connection.termsUrl,
  supportEmail: connection.supportEmail,
  installationScope: connection.installationScope,
  selectedWorkspaces: connection.selectedWorkspaces,
  redirectUris: connection.redirectUris,
});

/** Of a connection nobody has said anything about yet. */
export const NOT_PUBLIC: PublicSettings & Pick<Connection, 'publishedAt'> = {
  company: null,
  websiteUrl: null,
  privacyUrl: null,
  termsUrl: null,
  supportEmail: null,
  installationScope: null,
  selectedWorkspaces: [],
  redirectUris: [],
  publishedAt: null,
};

/** The settings that were given, checked. Refused, naming the one: a company that is no name, an address that is not
 *  https, more than 1,000 workspaces. */
export function requireSettings(given: ConnectionSettings): Partial<PublicSettings> {
  const settings: Partial<PublicSettings> = {};
  if (given.company !== undefined) {
    settings.company = given.company === null ? null : requireName(given.company, 'company');
  }
  for (const name of ['websiteUrl', 'privacyUrl', 'termsUrl'] as const) {
    const url = given[name];
    if (url !== undefined) settings[name] = url === null ? null : requireHttpsUrl(url, name);
  }
  if (given.supportEmail !== undefined) {
    settings.supportEmail = given.supportEmail === null ? null : requireEmail(given.supportEmail, ['supportEmail']);
  }
  if (given.installationScope !== undefined) settings.installationScope = given.installationScope;
  if (given.selectedWorkspaces !== undefined) {
    settings.selectedWorkspaces = requireWorkspaces(given.selectedWorkspaces ?? []);
  }
  return settings;
}

/** Whom a public connection was offered to is a promise. */
export function refuseFixedScope(connection: Connection, settings: Partial<PublicSettings>): void {
  if (connection.publishedAt === null) return;
  for (const name of ['installationScope', 'selectedWorkspaces'] as const) {
    if (settings[name] !== undefined && !isDeepStrictEqual(settings[name], connection[name])) {
      throw new Refusal('IMMUTABLE', 'Who may install a public connection is fixed when it is published.', {
        path: [name],
      });
    }
  }
}

export const PUBLISH_ITEMS = {
  REDIRECT_URIS: 'At least one redirect URI. Set them with updateRedirectUris.',
  COMPANY: 'The company behind it. Set it with updateConnection.',
  PRIVACY_URL: 'The address of its privacy policy. Set it with updateConnection.',
  TERMS_URL: 'The address of its terms. Set it with updateConnection.',
  INSTALLATION_SCOPE: 'Who may install it: any workspace, or at least one that is named. Set it with updateConnection.',
} as const;
export type PublishItem = keyof typeof PUBLISH_ITEMS;

/** What has to be there before a connection becomes public, and whether it is. */
export const checklistOf = (connection: PublicSettings): { item: PublishItem; done: boolean; sentence: string }[] => {
  const done: Record<PublishItem, boolean> = {
    REDIRECT_URIS: connection.redirectUris.length > 0,
    COMPANY: connection.company !== null,
    PRIVACY_URL: connection.privacyUrl !== null,
    TERMS_URL: connection.termsUrl !== null,
    INSTALLATION_SCOPE:
      connection.installationScope === 'ANY' ||
      (connection.installationScope === 'SELECTED' && connection.selectedWorkspaces.length > 0),
  };
  return (Object.keys(PUBLISH_ITEMS) as PublishItem[]).map((item) => ({
    item,
    done: done[item],
    sentence: PUBLISH_ITEMS[item],
  }));
};

function requireHttpsUrl(text: string, name: string): string {
  const url = text.trim();
  if (
    url.length > MAX_URL_LENGTH ||
    !URL.canParse(url) ||
    new URL(url).protocol !== 'https:' ||
    /[\p{Cc}\s]/u.test(url)
  ) {
    throw new Refusal(
      'INVALID',
      `An address like https://example.org/privacy was expected, but got: ${JSON.stringify(url.slice(0, 60))}`,
      { path: [name] },
    );
  }
  return url;
}

function requireWorkspaces(ids: readonly string[]): Id[] {
  if (ids.length > MAX_SELECTED_WORKSPACES) {
    throw new Refusal('TOO_LONG', `At most ${MAX_SELECTED_WORKSPACES} workspaces, but got: ${ids.length}.`, {
      path: ['selectedWorkspaces'],
    });
  }
  return [...new Set(ids.map((id) => requireId(id, 'The workspace')))];
}
