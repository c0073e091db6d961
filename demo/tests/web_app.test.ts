// The pages that the server hands out.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DemoServer } from '../server/demo_server.js';
import { startServer } from './server_fixture.js';

let server: DemoServer;

before(async () => {
  server = await startServer();
});

after(async () => {
  await server.close();
});

const get = (path: string) => fetch(server.url + path, { redirect: 'manual' });

test('the start page and every room have the page, guarded by a content security policy', async () => {
  for (const path of ['/', '/calm-harbour']) {
    const response = await get(path);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /<div id="app">/);
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'self'/);
  }
});

test('script, style and icon are there', async () => {
  for (const [path, type] of [['/assets/page.js', 'javascript'], ['/assets/style.css', 'css'], ['/assets/icon.svg', 'svg']] as const) {
    const response = await get(path);
    assert.equal(response.status, 200);
    assert.ok(response.headers.get('content-type')?.includes(type));
    await response.arrayBuffer();
  }
});

test('room names are brought into shape', async () => {
  const location = async (path: string) => (await get(path)).headers.get('location');
  assert.equal(await location('/?room=Team%20Meeting'), '/team-meeting');
  assert.equal(await location('/Caf%C3%A9'), '/cafe');
  assert.equal(await location('/%20%20'), '/');
});

test('there is nothing else', async () => {
  for (const path of ['/favicon.ico', '/a/b', '/assets/none.js', '/assets/../package.json']) {
    assert.equal((await get(path)).status, 404);
  }
});
