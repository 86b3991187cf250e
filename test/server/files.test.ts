// Files at the doors of the web: sent by PUT, put on a page, fetched by GET, by an address that works as long as what it was
// asked for with, and as long as a page that may be read refers to the file.

import { readdir, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { downloadExpiry, fileAt, pathOfFile } from '../../src/file/file-url.js';
import { expireUploads } from '../../src/file/upload-lifecycle.js';
import { operatorOf } from '../../src/gate/actor.js';
import type { Capability } from '../../src/gate/capability.js';
import { failSilentImports, runImport, takeImport } from '../../src/importer/import-job-lifecycle.js';
import { type Id, newId } from '../../src/lib/id.js';
import { createLog } from '../../src/lib/log.js';
import { keyRingFrom } from '../../src/lib/secret.js';
import { sweepFiles } from '../../src/server/keep-files.js';
import { keepImports } from '../../src/server/keep-imports.js';
import { hex, idOf, zipBytes } from '../importer/export-builder.js';
import { type Asker, openWorld, type SignedIn, type World } from '../world.js';

/** A picture of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
/** The same with something behind it, which is another file. */
const pngWith = (text: string): Buffer => Buffer.concat([PNG, Buffer.from(text)]);
const WRITER: readonly Capability[] = ['CONTENT_READ', 'CONTENT_INSERT', 'CONTENT_UPDATE'];

let world: World;
let root: Id;
let writer: Asker;

beforeAll(async () => {
  world = await openWorld();
  root = await world.page({ title: 'Root' });
  writer = await world.connection(WRITER);
  await world.share(writer, root);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

// biome-ignore lint/suspicious/noExplicitAny: answers to whatever a test asks
type Any = any;

type Who = Asker | SignedIn;

async function begin(who: Who, input: object) {
  const { data } = await world.ask<Any, Any>(
    who,
    `mutation ($input: CreateFileUploadInput!) { createFileUpload(input: $input) {
       fileUpload { id state uploadUrl contentType size } userErrors { code message path } } }`,
    { input },
  );
  return data.createFileUpload;
}

const put = (url: string, body: Buffer | string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'PUT', body: body as never, headers });

async function complete(who: Who, id: Id) {
  const { data } = await world.ask<Any, Any>(
    who,
    `mutation ($id: ID!) { completeFileUpload(input: { id: $id }) { fileUpload { state contentType size uploadUrl } userErrors { code } } }`,
    { id },
  );
  return data.completeFileUpload;
}

/** An upload that is ready to be used. */
async function uploaded(who: Who, bytes: Buffer | string = PNG, name = 'dot.png'): Promise<Id> {
  const { fileUpload } = await begin(who, { name });
  expect((await put(fileUpload.uploadUrl, bytes)).status).toBe(204);
  expect(await complete(who, fileUpload.id)).toMatchObject({ fileUpload: { state: 'COMPLETED' }, userErrors: [] });
  return fileUpload.id;
}

async function append(who: Who, block: object, pageId = root) {
  const { data } = await world.ask<Any, Any>(
    who,
    `mutation ($input: AppendBlocksInput!) { appendBlocks(input: $input) {
       blockIds userErrors { code message path }
       blocks { id ... on MediaBlock { file { name contentType size externalUrl url expiresAt } } } } }`,
    { input: { pageId, blocks: [block] } },
  );
  return data.appendBlocks;
}

/** Where a file of a page can be fetched, as somebody sees it. */
async function urlsOn(who: Who, pageId = root): Promise<string[]> {
  const { data } = await world.ask<Any, Any>(
    who,
    `query ($id: ID!) { page(id: $id) { blocks { nodes { ... on MediaBlock { file { url } } } } } }`,
    { id: pageId },
  );
  return (data.page?.blocks?.nodes ?? []).flatMap((node: Any) => (node.file?.url ? [node.file.url] : []));
}

async function expectGone(url: string): Promise<void> {
  const answer = await fetch(url);
  expect(answer.status).toBe(404);
  expect(await answer.text()).toBe(
    '{"errors":[{"message":"There is no such file, or its address does not work any more. Ask for it again.","extensions":{"code":"NOT_FOUND"}}]}',
  );
}

/** A page with a picture, shared with a reader of its own. */
async function picture(bytes = pngWith(String(Math.random()))) {
  const pageId = await world.page({ under: root, title: 'Pictures' });
  const { blocks } = await append(writer, { image: { uploadId: await uploaded(writer, bytes) } }, pageId);
  const reader = await world.connection(['CONTENT_READ']);
  const shareId = await world.share(reader, pageId);
  const [url = ''] = await urlsOn(reader, pageId);
  expect((await fetch(url)).status).toBe(200);
  return { pageId, reader, shareId, url, bytes, blockId: blocks[0].id as Id };
}

describe('A file goes in and comes out', () => {
  test('by PUT, completion, a block and GET, with nothing but addresses on the way of the bytes', async () => {
    const { fileUpload } = await begin(writer, { name: 'Ein Bild é.png', size: PNG.length });
    expect(fileUpload).toMatchObject({ state: 'PENDING', contentType: 'image/png', size: PNG.length });
    expect((await put(fileUpload.uploadUrl, PNG)).status).toBe(204);
    expect(await complete(writer, fileUpload.id)).toEqual({
      fileUpload: { state: 'COMPLETED', contentType: 'image/png', size: PNG.length, uploadUrl: null },
      userErrors: [],
    });
    const { blocks } = await append(writer, { image: { uploadId: fileUpload.id, caption: [{ text: 'A dot' }] } });
    const { file } = blocks[0];
    expect(file).toMatchObject({
      name: 'Ein Bild é.png',
      contentType: 'image/png',
      size: PNG.length,
      externalUrl: null,
    });
    const lasts = Date.parse(file.expiresAt) - Date.now();
    expect(lasts).toBeGreaterThan(299_000);
    expect(lasts).toBeLessThanOrEqual(600_000);

    const answer = await fetch(file.url);
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).equals(PNG)).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(PNG.length),
      'content-disposition': `attachment; filename="Ein Bild ?.png"; filename*=UTF-8''Ein%20Bild%20%C3%A9.png`,
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
      'referrer-policy': 'no-referrer',
      'accept-ranges': 'bytes',
    });
  });

  test('in parts, where parts are asked for', async () => {
    const { url } = await picture();
    const part = await fetch(url, { headers: { range: 'bytes=1-3' } });
    expect([part.status, await part.text()]).toEqual([206, 'PNG']);
    expect((await fetch(url, { headers: { range: 'bytes=900000-' } })).status).toBe(416);
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('as icon and cover of a page and a database, and as a value of a row', async () => {
    const [icon, cover, base] = [await uploaded(writer), await uploaded(writer), await uploaded(writer)];
    const made = await world.ask<Any, Any>(
      writer,
      `mutation ($icon: ID!, $cover: ID!, $base: ID!, $root: ID!) {
         createPage(input: { parent: { pageId: $root }, title: "Look", icon: { uploadId: $icon }, cover: { uploadId: $cover } }) {
           page { id icon { url emoji } cover { url } } userErrors { code message } }
         createDatabase(input: { parent: { pageId: $root }, title: "Files", icon: { uploadId: $base }, properties: [{ name: "Files", type: FILES }] }) {
           database { id icon { url } dataSources { id properties { id name } } } userErrors { code message } } }`,
      { icon, cover, base, root },
    );
    const { createPage, createDatabase } = made.data;
    expect([createPage.userErrors, createDatabase.userErrors]).toEqual([[], []]);
    for (const url of [createPage.page.icon.url, createPage.page.cover.url, createDatabase.database.icon.url]) {
      expect((await fetch(url)).status).toBe(200);
    }
    // What a page shows no more is not handed out any more.
    await world.ask<Any, Any>(
      writer,
      `mutation ($id: ID!) { updatePage(input: { id: $id, icon: null }) { page { id } } }`,
      {
        id: createPage.page.id,
      },
    );
    await expectGone(createPage.page.icon.url);

    const [dataSource] = createDatabase.database.dataSources;
    const [one, two] = [await uploaded(writer, 'a,b\n1,2\n', 'table.csv'), await uploaded(writer)];
    const rows = await world.ask<Any, Any>(
      writer,
      `mutation ($input: CreatePageInput!) { createPage(input: $input) {
         page { id properties { name ... on FilesValue { files { name url externalUrl } } } } userErrors { code message path } } }`,
      {
        input: {
          parent: { dataSourceId: dataSource.id },
          properties: [
            {
              name: 'Files',
              files: [{ uploadId: one }, { uploadId: two, name: 'Two' }, { name: 'Web', url: 'https://example.org/x' }],
            },
          ],
        },
      },
    );
    expect(rows.data.createPage.userErrors).toEqual([]);
    const { files } = rows.data.createPage.page.properties.find(({ name }: Any) => name === 'Files');
    expect(files.map(({ name, url }: Any) => [name, url !== null])).toEqual([
      ['table.csv', true],
      ['Two', true],
      ['Web', false],
    ]);
    expect(await (await fetch(files[0].url)).text()).toBe('a,b\n1,2\n');
    // The column is gone, and with it what it held.
    const column = dataSource.properties.find(({ name }: Any) => name === 'Files').id;
    await world.sql(
      `update data_source set properties = jsonb_path_query_array(properties, '$[*] ? (@.id != $id)', $2) where id = $1`,
      [dataSource.id, { id: column }],
    );
    await expectGone(files[0].url);
  });

  test('an imported attachment, by the same way', async () => {
    const { pageId, url, bytes } = await picture();
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(bytes)).toBe(true);
    await world.sql('delete from file_upload where id in (select id from file where page_id = $1)', [pageId]);
    expect((await fetch(url)).status).toBe(200);
  });
});

