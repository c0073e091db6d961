/**
 * What a rejection carries when it comes from the sluice process: a stable
 * `reason` (see the control API) and the `path` of the field at fault.
 */
export type RpcErrorDetails = {
  code?: number;
  reason?: string;
  path?: string;
};

/** A codec or feature that is not supported. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';

  constructor(message: string) {
    super(message);
  }
}

/** A method was called on a closed worker, or the worker closed before it was answered. */
export class WorkerClosedError extends Error {
  override readonly name = 'WorkerClosedError';

  constructor(message: string) {
    super(message);
  }
}

/** The name of WorkerClosedError in mediasoup before 3.21. */
export { WorkerClosedError as InvalidStateError };

/** The object does not exist, or no longer. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';

  constructor(message: string) {
    super(message);
  }
}
