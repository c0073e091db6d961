import {
  NotFoundError,
  UnsupportedError,
  WorkerClosedError,
  type RpcErrorDetails,
} from './errors.js';

/** The `error` member of a JSON-RPC 2.0 response, as the sluice process sends it. */
export type RpcErrorObject = {
  code: number;
  message: string;
  data?: { reason?: string; path?: string };
};

type ErrorClass = new (message: string) => Error;

const classByReason = new Map<string | undefined, ErrorClass>([
  ['missing_field', TypeError],
  ['unknown_field', TypeError],
  ['wrong_type', TypeError],
  ['invalid_value', TypeError],
  ['duplicate_id', TypeError],
  ['exclusive_fields', TypeError],
  ['not_found', NotFoundError],
  ['unsupported', UnsupportedError],
  ['closed', WorkerClosedError],
]);

/** The Error that a call rejects with. */
export function toError(method: string, rpcError: RpcErrorObject): Error & RpcErrorDetails {
  const { reason, path } = rpcError.data ?? {};
  const Class = classByReason.get(reason) ?? Error;
  const where = path === undefined ? '' : ` [${path}]`;
  const error: Error & RpcErrorDetails = new Class(`${method}: ${rpcError.message}${where}`);

  return Object.assign(error, { code: rpcError.code, reason, path });
}