describe('An address of a file dies', () => {
  test('with the share', async () => {
    const { url, shareId } = await picture();
    await world.unshare(shareId);
    await expectGone(url);
  });

  test('with CONTENT_READ of the share', async () => {
    const { url, reader, pageId, shareId } = await picture();
    await world.unshare(shareId);
    await world.share(reader, pageId, { access: ['UPDATE'] });
    await expectGone(url);
  });

  test('with the token it was asked with, not with another one', async () => {
    const { url, reader } = await picture();
    const [token] = await world.sql<{ id: Id }>('select id from token where installation_id = $1', [
      reader.installationId,
    ]);
    expect((await fetch(url)).status).toBe(200);
    await world.sql('update token set revoked_at = now() where id = $1', [token!.id]);
    await expectGone(url);
  });

  test('with the installation', async () => {
    const { url, reader } = await picture();
    await world.sql(`update connection set status = 'SUSPENDED' where id = $1`, [reader.connectionId]);
    await expectGone(url);
  });

  test('with the session and the membership of a person', async () => {
    const { pageId } = await picture();
    const member = await world.person();
    const her = await world.signedIn(member);
    const [url = ''] = await urlsOn(her, pageId);
    expect((await fetch(url)).status).toBe(200);
    await world.sql('update session set ended_at = now() where id = $1', [her.sessionId]);
    await expectGone(url);
    const again = await world.signedIn(member);
    const [another = ''] = await urlsOn(again, pageId);
    expect((await fetch(another)).status).toBe(200);
    await world.sql('update membership set ended_at = now() where person_id = $1', [member.id]);
    await expectGone(another);
  });

  test('with the owner who asked as the installation', async () => {
    const { pageId, reader } = await picture();
    const owner = await world.person({ role: 'OWNER' });
    const her = await world.signedIn(owner);
    const [url = ''] = await urlsOn({ ...her, actAs: reader.installationId }, pageId);
    expect((await fetch(url)).status).toBe(200);
    await world.sql(`update membership set role = 'MEMBER' where person_id = $1`, [owner.id]);
    await expectGone(url);
  });

  test('with its block, and lives on where the block goes', async () => {
    const { url, pageId, reader, blockId } = await picture();
    await world.ask(
      writer,
      `mutation ($id: ID!, $to: ID!) { moveBlock(input: { id: $id, pageId: $to, position: { end: true } }) { userErrors { code } } }`,
      {
        id: blockId,
        to: root,
      } as never,
    );
    await expectGone(url);
    expect(await urlsOn(reader, pageId)).toEqual([]);
    expect((await urlsOn(writer)).length).toBeGreaterThan(0);
  });

  test('with time', async () => {
    const { url } = await picture();
    const address = fileAt(world.store.keys, new URL(url).pathname)!;
    const late = { ...address, expiresAt: new Date(Date.now() - 1_000) };
    await expectGone(world.url + pathOfFile(world.store.keys, late));
    expect(fileAt(world.store.keys, new URL(url).pathname, address.expiresAt.getTime())).toBeNull();
    expect(downloadExpiry(new Date(600_001))).toEqual(new Date(1_200_000));
  });

  test('and is nothing without its signature: of another key, changed in any bit, written another way', async () => {
    const { url } = await picture();
    const path = new URL(url).pathname;
    const address = fileAt(world.store.keys, path)!;
    await expectGone(world.url + pathOfFile(keyRingFrom('ab'.repeat(32))!, address));
    const bytes = Buffer.from(path.slice(7), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = changed[at]! ^ (1 << (at % 8));
      expect(fileAt(world.store.keys, `/files/${changed.toString('base64url')}`)).toBeNull();
    }
    await expectGone(`${url}=`);
    await expectGone(`${world.url}/files/`);
    await expectGone(`${world.url}/files/%2e%2e%2fkeys`);
  });

  test('and opens nothing else: not by the same bytes on a page out of reach, not by its hash', async () => {
    const { url, bytes, reader } = await picture();
    const hidden = await picture(bytes); // the same bytes, under the same hash
    const address = fileAt(world.store.keys, new URL(url).pathname)!;
    const other = fileAt(world.store.keys, new URL(hidden.url).pathname)!;
    const { resourceId, fileId } = other;
    const forged = pathOfFile(world.store.keys, { ...address, resourceId, fileId });
    await expectGone(world.url + forged); // even rightly signed: the reader does not reach that page
    await expectGone(world.url + pathOfFile(world.store.keys, { ...address, fileId }));
    expect(await urlsOn(reader, hidden.pageId)).toEqual([]);
  });

  test('for the upload it was made for, it fetches nothing; and an address to fetch takes nothing', async () => {
    const { url } = await picture();
    expect((await put(url, PNG)).status).toBe(404);
    const { fileUpload } = await begin(writer, { name: 'a.txt' });
    await expectGone(fileUpload.uploadUrl);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(405);
  });
});

