import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

const packageFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** A checkout of sluice has this package in api/node and its builds in build/. */
function findInCheckout(): string | undefined {
  const inCheckout = packageFolder.endsWith(path.join('api', 'node'));
  const builds = ['release', 'dev'].map(name =>
    path.join(packageFolder, '..', '..', 'build', name, 'sluice'),
  );

  return inCheckout ? builds.find(existsSync) : undefined;
}

/** SLUICE_BIN, else a build of the checkout around this package, else `sluice` on the PATH. */
export function defaultWorkerBin(): string {
  return process.env['SLUICE_BIN'] || findInCheckout() || 'sluice';
}
