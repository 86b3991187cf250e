// Prints what happens to the pages a connection reaches, and goes on where it was when it is started again:
//
//   GATEHOUSE_TOKEN=… node follow.mjs ws://localhost:4000/graphql cursor.txt

import { readFile, rename, writeFile } from 'node:fs/promises';
import { createFollower } from 'gatehouse/client';

const [url, file] = process.argv.slice(2);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());

const follower = createFollower({
  url,
  connectionParams: { authorization: `Bearer ${process.env.GATEHOUSE_TOKEN}` },
});
const query = `subscription ($after: String) {
  events(after: $after) { kind cursor event { type resourceId ... on PageEvent { page { title } } } }
}`;
const after = await readFile(file, 'utf8').catch(() => null);

for await (const { kind, cursor, event } of follower.follow({ query, after, signal: stop.signal })) {
  if (kind === 'GAP') console.log('Events were missed that are not kept any more: read what you need anew.');
  if (event) console.log(`${event.type} ${event.resourceId} ${event.page?.title ?? ''}`);
  // After it was dealt with, never before; and whole, whatever happens meanwhile.
  await writeFile(`${file}.new`, cursor);
  await rename(`${file}.new`, file);
}
await follower.close();
