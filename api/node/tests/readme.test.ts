/** The example of the README runs. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { real } from './processes.js';

test('the example of the README runs and ends', real, async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, example] = /^```js\n([^]*?)^```/m.exec(readme) ?? [];
  const program = fileURLToPath(new URL('./readme_example.js', import.meta.url));

  assert.ok(example);
  writeFileSync(program, example);
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  assert.match(stdout, /audio\/opus/);
  assert.match(stdout, /usernameFragment/);
  assert.match(stdout, /udpcandidate/);
});
