// Every setting, in one table: flag over environment over gatehouse.config.json over default. Names are the same in
// the environment and in the file. An unknown name is warned about with the nearest known one; a wrong value stops.

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DEFAULT_LIMITS, type Limits } from '../api/limits.js';
import { type ContentLimits, DEFAULT_CONTENT_LIMITS } from '../content/limits.js';
import type { ExportLimits } from '../importer/limits.js';
import { invariant } from '../lib/invariant.js';
import { invalid } from '../lib/refusal.js';
import { type EgressAllowance, parseEgressAllow } from '../webhook/address.js';
import { DEFAULT_WEBHOOK_SETTINGS } from '../webhook/settings.js';
import { parseTrustProxy, type TrustProxy } from './entrance.js';

export const CONFIG_FILE = 'gatehouse.config.json';

export interface Configuration {
  databaseUrl: string | undefined;
  dataDirectory: string;
  keyFile: string | undefined;
  host: string;
  port: number;
  /** Issuer, links, cookies: never taken from a request. */
  publicUrl: string;
  /** Proxies whose word about clients is believed. */
  trustProxy: TrustProxy | undefined;
  /** What may be posted to besides https addresses of the internet. */
  egressAllow: EgressAllowance[];
  logLevel: string;
  /** Opens /metrics to other machines. */
  metricsToken: string | undefined;
  /** Whether answers say how many statements they took. */
  showStatements: boolean;
  /** How long PostgreSQL may take for one statement. */
  maxStatementMs: number | undefined;
  importLimits: Partial<ExportLimits>;
  /** Events are kept for so many days. */
  eventDays: number;
  /** Of what a request may ask. */
  limits: Limits;
  /** Of how much may be written at once. */
  contentLimits: ContentLimits;
  /** Endpoints that one connection may have. */
  maxWebhookSubscriptions: number;
}

type Setting = { parse: (text: string, name: string) => unknown };

const text: Setting = { parse: (value) => value };
const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'];

const integer = (min: number, max: number): Setting => ({
  parse: (value, name) => {
    const number = Number(value);
    if (!/^\d+$/.test(value.trim()) || number < min || number > max) {
      throw invalid(`${name} should be a whole number from ${min} to ${max}, but is: ${value.slice(0, 60)}`);
    }
    return number;
  },
});

const oneOf = (values: readonly string[]): Setting => ({
  parse: (value, name) => {
    if (!values.includes(value))
      throw invalid(`${name} should be one of ${values.join(', ')}, but is: ${value.slice(0, 60)}`);
    return value;
  },
});

const onOff: Setting = {
  parse: (value, name) => {
    if (/^(on|true|1|yes)$/i.test(value)) return true;
    if (/^(off|false|0|no)$/i.test(value)) return false;
    throw invalid(`${name} should be on or off, but is: ${value.slice(0, 60)}`);
  },
};

/** Never repeated in a message. */
const secret = (minLength: number): Setting => ({
  parse: (value, name) => {
    if (!/^[\x21-\x7e]*$/.test(value) || value.length < minLength) {
      throw invalid(`${name} should have at least ${minLength} characters, ASCII without blanks, and has not.`);
    }
    return value;
  },
});

const httpUrl: Setting = {
  parse: (value, name) => {
    if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
      throw invalid(`${name} should be an address like https://gatehouse.example.org, but is: ${value.slice(0, 60)}`);
    }
    return value.replace(/\/+$/, '');
  },
};

const proxies: Setting = {
  parse: (value, name) => {
    const trusted = parseTrustProxy(value);
    if (!trusted) {
      throw invalid(
        `${name} should be how many proxies stand in front, or their addresses and networks like 10.0.0.0/8,::1, but is: ${value.slice(0, 60)}`,
      );
    }
    return trusted;
  },
};

const allowances: Setting = {
  parse: (value, name) => {
    const allowed = parseEgressAllow(value);
    if (!allowed) {
      throw invalid(
        `${name} should be addresses or networks, each with a port, like 127.0.0.1:3000,10.0.0.0/8:8443,[::1]:3000, but is: ${value.slice(0, 60)}`,
      );
    }
    return allowed;
  },
};

