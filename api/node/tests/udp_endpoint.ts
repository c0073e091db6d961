/** An endpoint of plain transports: a UDP socket on loopback. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

export class UdpEndpoint {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async create(): Promise<UdpEndpoint> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');

    await once(socket, 'listening');

    return new UdpEndpoint(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(port: number, packet: Buffer): void {
    this.#socket.send(packet, port, '127.0.0.1');
  }

  /** The next RTP packet, if any comes. */
  async receiveRtp(): Promise<Buffer> {
    for (;;) {
      const [packet] = (await once(this.#socket, 'message')) as [Buffer];

      if (!isRtcp(packet)) return packet;
    }
  }

  close(): void {
    this.#socket.close();
  }
}

function isRtcp(packet: Buffer): boolean {
  return packet[1]! >= 192 && packet[1]! <= 223;
}

/** An RTP packet with a payload of some octets. */
export function rtpPacket(ssrc: number, sequenceNumber: number, payloadType = 111): Buffer {
  const packet = Buffer.alloc(20, 0x78);

  packet[0] = 0x80;
  packet[1] = payloadType;
  packet.writeUInt16BE(sequenceNumber, 2);
  packet.writeUInt32BE(960 * sequenceNumber, 4);
  packet.writeUInt32BE(ssrc, 8);

  return packet;
}

/** An RTCP receiver report without blocks. */
export function receiverReport(ssrc: number): Buffer {
  const packet = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 0]);

  packet.writeUInt32BE(ssrc, 4);

  return packet;
}
