/** The processes that the tests run: the fake one, and the real one if there is one. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { workerBin } from 'sluice';

const folder = mkdtempSync(path.join(tmpdir(), 'sluice-sdk-'));
const program = fileURLToPath(new URL('./fake_sluice.js', import.meta.url));

/** The path of an executable that runs the fake process with this behaviour. */
export function fakeBin(behaviour: string): string {
  const bin = path.join(folder, `fake-${behaviour}`);

  writeFileSync(bin, `#!/bin/sh\nexec "${process.execPath}" "${program}" ${behaviour} "$@"\n`);
  chmodSync(bin, 0o755);

  return bin;
}

/** Options of a test of the real process: skipped only where there is none. */
export const real = {
  skip:
    !process.env['SLUICE_BIN'] && spawnSync(workerBin, ['--help']).error
      ? `no sluice binary (${workerBin}); set SLUICE_BIN`
      : false,
  timeout: 30_000,
};
