import type { AppData } from './app_data.js';
import type { Channel, NotificationParams } from './channel.js';
import type {
  PlainTransportDump,
  PlainTransportEvents,
  PlainTransportObserver,
  PlainTransportStat,
} from './plain_transport_types.js';
import type { SrtpParameters } from './srtp_parameters.js';
import { SctpTransport, type SctpData } from './sctp_transport.js';
import type { TransportTuple } from './transport_types.js';

/** The answer to plainTransport.create, kept up to date. */
export type PlainTransportData = SctpData & {
  transportId: string;
  tuple: TransportTuple;
  rtcpTuple?: TransportTuple;
  srtpParameters?: SrtpParameters;
};

/** RTP over UDP with an endpoint that has no ICE and no DTLS, such as ffmpeg or GStreamer. */
export class PlainTransport<PlainTransportAppData extends AppData = AppData> extends SctpTransport<
  PlainTransportAppData,
  PlainTransportEvents,
  PlainTransportObserver
> {
  readonly #data: PlainTransportData;

  /** @internal */
  constructor(channel: Channel, data: PlainTransportData, appData?: PlainTransportAppData) {
    super(channel, data, appData);
    this.#data = data;
  }

  override get type(): 'plain' {
    return 'plain';
  }

  /** Its remote part is unknown before connect() or, with comedia, before the first packet. */
  get tuple(): TransportTuple {
    return structuredClone(this.#data.tuple);
  }

  /** Undefined with rtcpMux. */
  get rtcpTuple(): TransportTuple | undefined {
    return structuredClone(this.#data.rtcpTuple);
  }

  /** What the endpoint needs to know to read what we send. Undefined without SRTP. */
  get srtpParameters(): SrtpParameters | undefined {
    return structuredClone(this.#data.srtpParameters);
  }

  /**
   * Where the endpoint is and the keys that it sends with; once only. With comedia
   * only the keys, if any.
   */
  async connect({
    ip,
    port,
    rtcpPort,
    srtpParameters,
  }: {
    ip?: string;
    port?: number;
    rtcpPort?: number;
    srtpParameters?: SrtpParameters;
  }): Promise<void> {
    const connected = await this.channel.request<Omit<PlainTransportData, 'transportId'>>(
      'plainTransport.connect',
      { transportId: this.id, ip, port, rtcpPort, srtpParameters },
    );

    this.#data.tuple = connected.tuple;
    this.#data.rtcpTuple = connected.rtcpTuple;
    this.#data.srtpParameters = connected.srtpParameters;
  }

  override async dump(): Promise<PlainTransportDump> {
    return this.channel.request('transport.dump', { transportId: this.id });
  }

  override async getStats(): Promise<PlainTransportStat[]> {
    return this.requestStats();
  }

  protected override handleNotification(method: string, params: NotificationParams): void {
    switch (method) {
      case 'plainTransport.tuple':
        return this.#tupleLearnt(params['tuple'] as TransportTuple);
      case 'plainTransport.rtcpTuple':
        return this.#rtcpTupleLearnt(params['rtcpTuple'] as TransportTuple);
      default:
        return super.handleNotification(method, params);
    }
  }

  #tupleLearnt(tuple: TransportTuple): void {
    this.#data.tuple = tuple;
    this.safeEmit('tuple', structuredClone(tuple));
    this.observer.safeEmit('tuple', structuredClone(tuple));
  }

  #rtcpTupleLearnt(rtcpTuple: TransportTuple): void {
    this.#data.rtcpTuple = rtcpTuple;
    this.safeEmit('rtcptuple', structuredClone(rtcpTuple));
    this.observer.safeEmit('rtcptuple', structuredClone(rtcpTuple));
  }
}
