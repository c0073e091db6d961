/** Payload protocol identifiers of data channels (RFC 8831 §8). */
const ppids = { string: 51, binary: 53, stringEmpty: 56, binaryEmpty: 57 };

/** A message as the control API takes it. */
export type DataMessage = { ppid: number; payload: string };

/** `ppid` follows from the message if it is not given. */
export function toDataMessage(message: string | Buffer, ppid?: number): DataMessage {
  if (typeof message !== 'string' && !Buffer.isBuffer(message)) {
    throw new TypeError('message must be a string or a Buffer');
  }

  const isString = typeof message === 'string';
  const bytes = isString ? Buffer.from(message) : message;
  const implied = isString
    ? [ppids.string, ppids.stringEmpty]
    : [ppids.binary, ppids.binaryEmpty];

  return {
    ppid: ppid ?? implied[bytes.length === 0 ? 1 : 0]!,
    payload: bytes.toString('base64'),
  };
}

/** The bytes of a message; those that stand for an empty one are none. */
export function fromDataMessage({ ppid, payload }: DataMessage): Buffer {
  const isEmpty = ppid === ppids.stringEmpty || ppid === ppids.binaryEmpty;

  return isEmpty ? Buffer.alloc(0) : Buffer.from(payload, 'base64');
}
