import type { NotificationParams } from './channel.js';

/** An RTP or RTCP packet as the control API takes it. `name` is the argument's. */
export function toPacket(packet: Buffer, name: string): string {
  if (!Buffer.isBuffer(packet)) {
    throw new TypeError(`${name} must be a Buffer`);
  }

  return packet.toString('base64');
}

/** The packet that a notification brings. */
export function fromPacket({ payload }: NotificationParams): Buffer {
  return Buffer.from(payload as string, 'base64');
}
