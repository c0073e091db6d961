import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineReader } from '../dist/line_reader.js';

function read(chunks: Buffer[]): string[] {
  const lines: string[] = [];
  const reader = new LineReader(line => lines.push(line));

  chunks.forEach(chunk => reader.push(chunk));

  return lines;
}

test('lines are cut at every newline, whatever the pieces', () => {
  const text = Buffer.from('{"a":"zwölf"}\n{"b":"\u{1f3a5}"}\r\n\n{"c":1}\n');

  for (let size = 1; size <= text.length; size++) {
    const chunks: Buffer[] = [];

    for (let start = 0; start < text.length; start += size) {
      chunks.push(text.subarray(start, start + size));
    }

    assert.deepEqual(read(chunks), ['{"a":"zwölf"}', '{"b":"\u{1f3a5}"}', '{"c":1}']);
  }
});

test('a line without its end is kept back until flush()', () => {
  const lines: string[] = [];
  const reader = new LineReader(line => lines.push(line));

  reader.push(Buffer.from('half'));
  assert.deepEqual(lines, []);
  reader.flush();
  assert.deepEqual(lines, ['half']);
  reader.flush();
  assert.deepEqual(lines, ['half']);
});

test('a line of 64 MiB in small pieces arrives whole', () => {
  const piece = Buffer.alloc(65536, 'x');
  const lines = read([...Array<Buffer>(1024).fill(piece), Buffer.from('\n')]);

  assert.equal(lines.length, 1);
  assert.equal(lines[0]?.length, 64 * 1024 * 1024);
});
