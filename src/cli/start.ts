// start: the server, until it is told to stop.

import type { AddressInfo } from 'node:net';
import type { Command } from 'commander';
import { createGateway } from '../api/gateway.js';
import { observers } from '../api/observe.js';
import { Denials } from '../audit/denials.js';
import { UsageTally } from '../connection/usage-tally.js';
import { createLog } from '../lib/log.js';
import { Refusal } from '../lib/refusal.js';
import { findTracing, type Tracing } from '../lib/tracing.js';
import { makeSetupLinks } from '../people/setup.js';
import type { Configuration } from '../server/configuration.js';
import { demoWorkspacesOf, makeDemoWorkspace } from '../server/demo.js';
import { createHttpDoor, type HttpDoor } from '../server/http.js';
import { keepAuditLog } from '../server/keep-audit-log.js';
import { keepDatabase } from '../server/keep-database.js';
import { keepEventLog } from '../server/keep-event-log.js';
import { keepReach } from '../server/keep-reach.js';
import { keepUsage } from '../server/keep-usage.js';
import { keepWebhooks } from '../server/keep-webhooks.js';
import { rememberLastUse } from '../server/last-use.js';
import { createMetrics, type Metrics } from '../server/metrics.js';
import { VERSION } from '../server/version.js';
import { claimServer } from '../store/bundled-postgres.js';
import { openStore } from '../store/store.js';
import { hostAndPortOf, judgeUrl } from '../webhook/address.js';
import { createEgress } from '../webhook/egress.js';
import { type CommonOptions, configurationOf, EXIT, type Terminal, withCommonOptions } from './shell.js';

/** Requests under way get this long once the process is asked to stop. */
const DRAIN_MS = 10_000;

interface Started {
  url: string;
  explorer: string;
  demo: { workspaceName: string; token: string } | null;
  /** Links to become the first owner of what has none. */
  setup: { workspaceName: string | null; link: string }[];
}

interface StartOptions extends CommonOptions {
  port?: string;
  host?: string;
  demo: boolean;
}

export function startCommand(program: Command, terminal: Terminal, done: (code: number) => void): void {
  withCommonOptions(program.command('start').description('run the gateway'))
    .option('--port <number>', 'port to listen on (PORT, default 4000)')
    .option('--host <address>', 'address to listen on (HOST, default 127.0.0.1)')
    .option('--no-demo', 'do not make the demo workspace on an empty data directory')
    .action(async ({ port, host, demo, ...options }: StartOptions) => {
      const configuration = configurationOf(terminal, options, {
        ...(port !== undefined && { port }),
        ...(host !== undefined && { host }),
      });
      done(await serve(terminal, configuration, options, demo));
    });
}

async function serve(
  terminal: Terminal,
  configuration: Configuration,
  options: CommonOptions,
  demo: boolean,
): Promise<number> {
  const { dataDirectory, port, host, publicUrl } = configuration;
  const log = createLog({ level: configuration.logLevel });
  const stop = stopSignal();
  const claim = await claimServer({ dataDirectory, port });
  try {
    const metrics = createMetrics();
    const tracing = findTracing(VERSION);
    const watchStatement = watchedBy(metrics, tracing);
    const store = await openStore({ ...configuration, log, watchStatement });
    metrics.watchPool(store.poolUse);
    try {
      const { showStatements, metricsToken, limits, contentLimits, trustProxy, eventDays } = configuration;
      const denials = new Denials(store.em, log);
      const usage = new UsageTally();
      let root = publicUrl;
      const destinations = { allowed: configuration.egressAllow, ownHosts: [hostAndPortOf(publicUrl)] };
      const gateway = await createGateway({
        store,
        publicUrl: () => root,
        webhooks: {
          maxSubscriptions: configuration.maxWebhookSubscriptions,
          judgeUrl: (url) => judgeUrl(url, destinations),
        },
        log,
        limits,
        contentLimits,
        observer: observers(metrics, usage, { denied: (coordinate, actor) => denials.count(actor, coordinate) }),
        tracing,
        showStatements,
        createDemoWorkspace: demoWorkspacesOf(store),
      });
      const lastUse = rememberLastUse({ em: store.em, log });
      const door = createHttpDoor({ gateway, store, log, metrics, usage, metricsToken, tracing, trustProxy, lastUse });
      // The port first: whoever cannot have it changes nothing.
      const bound = await listen(door, host, port);
      const keeper = keepDatabase(store, log);
      const auditKeeper = keepAuditLog(store, denials, log);
      const usageKeeper = keepUsage({ store, tally: usage, log });
      const webhookKeeper = keepWebhooks({
        store,
        render: gateway.renderDelivery,
        egress: createEgress(destinations),
        log,
        days: eventDays,
      });
      const settled = () => {
        door.news();
        webhookKeeper.wake();
      };
      const eventKeeper = keepEventLog({ store, log, days: eventDays, settled });
      const reachKeeper = keepReach(store, log);
      try {
        const shown = demo && !configuration.databaseUrl && isLoopback(host) ? await makeDemoWorkspace(store) : null;
        if (port === 0) root = `http://localhost:${bound}`;
        const [url, explorer] = [`${root}/graphql`, `${root}/explorer`];
        const setup = (await makeSetupLinks(store)).map(({ workspaceName, path }) => ({
          workspaceName,
          link: root + path,
        }));
        const started = { url, explorer, host, port: bound, version: VERSION, demo: shown, setup };
        terminal.out(options.json ? JSON.stringify(started) : banner({ url, explorer, demo: shown, setup }).join('\n'));
        if (publicUrl.startsWith('https:') && !trustProxy) log.warn(WITHOUT_TRUSTED_PROXY);
        await stop.asked;
        log.info('Stopping: finishing what is under way');
      } finally {
        await door.drain(DRAIN_MS);
        await lastUse.stop();
        await auditKeeper.stop();
        await usageKeeper.stop();
        await eventKeeper.stop();
        await webhookKeeper.stop();
        await reachKeeper.stop();
        await keeper.stop();
        await gateway.stop();
      }
      return EXIT.OK;
    } finally {
      await store.close();
    }
  } finally {
    await claim.release();
    stop.forget();
  }
}