const SETTINGS = {
  DATABASE_URL: text,
  GATEHOUSE_DATA: text,
  GATEHOUSE_KEY_FILE: text,
  GATEHOUSE_PUBLIC_URL: httpUrl,
  GATEHOUSE_TRUST_PROXY: proxies,
  GATEHOUSE_EGRESS_ALLOW: allowances,
  GATEHOUSE_LOG_LEVEL: oneOf(LOG_LEVELS),
  GATEHOUSE_METRICS_TOKEN: secret(16),
  GATEHOUSE_SHOW_STATEMENTS: onOff,
  GATEHOUSE_EVENT_DAYS: integer(1, 3_650),
  HOST: text,
  PORT: integer(0, 65_535),
  GATEHOUSE_MAX_BODY_BYTES: integer(1_000, 100_000_000),
  GATEHOUSE_MAX_DOCUMENT_BYTES: integer(100, 1_000_000),
  GATEHOUSE_MAX_DOCUMENT_TOKENS: integer(10, 100_000),
  GATEHOUSE_MAX_DEPTH: integer(1, 1_000),
  GATEHOUSE_MAX_ALIASES: integer(0, 100_000),
  GATEHOUSE_MAX_ROOT_MUTATIONS: integer(1, 100_000),
  GATEHOUSE_MAX_DIRECTIVES: integer(0, 100_000),
  GATEHOUSE_MAX_COMPARISONS: integer(1_000, 1_000_000_000),
  GATEHOUSE_MAX_VARIABLE_VALUES: integer(1, 100_000_000),
  GATEHOUSE_MAX_VARIABLE_DEPTH: integer(1, 1_000),
  GATEHOUSE_MAX_COST: integer(1, 1_000_000_000),
  GATEHOUSE_MAX_POINTS_PER_MINUTE: integer(1, 1_000_000_000),
  GATEHOUSE_MAX_ROLLUP_CANDIDATES: integer(1, 1_000_000_000),
  GATEHOUSE_MAX_OPERATION_MS: integer(1, 3_600_000),
  GATEHOUSE_MAX_STATEMENT_MS: integer(100, 3_600_000), // with less the server might not even start
  GATEHOUSE_MAX_TITLE_LENGTH: integer(1, 1_000_000),
  GATEHOUSE_MAX_URL_LENGTH: integer(20, 1_000_000),
  GATEHOUSE_MAX_TREE_DEPTH: integer(1, 400), // with more, a row of it would not fit into its place on disk
  GATEHOUSE_MAX_TEXT_LENGTH: integer(1, 1_000_000),
  GATEHOUSE_MAX_SPANS: integer(1, 10_000),
  GATEHOUSE_MAX_EQUATION_LENGTH: integer(1, 1_000_000),
  GATEHOUSE_MAX_EMAIL_LENGTH: integer(1, 10_000),
  GATEHOUSE_MAX_PHONE_LENGTH: integer(1, 10_000),
  GATEHOUSE_MAX_REFERENCES: integer(1, 10_000),
  GATEHOUSE_MAX_ROWS: integer(1, 10_000),
  GATEHOUSE_MAX_COLUMNS: integer(1, 5_000),
  GATEHOUSE_MAX_OPTIONS: integer(1, 100_000),
  GATEHOUSE_MAX_NAME_LENGTH: integer(1, 10_000),
  GATEHOUSE_MAX_DESCRIPTION_LENGTH: integer(1, 1_000_000),
  GATEHOUSE_MAX_SCHEMA_CHANGES: integer(1, 5_000),
  GATEHOUSE_MAX_BLOCKS: integer(1, 100_000),
  GATEHOUSE_MAX_BLOCK_DEPTH: integer(1, 150), // with more, a path would not fit into its index
  GATEHOUSE_MAX_TABLE_WIDTH: integer(1, 1_000),
  GATEHOUSE_MAX_MARKDOWN_LENGTH: integer(1, 10_000_000),
  GATEHOUSE_MAX_MARKDOWN_BLOCKS: integer(1, 1_000_000),
  GATEHOUSE_MAX_WEBHOOK_SUBSCRIPTIONS: integer(0, 10_000),
  GATEHOUSE_IMPORT_MAX_FILES: integer(1, 10_000_000),
  GATEHOUSE_IMPORT_MAX_FILE_BYTES: integer(1, Number.MAX_SAFE_INTEGER),
  GATEHOUSE_IMPORT_MAX_TOTAL_BYTES: integer(1, Number.MAX_SAFE_INTEGER),
  GATEHOUSE_IMPORT_MAX_RATIO: integer(1, 1_000_000),
  GATEHOUSE_IMPORT_MAX_FOLDER_DEPTH: integer(1, 1_000),
} as const satisfies Record<string, Setting>;

