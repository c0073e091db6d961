import { UnsupportedError } from './errors.js';

/**
 * Options of mediasoup that ask for something sluice does not have: better an
 * error than a call that silently does less than it was asked to.
 */
export function rejectUnsupported(options: object, ...names: string[]): void {
  const given = options as Record<string, unknown>;
  const name = names.find(candidate => given[candidate]);

  if (name !== undefined) {
    throw new UnsupportedError(`the option ${name} is not supported`);
  }
}
