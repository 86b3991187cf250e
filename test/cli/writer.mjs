// Writes as the command line does, one after the other, and prints what was acknowledged. A process of its own, so
// that it can be killed: node writer.mjs <program> <data directory> <workspace id> <name>.

import { join } from 'node:path';

const [program, dataDirectory, workspaceId, name] = process.argv.slice(2);
const load = (path) => import(join(program, 'dist', path));

await import(join(program, 'node_modules/reflect-metadata/Reflect.js'));
const { openStore } = await load('store/store.js');
const { createConnection } = await load('connection/lifecycle.js');
const { createPerson } = await load('people/lifecycle.js');
const { operatorOf } = await load('gate/actor.js');
const { createLog } = await load('lib/log.js');

const log = createLog({ level: 'silent' });
const actor = operatorOf(workspaceId);

for (let round = 0; ; ) {
  try {
    const store = await openStore({ dataDirectory, log, poolSize: 2 }); // like a command: opened, used, left
    try {
      for (; ; round++) {
        const { connection } = await createConnection(store.callerFor(actor), {
          name: `${name} ${round}`,
          capabilities: ['CONTENT_READ'],
        });
        console.log(JSON.stringify({ connection: connection.id }));
        const person = { name: `${name} ${round}`, email: `${connection.id}@example.org`, role: 'MEMBER' };
        console.log(JSON.stringify({ person: (await createPerson(store.callerFor(actor), person)).id }));
      }
    } finally {
      await store.close();
    }
  } catch (error) {
    console.log(JSON.stringify({ failed: String(error.message).slice(0, 200) }));
    round++;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