const WITHOUT_TRUSTED_PROXY =
  'GATEHOUSE_TRUST_PROXY is not set: to the limiter of sign-ins and to the audit log everybody comes from the address of the proxy';

/** Metrics count every statement; traces show those of operations. */
const watchedBy = (metrics: Metrics, tracing: Tracing | null) => (text: string) => {
  const counted = metrics.statement();
  const traced = tracing?.statement(text);
  return (error?: unknown) => {
    counted(error);
    traced?.(error);
  };
};

function banner({ url, explorer, demo, setup }: Started): string[] {
  return [
    `Gatehouse ${VERSION} listens at ${url}`,
    `Explore the schema and ask at ${explorer}`,
    ...(demo === null
      ? []
      : [
          '',
          `A demo workspace, "${demo.workspaceName}", was made, with a connection that sees part of it. Its token, shown once:`,
          `  ${demo.token}`,
          'Ask it something:',
          `  curl -s ${url} -H 'content-type: application/json' -H 'authorization: Bearer ${demo.token}' -d '{"query":"{ pages(first: 10) { totalCount nodes { id title } } }"}'`,
        ]),
    ...setup.flatMap(({ workspaceName, link }) => [
      '',
      workspaceName === null
        ? 'There is no workspace yet. Open this once, within a day, to make one and become its owner:'
        : `The workspace "${workspaceName}" has no owner yet. Open this once, within a day, to become it:`,
      `  ${link}`,
    ]),
  ];
}

function listen(door: HttpDoor, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    door.server.once('error', (error: NodeJS.ErrnoException) => reject(asRefusal(error, host, port)));
    door.server.listen(port, host, () => resolve((door.server.address() as AddressInfo).port));
  });
}

function asRefusal(error: NodeJS.ErrnoException, host: string, port: number): unknown {
  switch (error.code) {
    case 'EADDRINUSE':
      return new Refusal(
        'INVALID_STATE',
        `Port ${port} at ${host} is in use by another program. Stop it, or choose another port with PORT or --port.`,
      );
    case 'EACCES':
      return new Refusal(
        'INVALID_STATE',
        `Port ${port} may not be opened by this user. Choose one from 1024 on with PORT or --port.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Refusal(
        'INVALID',
        `HOST should be an address of this machine, like 127.0.0.1 or 0.0.0.0, but is: ${host}`,
      );
    default:
      return error;
  }
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process as usual. */
function stopSignal(): { asked: Promise<void>; forget(): void } {
  let ask: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const signals = ['SIGTERM', 'SIGINT'] as const;
  for (const signal of signals) process.once(signal, ask);
  return {
    asked,
    forget: () => {
      for (const signal of signals) process.off(signal, ask);
    },
  };
}
