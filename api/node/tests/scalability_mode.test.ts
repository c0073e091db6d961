import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseScalabilityMode } from 'sluice';

const layers = (spatialLayers: number, temporalLayers: number, ksvc = false): object => ({
  spatialLayers,
  temporalLayers,
  ksvc,
});

const modes: [string | undefined, object][] = [
  ['L1T3', layers(1, 3)],
  ['L3T2', layers(3, 2)],
  ['L3T2_KEY', layers(3, 2, true)],
  ['S2T3', layers(2, 3)],
  ['L20T3', layers(20, 3)],
  ['L200T3', layers(1, 1)],
  ['L4T7_KEY_SHIFT', layers(4, 7, true)],
  ['L0T3', layers(1, 1)],
  ['foo', layers(1, 1)],
  ['', layers(1, 1)],
  [undefined, layers(1, 1)],
];

for (const [mode, expected] of modes) {
  test(`scalabilityMode ${mode}`, () => assert.deepEqual(parseScalabilityMode(mode), expected));
}
