import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errors } from 'sluice';
import { toError } from '../dist/rpc_error.js';

const classes = {
  missing_field: TypeError,
  unknown_field: TypeError,
  wrong_type: TypeError,
  invalid_value: TypeError,
  duplicate_id: TypeError,
  exclusive_fields: TypeError,
  not_found: errors.NotFoundError,
  unsupported: errors.UnsupportedError,
  closed: errors.WorkerClosedError,
  invalid_state: Error,
  resource_unavailable: Error,
  internal: Error,
  parse_error: Error,
  toString: Error,
};

for (const [reason, Class] of Object.entries(classes)) {
  test(`the reason ${reason} is a ${Class.name}`, () => {
    const path = 'params.rtpParameters.codecs[0].mimeType';
    const error = toError('producer.create', {
      code: -32000,
      message: 'the message',
      data: { reason, path },
    });

    assert.equal(error.constructor, Class);
    assert.equal(error.name, Class.name);
    assert.equal(error.reason, reason);
    assert.equal(error.path, path);
    assert.equal(error.code, -32000);
    assert.equal(error.message, `producer.create: the message [${path}]`);
  });
}

test('an error without data is an Error', () => {
  const error = toError('worker.dump', { code: -32603, message: 'internal' });

  assert.equal(error.constructor, Error);
  assert.equal(error.reason, undefined);
  assert.equal(error.message, 'worker.dump: internal');
});

test('InvalidStateError is the old name of WorkerClosedError', () => {
  assert.equal(errors.InvalidStateError, errors.WorkerClosedError);
});