type Name = keyof typeof SETTINGS;

/** Names that belong to tests and to npm scripts, so that they are not warned about. */
const FOREIGN = new Set(['GATEHOUSE_CASES', 'GATEHOUSE_SEED', 'GATEHOUSE_SAMPLE_EXPORT']);

export interface ConfigurationSources {
  flags?: Partial<Record<Name, string>>;
  environment?: NodeJS.ProcessEnv;
  /** Where gatehouse.config.json may lie. */
  directory?: string;
  warn?: (message: string) => void;
}

/** Reads and checks all settings. Refused, naming the setting: a value of the wrong shape, a file that is not JSON. */
export function readConfiguration({
  flags = {},
  environment = process.env,
  directory = process.cwd(),
  warn = () => {},
}: ConfigurationSources = {}): Configuration {
  const file = readFile(directory);
  const names = [...Object.keys(file), ...Object.keys(environment).filter((name) => name.startsWith('GATEHOUSE_'))];
  for (const name of names) {
    if (name in SETTINGS || FOREIGN.has(name)) continue;
    warn(`Unknown setting ${name}. Did you mean ${nearest(name, Object.keys(SETTINGS))}?`);
  }
  const value = <T>(name: Name): T | undefined => {
    const given = flags[name] ?? (environment[name] || undefined) ?? file[name];
    return given === undefined ? undefined : (SETTINGS[name].parse(given, name) as T);
  };
  const port = value<number>('PORT') ?? 4000;
  return {
    databaseUrl: value('DATABASE_URL'),
    dataDirectory: resolve(directory, value<string>('GATEHOUSE_DATA') ?? '.gatehouse'),
    keyFile: value('GATEHOUSE_KEY_FILE'),
    host: value('HOST') ?? '127.0.0.1',
    port,
    publicUrl: value('GATEHOUSE_PUBLIC_URL') ?? `http://localhost:${port}`,
    trustProxy: value('GATEHOUSE_TRUST_PROXY'),
    egressAllow: value('GATEHOUSE_EGRESS_ALLOW') ?? [],
    logLevel: value('GATEHOUSE_LOG_LEVEL') ?? 'info',
    metricsToken: value('GATEHOUSE_METRICS_TOKEN'),
    showStatements: value('GATEHOUSE_SHOW_STATEMENTS') ?? false,
    maxStatementMs: value('GATEHOUSE_MAX_STATEMENT_MS'),
    eventDays: value('GATEHOUSE_EVENT_DAYS') ?? 30,
    maxWebhookSubscriptions: value('GATEHOUSE_MAX_WEBHOOK_SUBSCRIPTIONS') ?? DEFAULT_WEBHOOK_SETTINGS.maxSubscriptions,
    importLimits: withoutUndefined({
      maxFiles: value<number>('GATEHOUSE_IMPORT_MAX_FILES'),
      maxFileBytes: value<number>('GATEHOUSE_IMPORT_MAX_FILE_BYTES'),
      maxTotalBytes: value<number>('GATEHOUSE_IMPORT_MAX_TOTAL_BYTES'),
      maxRatio: value<number>('GATEHOUSE_IMPORT_MAX_RATIO'),
      maxFolderDepth: value<number>('GATEHOUSE_IMPORT_MAX_FOLDER_DEPTH'),
    }),
    limits: checked({
      ...DEFAULT_LIMITS,
      ...withoutUndefined({
        maxBodyBytes: value<number>('GATEHOUSE_MAX_BODY_BYTES'),
        maxDocumentBytes: value<number>('GATEHOUSE_MAX_DOCUMENT_BYTES'),
        maxDocumentTokens: value<number>('GATEHOUSE_MAX_DOCUMENT_TOKENS'),
        maxDepth: value<number>('GATEHOUSE_MAX_DEPTH'),
        maxAliases: value<number>('GATEHOUSE_MAX_ALIASES'),
        maxRootMutations: value<number>('GATEHOUSE_MAX_ROOT_MUTATIONS'),
        maxDirectives: value<number>('GATEHOUSE_MAX_DIRECTIVES'),
        maxComparisons: value<number>('GATEHOUSE_MAX_COMPARISONS'),
        maxVariableValues: value<number>('GATEHOUSE_MAX_VARIABLE_VALUES'),
        maxVariableDepth: value<number>('GATEHOUSE_MAX_VARIABLE_DEPTH'),
        maxCost: value<number>('GATEHOUSE_MAX_COST'),
        maxPointsPerMinute: value<number>('GATEHOUSE_MAX_POINTS_PER_MINUTE'),
        maxRollupCandidates: value<number>('GATEHOUSE_MAX_ROLLUP_CANDIDATES'),
        maxOperationMs: value<number>('GATEHOUSE_MAX_OPERATION_MS'),
      }),
    }),
    contentLimits: {
      ...DEFAULT_CONTENT_LIMITS,
      ...withoutUndefined(
        Object.fromEntries(
          Object.keys(DEFAULT_CONTENT_LIMITS).map((limit) => [limit, value<number>(settingFor(limit))]),
        ) as Partial<ContentLimits>,
      ),
    },
  };
}