describe('Bytes are refused', () => {
  const state = async (id: Id) =>
    (await world.sql<{ state: string }>('select state from file_upload where id = $1', [id]))[0]?.state;

  test.each([
    ['a page of HTML that calls itself a picture', 'dot.png', '<html><script>alert(1)</script>'],
    ['a picture that calls itself a PDF', 'paper.pdf', PNG],
    ['a picture that calls itself text', 'notes.txt', PNG],
  ])('%s: 415, and the upload has failed', async (_, name, bytes) => {
    const { fileUpload } = await begin(writer, { name });
    const answer = await put(fileUpload.uploadUrl, bytes);
    expect(answer.status).toBe(415);
    expect(await state(fileUpload.id)).toBe('FAILED');
    expect((await put(fileUpload.uploadUrl, PNG)).status).toBe(404);
    expect((await complete(writer, fileUpload.id)).userErrors).toEqual([{ code: 'INVALID_STATE' }]);
  });

  test.each([
    ['another number than was announced', { name: 'dot.png', size: PNG.length + 1 }, 415],
    ['more than was announced', { name: 'dot.png', size: PNG.length - 1 }, 413],
  ])('%s', async (_, input, status) => {
    const { fileUpload } = await begin(writer, input);
    expect((await put(fileUpload.uploadUrl, PNG)).status).toBe(status);
  });

  test('more than the limit: told when it is announced, and when it comes without an announcement', async () => {
    const { userErrors } = await begin(writer, { name: 'film.mp4', size: 20 * 1024 ** 2 + 1 });
    expect(userErrors[0]).toMatchObject({ code: 'TOO_LONG', path: ['size'] });
    const { fileUpload } = await begin(writer, { name: 'a.bin' });
    await world.sql('update file_upload set max_bytes = 1000 where id = $1', [fileUpload.id]);
    const chunks = async function* () {
      for (let n = 0; n < 20; n++) yield Buffer.alloc(100);
    };
    const answer = await fetch(fileUpload.uploadUrl, {
      method: 'PUT',
      body: chunks() as never,
      duplex: 'half',
    } as never);
    expect(answer.status).toBe(413);
    expect(await state(fileUpload.id)).toBe('FAILED');
    const folder = dirname(world.store.files.pathOf(world.workspaceId, Buffer.alloc(32)));
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('in a coding', async () => {
    const { fileUpload } = await begin(writer, { name: 'a.txt' });
    expect((await put(fileUpload.uploadUrl, 'x', { 'content-encoding': 'gzip' })).status).toBe(415);
    expect(await state(fileUpload.id)).toBe('PENDING');
  });

  test('once there are some; and by several at once exactly one is taken', async () => {
    const { fileUpload } = await begin(writer, { name: 'a.txt' });
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => put(fileUpload.uploadUrl, `text ${n}`)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    expect(statuses.every((status) => [204, 404, 409].includes(status))).toBe(true);
    expect((await put(fileUpload.uploadUrl, 'again')).status).toBe(404);
    const completed = await Promise.all(Array.from({ length: 8 }, () => complete(writer, fileUpload.id)));
    for (const one of completed) expect(one).toMatchObject({ fileUpload: { state: 'COMPLETED' }, userErrors: [] });
    const events = await world.sql('select 1 from change where type = $1 and resource_id = $2', [
      'FILE_UPLOAD_COMPLETED',
      fileUpload.id,
    ]);
    expect(events).toHaveLength(1);
  });

  test('of whose uploader lost her token, and after it has expired', async () => {
    const other = await world.connection(WRITER);
    const { fileUpload } = await begin(other, { name: 'a.txt' });
    await world.sql('update token set revoked_at = now() where installation_id = $1', [other.installationId]);
    expect((await put(fileUpload.uploadUrl, 'x')).status).toBe(404);
    const { fileUpload: late } = await begin(writer, { name: 'a.txt' });
    await world.sql(`update file_upload set expires_at = now() where id = $1`, [late.id]);
    expect((await put(late.uploadUrl, 'x')).status).toBe(404);
  });

  test('a sender who breaks off leaves nothing, and may begin again', async () => {
    const { fileUpload } = await begin(writer, { name: 'a.txt' });
    const stop = new AbortController();
    const chunks = async function* () {
      yield Buffer.from('half');
      await sleep(50);
      stop.abort();
      await sleep(1_000);
    };
    await expect(
      fetch(fileUpload.uploadUrl, {
        method: 'PUT',
        body: chunks() as never,
        duplex: 'half',
        signal: stop.signal,
      } as never),
    ).rejects.toThrow();
    await expect.poll(async () => (await put(fileUpload.uploadUrl, 'whole')).status).toBe(204);
    const folder = dirname(world.store.files.pathOf(world.workspaceId, Buffer.alloc(32)));
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('An upload is used', () => {
  test('once: not by two pages, not twice in one call', async () => {
    const id = await uploaded(writer);
    const both = await Promise.all([
      append(writer, { image: { uploadId: id } }),
      append(writer, { image: { uploadId: id } }),
    ]);
    expect(both.map(({ userErrors }) => userErrors.map(({ code }: Any) => code)).sort()).toEqual([[], ['NOT_FOUND']]);
    const twice = await uploaded(writer);
    const { userErrors } = await append(writer, {
      toggle: { children: [{ image: { uploadId: twice } }, { file: { uploadId: twice } }] },
    });
    expect(userErrors[0]).toMatchObject({ code: 'NOT_FOUND', message: 'The upload was not found.' });
    expect((await append(writer, { image: { uploadId: twice } })).userErrors).toEqual([]);
  });

  test('by whoever made it alone: to others it is missing, at every door', async () => {
    const id = await uploaded(writer);
    const other = await world.connection(WRITER);
    await world.share(other, root);
    const missing = '00000000-0000-7000-8000-000000000000';
    const answers = await Promise.all(
      [id, missing].map(async (uploadId) => {
        const { data } = await world.ask<Any, Any>(other, 'query ($id: ID!) { fileUpload(id: $id) { id } }', {
          id: uploadId,
        });
        return [data, await complete(other, uploadId), await append(other, { image: { uploadId } })];
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]![0]).toEqual({ fileUpload: null });
  });

  test('for what it is: a text is no picture', async () => {
    const id = await uploaded(writer, 'text', 'a.txt');
    const { userErrors } = await append(writer, { image: { uploadId: id } });
    expect(userErrors[0]).toMatchObject({ code: 'INVALID' });
    expect((await append(writer, { file: { uploadId: id } })).userErrors).toEqual([]);
  });

  test('not before it is completed, and not together with an address', async () => {
    const { fileUpload } = await begin(writer, { name: 'dot.png' });
    expect((await append(writer, { image: { uploadId: fileUpload.id } })).userErrors[0].code).toBe('NOT_FOUND');
    expect((await complete(writer, fileUpload.id)).userErrors).toEqual([{ code: 'INVALID_STATE' }]);
    const id = await uploaded(writer);
    const { userErrors } = await append(writer, { image: { uploadId: id, url: 'https://example.org/a.png' } });
    expect(userErrors[0].code).toBe('INVALID');
  });

  test('for imports by owners alone', async () => {
    const { userErrors } = await begin(writer, { name: 'export.zip', purpose: 'IMPORT' });
    expect(userErrors[0].code).toBe('FORBIDDEN');
    const reader = await world.connection(['CONTENT_READ']);
    expect((await begin(reader, { name: 'a.txt' })).userErrors[0].code).toBe('CAPABILITY_MISSING');
  });
});

describe('Uploads that wait', () => {
  test('are a hundred of one user at most, also when they are begun at once', async () => {
    const hoarder = await world.connection(WRITER);
    const { fileUpload } = await begin(hoarder, { name: 'a.txt' });
    await world.sql(
      `insert into file_upload (workspace_id, id, purpose, user_id, name, content_type, max_bytes, expires_at)
       select u.workspace_id, gen_random_uuid(), 'CONTENT', u.user_id, 'x', 'text/plain', 1, now() + interval '1 hour'
         from file_upload u, generate_series(1, 97) where u.id = $1`,
      [fileUpload.id],
    );
    const more = await Promise.all(Array.from({ length: 4 }, () => begin(hoarder, { name: 'a.txt' })));
    expect(more.flatMap(({ userErrors }) => userErrors.map(({ code }: Any) => code))).toEqual([
      'INVALID_STATE',
      'INVALID_STATE',
    ]);
    expect((await begin(writer, { name: 'a.txt' })).userErrors).toEqual([]);
  });
});

describe('What nobody uses goes', () => {
  test('an upload expires, and its maker is told; bytes go once nothing refers to them, the same bytes elsewhere stay', async () => {
    const stop = world.keepLog();
    const bytes = pngWith('kept');
    const kept = await picture(bytes);
    const unused = await uploaded(writer, pngWith('unused'));
    const same = await uploaded(writer, bytes);
    const gonePicture = await picture(pngWith('gone'));
    await world.ask(writer, `mutation ($id: ID!) { deleteBlock(input: { id: $id }) { deletedId } }`, {
      id: gonePicture.blockId,
    } as never);
    await world.sql(`update file_upload set expires_at = now() where id = any($1)`, [[unused, same]]);
    expect(await expireUploads(world.store)).toBeGreaterThanOrEqual(2);
    expect(await sweepFiles(world.store, { graceMs: 3_600_000 })).toBe(0);

    const { store, workspaceId } = world;
    const folder = dirname(store.files.pathOf(workspaceId, Buffer.alloc(32)));
    const before = await readdir(folder);
    const long = new Date(Date.now() - 7_200_000);
    for (const name of before) await utimes(`${folder}/${name}`, long, long);
    await world.sql(`update file_upload set used_at = used_at - interval '2 hours' where used_at is not null`);
    // What is kept again meanwhile stays, though nothing refers to it yet.
    const again = await store.files.draft(
      workspaceId,
      (async function* () {
        yield pngWith('unused');
      })() as never,
    );
    expect(await again.keep()).toBeNull();
    expect(await sweepFiles(store, { graceMs: 3_600_000 })).toBeGreaterThan(0);
    expect((await fetch(kept.url)).status).toBe(200);
    const after = await readdir(folder);
    expect(after).toContain(again.sha256.toString('hex'));
    expect(after.length).toBeLessThan(before.length);
    const files = await world.sql<{ hash: string }>(`select distinct encode(sha256, 'hex') as hash from file`);
    for (const { hash } of files) expect(after).toContain(hash);

    await expect
      .poll(
        async () => {
          const { data } = await world.ask<Any, Any>(
            writer,
            '{ events(filter: { types: [FILE_UPLOAD_EXPIRED] }) { nodes { resourceId ... on FileUploadEvent { page { id } } } } }',
          );
          return data?.events?.nodes.map(({ resourceId }: Any) => resourceId);
        },
        { timeout: 5_000 },
      )
      .toEqual(expect.arrayContaining([unused, same]));
    await stop();
  });

  test('bytes whose upload never came to say so are nobody’s, and go', async () => {
    const { store, workspaceId } = world;
    const draft = await store.files.draft(
      workspaceId,
      (async function* () {
        yield Buffer.from('crashed');
      })() as never,
    );
    await draft.keep();
    const path = store.files.pathOf(workspaceId, draft.sha256);
    const long = new Date(Date.now() - 7_200_000);
    await utimes(path, long, long);
    expect(await sweepFiles(store, { graceMs: 3_600_000 })).toBe(1);
  });
});

describe('An uploaded export', () => {
  let owner: SignedIn;
  beforeAll(async () => {
    owner = await world.signedIn(await world.person({ role: 'OWNER' }));
  });

  const JOB =
    'id state phase done total reason skippedCount skipped { path reason } created { pages files } finishedAt';

  async function start(who: Who, fileUploadId: Id) {
    const { data, errors } = await world.ask<Any, Any>(
      who,
      `mutation ($id: ID!) { startImport(input: { fileUploadId: $id }) { importJob { ${JOB} } userErrors { code message } } }`,
      { id: fileUploadId },
    );
    return data?.startImport ?? errors;
  }
  const job = async (id?: Id) =>
    (await world.ask<Any, Any>(owner, `query ($id: ID) { importJob(id: $id) { ${JOB} } }`, { id })).data.importJob;

  async function uploadedExport(bytes?: Buffer): Promise<Id> {
    const { fileUpload } = await begin(owner, { name: 'export.zip', purpose: 'IMPORT' });
    const zip = bytes ?? (await zipBytes({ [`Home ${hex(1)}.md`]: `# Home\n\n![dot](dot.png)`, 'dot.png': PNG }));
    expect((await put(fileUpload.uploadUrl, zip)).status).toBe(204);
    await complete(owner, fileUpload.id);
    return fileUpload.id;
  }
  /** Runs until a job has ended, as a server does. */
  async function running<T>(work: () => Promise<T>): Promise<T> {
    const log = createLog({ level: 'silent' });
    const keeper = keepImports({ store: world.store, log, limits: {}, everyMs: 20 });
    try {
      return await work();
    } finally {
      await keeper.stop();
    }
  }
  const ended = (id: Id) => expect.poll(async () => (await job(id)).finishedAt, { timeout: 5_000 }).not.toBeNull();

  test('is imported by an owner, who sees how far it is, and its pictures are served like any other', async () => {
    const upload = await uploadedExport();
    const { importJob, userErrors } = await start(owner, upload);
    expect(userErrors).toEqual([]);
    expect(importJob).toMatchObject({ state: 'QUEUED', phase: null, done: 0, total: 0, created: null });
    await running(() => ended(importJob.id));
    expect(await job(importJob.id)).toMatchObject({
      state: 'DONE',
      phase: 'WRITING',
      done: 2,
      total: 2,
      created: { pages: 1, files: 1 },
      skippedCount: 0,
      skipped: [],
      reason: null,
    });
    expect((await job()).id).toBe(importJob.id);
    const [url = ''] = await urlsOn(owner, idOf(1));
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(PNG)).toBe(true);
    expect((await start(owner, upload)).userErrors[0].code).toBe('NOT_FOUND');
    const actions = await world.sql<{ action: string }>(
      'select action from audit_entry where target_id = $1 order by action',
      [importJob.id],
    );
    expect(actions.map(({ action }) => action)).toEqual(['import.finished', 'import.started']);
  });

  test('is refused to who does not administer, and while another one is under way', async () => {
    const member = await world.signedIn(await world.person());
    const upload = await uploadedExport();
    expect((await start(member, upload)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
    expect((await start(writer, upload)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
    const other = await world.signedIn(await world.person({ role: 'OWNER' }));
    expect((await start(other, upload)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    const both = await Promise.all([start(owner, upload), start(owner, await uploadedExport())]);
    expect(both.flatMap(({ userErrors }) => userErrors.map(({ code }: Any) => code))).toEqual(['INVALID_STATE']);
    const { importJob } = both.find(({ userErrors }) => userErrors.length === 0);
    await running(() => ended(importJob.id));
    expect((await job(importJob.id)).state).toBe('DONE');
  });

  test('that is none fails with the words of the command line, and changes nothing', async () => {
    const { importJob } = await start(owner, await uploadedExport((await zipBytes({ 'a.md': 'x' })).subarray(0, 60)));
    await running(() => ended(importJob.id));
    const failed = await job(importJob.id);
    expect(failed).toMatchObject({ state: 'FAILED', created: null });
    expect(failed.reason).toMatch(/^Expected /);
  });

  test('whose gateway was killed has failed, and says so; the next one may start', async () => {
    const { importJob } = await start(owner, await uploadedExport());
    const taken = await takeImport(world.store.em(), newId());
    expect(taken?.id).toBe(importJob.id);
    expect(await failSilentImports(world.store)).toBe(0);
    await world.sql(`update import_job set seen_at = now() - interval '2 minutes' where id = $1`, [importJob.id]);
    expect(await failSilentImports(world.store)).toBe(1);
    expect(await job(importJob.id)).toMatchObject({ state: 'FAILED', reason: expect.stringMatching(/start anew/) });
    const next = await start(owner, await uploadedExport());
    expect(next.userErrors).toEqual([]);
    // A gateway that is stopped meanwhile says so itself.
    const stopped = new AbortController();
    stopped.abort();
    const { em, committed, files } = world.store;
    const log = createLog({ level: 'silent' });
    const job2 = (await takeImport(em(), newId()))!;
    await runImport({ em, committed, files, log, limits: {}, signal: stopped.signal }, job2);
    expect(await job(next.importJob.id)).toMatchObject({
      state: 'FAILED',
      reason: expect.stringMatching(/^The gateway was stopped/),
    });
  });
});

describe('Nothing tells', () => {
  test('addresses are in no log, and cost no statement', async () => {
    const { url, reader, pageId } = await picture();
    expect(world.logLines.join('')).not.toContain(new URL(url).pathname.slice(7, 60));
    world.statements.length = 0;
    await urlsOn(reader, pageId);
    const withUrl = world.statements.length;
    world.statements.length = 0;
    await world.ask(
      reader,
      `query ($id: ID!) { page(id: $id) { blocks { nodes { ... on MediaBlock { file { name } } } } } }`,
      {
        id: pageId,
      } as never,
    );
    expect(withUrl).toBe(world.statements.length);
    world.statements.length = 0;
    await (await fetch(url)).arrayBuffer();
    expect(world.statements).toHaveLength(2);
  });

  test('the operator gets none: the command line is not reached by the web', async () => {
    const { pageId } = await picture();
    const ctx = world.gateway.contextFor(operatorOf(world.workspaceId), world.store.reader());
    const { body } = await world.gateway.apollo.executeOperation(
      { query: `{ page(id: "${pageId}") { blocks { nodes { ... on MediaBlock { file { name url expiresAt } } } } } }` },
      { contextValue: ctx },
    );
    expect(JSON.stringify(body)).toContain('"url":null,"expiresAt":null');
  });
});
