import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setLogEventListeners } from 'sluice';
import { DebugFilter } from '../dist/debug_filter.js';
import { Logger } from '../dist/logger.js';

test('listeners get the namespace and the text, and an error', () => {
  const logger = new Logger('Test');
  const heard: unknown[] = [];
  const error = new Error('why');

  setLogEventListeners({
    ondebug: (...args) => heard.push(['debug', ...args]),
    onwarn: (...args) => heard.push(['warn', ...args]),
    onerror: (...args) => heard.push(['error', ...args]),
  });
  logger.debug('a');
  logger.warn('b');
  logger.error('c', error);
  setLogEventListeners();
  logger.error('d');

  assert.deepEqual(heard, [
    ['debug', 'sluice:Test', 'a'],
    ['warn', 'sluice:WARN:Test', 'b'],
    ['error', 'sluice:ERROR:Test', 'c', error],
  ]);
});

test('any listener may be missing, and one that throws does no harm', () => {
  const logger = new Logger('Test');

  setLogEventListeners({
    onwarn: () => {
      throw new Error('listener');
    },
  });
  logger.debug('a');
  logger.warn('b');
  logger.error('c');
  setLogEventListeners();
});

test('DEBUG switches namespaces on by patterns', () => {
  const matches = (patterns: string, namespace: string): boolean =>
    new DebugFilter(patterns).matches(namespace);

  assert.equal(matches('', 'sluice:Channel'), false);
  assert.equal(matches('sluice*', 'sluice:Channel'), true);
  assert.equal(matches('sluice:Worker', 'sluice:Channel'), false);
  assert.equal(matches('*WARN* *ERROR*', 'sluice:ERROR:Worker'), true);
  assert.equal(matches('*WARN*,*ERROR*', 'sluice:Worker'), false);
  assert.equal(matches('sluice*,-sluice:Channel', 'sluice:Channel'), false);
  assert.equal(matches('sluice*,-sluice:Channel', 'sluice:Worker'), true);
  assert.equal(matches('s.uice*', 'sluice:Worker'), false);
});