/** `maxTitleLength` is set by `GATEHOUSE_MAX_TITLE_LENGTH`. */
function settingFor(limit: string): Name {
  const name = `GATEHOUSE_${limit.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
  invariant(name in SETTINGS, `${name} is no setting.`);
  return name as Name;
}

/** An operation that may never be paid for would be refused for ever, with "try again later". */
function checked(limits: Limits): Limits {
  if (limits.maxPointsPerMinute < limits.maxCost) {
    throw invalid(
      `GATEHOUSE_MAX_POINTS_PER_MINUTE should be at least GATEHOUSE_MAX_COST (${limits.maxCost}), but is: ${limits.maxPointsPerMinute}`,
    );
  }
  return limits;
}

function readFile(directory: string): Record<string, string> {
  const path = resolve(directory, CONFIG_FILE);
  if (!existsSync(path)) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    // What the parser says quotes the file, which may hold a password; only where it stopped is passed on.
    const [where] = (error as Error).message.match(/line \d+ column \d+/) ?? [];
    throw invalid(`${CONFIG_FILE} should be JSON, but is not${where ? `, from ${where} on` : ''}.`);
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw invalid(`${CONFIG_FILE} should be an object of settings like {"PORT": 4000}.`);
  }
  for (const [name, held] of Object.entries(parsed)) {
    if (typeof held !== 'string' && typeof held !== 'number') {
      throw invalid(
        `${name} in ${CONFIG_FILE} should be a text or a number, but is: ${JSON.stringify(held).slice(0, 60)}`,
      );
    }
  }
  return Object.fromEntries(Object.entries(parsed).map(([name, held]) => [name, String(held)]));
}

const withoutUndefined = <T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(values).filter(([, held]) => held !== undefined)) as never;

/** The candidate with the fewest single-letter edits. */
function nearest(word: string, candidates: readonly string[]): string {
  const [first] = [...candidates].sort((one, other) => edits(word, one) - edits(word, other));
  return first ?? word;
}

function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const swap = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
