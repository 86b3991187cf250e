// Another process at the database of a world, as far as a test can tell: a door of its own, set up in its own way.

import type { AddressInfo } from 'node:net';
import { createGateway } from '../../src/api/gateway.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/api/limits.js';
import { createLog } from '../../src/lib/log.js';
import { createHttpDoor, type HttpDoor, type HttpDoorOptions } from '../../src/server/http.js';
import type { World } from '../world.js';

export interface AnotherDoor extends AsyncDisposable, Pick<HttpDoor, 'hint'> {
  /** http://127.0.0.1:…, or another name of this machine, without a path. */
  url: string;
  /** Lets what is under way end, and writes down what was counted. */
  close(): Promise<void>;
}

export async function openAnotherDoor(
  { store }: World,
  {
    publicUrl,
    limits,
    host = '127.0.0.1',
    ...options
  }: { publicUrl?: string; host?: string; limits?: Partial<Limits> } & Pick<
    HttpDoorOptions,
    'trustProxy' | 'signInLimits' | 'sharesDeliveries'
  > = {},
): Promise<AnotherDoor> {
  const log = createLog({ level: 'silent' });
  let url = '';
  const gateway = await createGateway({
    store,
    log,
    limits: { ...DEFAULT_LIMITS, ...limits },
    publicUrl: () => publicUrl ?? url,
  });
  const door = createHttpDoor({ gateway, store, log, ...options });
  await new Promise<void>((resolve) => door.server.listen(0, '127.0.0.1', resolve));
  url = `http://${host}:${(door.server.address() as AddressInfo).port}`;
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= door.drain(1_000).then(() => gateway.stop());
    return closed;
  };
  return { url, hint: door.hint, close, [Symbol.asyncDispose]: close };
}
