import type { AppData } from './app_data.js';
import type { Channel, NotificationParams } from './channel.js';
import type {
  DirectTransportDump,
  DirectTransportEvents,
  DirectTransportObserver,
  DirectTransportStat,
} from './direct_transport_types.js';
import { UnsupportedError } from './errors.js';
import { fromPacket, toPacket } from './packet.js';
import { Transport } from './transport.js';

/** The answer to directTransport.create. */
export type DirectTransportData = {
  transportId: string;
};

/** The application itself as an endpoint: it sends and receives RTP, RTCP and data messages. */
export class DirectTransport<DirectTransportAppData extends AppData = AppData> extends Transport<
  DirectTransportAppData,
  DirectTransportEvents,
  DirectTransportObserver
> {
  /** @internal */
  constructor(channel: Channel, data: DirectTransportData, appData?: DirectTransportAppData) {
    super(channel, data.transportId, appData);
  }

  override get type(): 'direct' {
    return 'direct';
  }

  /** Nothing to do: there is no network. */
  override async connect(): Promise<void> {}

  override async setMaxIncomingBitrate(_bitrate: number): Promise<void> {
    throw new UnsupportedError('a direct transport has no limit of bitrate');
  }

  /** An RTCP packet, such as a receiver report or a request for a key frame. */
  sendRtcp(rtcpPacket: Buffer): void {
    const payload = toPacket(rtcpPacket, 'rtcpPacket');

    this.checkOpen();
    this.channel.notify('directTransport.sendRtcp', { transportId: this.id, payload });
  }

  override async dump(): Promise<DirectTransportDump> {
    return this.channel.request('transport.dump', { transportId: this.id });
  }

  override async getStats(): Promise<DirectTransportStat[]> {
    return this.requestStats();
  }

  protected override handleNotification(method: string, params: NotificationParams): void {
    if (method !== 'directTransport.rtcp') return super.handleNotification(method, params);

    const packet = fromPacket(params);

    this.safeEmit('rtcp', packet);
    this.observer.safeEmit('rtcp', packet);
  }
}
