/** As much of STUN (RFC 8489) and ICE (RFC 8445) as it takes to select a path. */
import { createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { types } from 'sluice';

const attribute = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  iceControlling: 0x802a,
};

const bindingRequest = 0x0001;
const bindingSuccess = 0x0101;
const magicCookie = 0x2112a442;

function encode(type: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(value.length, 2);

  return Buffer.concat([header, value, Buffer.alloc(-value.length & 3)]);
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value >>> 0);

  return buffer;
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;

  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }

  return ~crc >>> 0;
}

/** The message with one more attribute, of which the length counts already when it is computed. */
function append(message: Buffer, type: number, size: number, of: (head: Buffer) => Buffer): Buffer {
  const head = Buffer.from(message);
  head.writeUInt16BE(message.length - 20 + 4 + size, 2);

  return Buffer.concat([head, encode(type, of(head))]);
}

/** A check of a controlling agent that nominates at once. */
function nomination({ usernameFragment, password }: types.IceParameters): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(bindingRequest, 0);
  header.writeUInt32BE(magicCookie, 4);
  const message = Buffer.concat([
    header,
    randomBytes(12),
    encode(attribute.username, Buffer.from(`${usernameFragment}:test`)),
    encode(attribute.priority, uint32(1845494271)),
    encode(attribute.iceControlling, randomBytes(8)),
    encode(attribute.useCandidate, Buffer.alloc(0)),
  ]);
  const signed = append(message, attribute.messageIntegrity, 20, head =>
    createHmac('sha1', password).update(head).digest(),
  );

  return append(signed, attribute.fingerprint, 4, head => uint32(crc32(head) ^ 0x5354554e));
}

/** Selects a path to the transport; resolves with the port that it leads to. */
export async function selectPath(transport: types.WebRtcTransport): Promise<number> {
  const [candidate] = transport.iceCandidates;
  const socket = createSocket('udp4');
  const answered = once(socket, 'message') as Promise<[Buffer]>;

  socket.send(nomination(transport.iceParameters), candidate!.port, candidate!.address);
  const [response] = await answered;
  const { port } = socket.address();
  socket.close();

  if (response.readUInt16BE(0) !== bindingSuccess) throw new Error('the check failed');

  return port;
}
