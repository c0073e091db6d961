// What travels on the files channel. A sender announces a file and sends it in pieces; everyone who receives it says how
// far they are, so that the sender goes no faster than the slowest of them. Text messages are JSON; a piece is
//
//    0                   4                   8
//   +-------------------+-------------------+----------
//   | number of the file| offset in bytes   | bytes …      both big-endian
//   +-------------------+-------------------+----------
//
// Files of one sender are numbered from 1. Nothing of this is trusted: what does not fit is ignored.

export const MAX_FILE_BYTES = 32 * 1024 * 1024;
export const MAX_FILE_NAME = 120;

export type FileMessage =
  | { type: 'begin'; file: number; name: string; size: number }
  | { type: 'cancel'; file: number }
  /** To the sender `to`: this much of the file is here, in order. */
  | { type: 'have'; to: string; file: number; bytes: number }
  /** To the sender `to`: a piece is missing, or the file is not wanted. */
  | { type: 'refuse'; to: string; file: number };

export interface Piece {
  file: number;
  offset: number;
  bytes: Uint8Array<ArrayBuffer>;
}

const HEADER_BYTES = 8;

export function parseFileMessage(text: string): FileMessage | undefined {
  const fields = parseObject(text);
  const { type, file, name, size, to, bytes } = fields;
  if (!isCount(file)) {
    return undefined;
  }
  switch (type) {
    case 'begin':
      return typeof name === 'string' && isCount(size) ? { type, file, name: tidyName(name), size } : undefined;
    case 'cancel':
      return { type, file };
    case 'have':
      return typeof to === 'string' && isCount(bytes) ? { type, to, file, bytes } : undefined;
    case 'refuse':
      return typeof to === 'string' ? { type, to, file } : undefined;
    default:
      return undefined;
  }
}

export function writePiece({ file, offset, bytes }: Piece): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(HEADER_BYTES + bytes.length);
  const view = new DataView(message.buffer);
  view.setUint32(0, file);
  view.setUint32(4, offset);
  message.set(bytes, HEADER_BYTES);
  return message;
}

export function parsePiece(message: ArrayBuffer): Piece | undefined {
  if (message.byteLength <= HEADER_BYTES) {
    return undefined;
  }
  const view = new DataView(message);
  return { file: view.getUint32(0), offset: view.getUint32(4), bytes: new Uint8Array(message, HEADER_BYTES) };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffffffff;
}

/** No folders, no control characters, not endless. */
function tidyName(name: string): string {
  const last = name.split(/[/\\]/).at(-1)!.replace(/\p{C}/gu, '').trim();
  return [...last].slice(-MAX_FILE_NAME).join('') || 'file';
}
