import type { ErrorCode } from '../shared/protocol.js';

/** A request that cannot be done; code and message go to the page that sent it. */
export class RequestError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}
