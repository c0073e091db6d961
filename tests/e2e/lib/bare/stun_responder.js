// The smallest STUN server (RFC 8489 §14.2): says where a request came from. werift always asks one, by default one on the
// internet.
import { createSocket } from 'node:dgram';

const COOKIE = 0x2112a442;

/** Resolves with {url, close()}. */
export async function startStunResponder() {
  const socket = createSocket('udp4');
  socket.on('message', (request, { address, port }) => {
    if (request.length >= 20 && request.readUInt32BE(4) === COOKIE) {
      socket.send(answer(request, address, port), port, address);
    }
  });
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { url: `stun:127.0.0.1:${socket.address().port}`, close: () => socket.close() };
}

function answer(request, address, port) {
  const message = Buffer.alloc(32);
  message.writeUInt16BE(0x0101, 0); // binding success
  message.writeUInt16BE(12, 2);
  request.copy(message, 4, 4, 20); // cookie and transaction
  message.writeUInt16BE(0x0020, 20); // XOR-MAPPED-ADDRESS
  message.writeUInt16BE(8, 22);
  message.writeUInt8(1, 25);
  message.writeUInt16BE(port ^ (COOKIE >>> 16), 26);
  const octets = address.split('.').reduce((value, octet) => value * 256 + Number(octet), 0);
  message.writeUInt32BE((octets ^ COOKIE) >>> 0, 28);
  return message;
}
