import type { AppData } from './app_data.js';
import type { Channel, NotificationParams } from './channel.js';
import { SctpTransport, type SctpData } from './sctp_transport.js';
import type { TransportTuple } from './transport_types.js';
import type {
  DtlsParameters,
  DtlsRole,
  DtlsState,
  IceCandidate,
  IceParameters,
  IceState,
  WebRtcTransportDump,
  WebRtcTransportEvents,
  WebRtcTransportObserver,
  WebRtcTransportStat,
} from './web_rtc_transport_types.js';

/** The answer to webRtcTransport.create, kept up to date. */
export type WebRtcTransportData = SctpData & {
  transportId: string;
  iceRole: 'controlled';
  iceParameters: IceParameters;
  iceCandidates: IceCandidate[];
  iceState: IceState;
  iceSelectedTuple?: TransportTuple;
  dtlsParameters: DtlsParameters;
  dtlsState: DtlsState;
  dtlsRemoteCert?: string;
};

/** A path to a WebRTC endpoint: ICE (lite), DTLS, SRTP. */
export class WebRtcTransport<WebRtcTransportAppData extends AppData = AppData> extends SctpTransport<
  WebRtcTransportAppData,
  WebRtcTransportEvents,
  WebRtcTransportObserver
> {
  readonly #data: WebRtcTransportData;

  /** @internal */
  constructor(channel: Channel, data: WebRtcTransportData, appData?: WebRtcTransportAppData) {
    super(channel, data, appData);
    this.#data = data;
  }

  override get type(): 'webrtc' {
    return 'webrtc';
  }

  get iceRole(): 'controlled' {
    return this.#data.iceRole;
  }

  get iceParameters(): IceParameters {
    return structuredClone(this.#data.iceParameters);
  }

  get iceCandidates(): IceCandidate[] {
    return structuredClone(this.#data.iceCandidates);
  }

  get iceState(): IceState {
    return this.#data.iceState;
  }

  get iceSelectedTuple(): TransportTuple | undefined {
    return structuredClone(this.#data.iceSelectedTuple);
  }

  get dtlsParameters(): DtlsParameters {
    return structuredClone(this.#data.dtlsParameters);
  }

  get dtlsState(): DtlsState {
    return this.#data.dtlsState;
  }

  /** In PEM format, once DTLS is connected. */
  get dtlsRemoteCert(): string | undefined {
    return this.#data.dtlsRemoteCert;
  }

  /** What the endpoint answered; once only. */
  async connect({ dtlsParameters }: { dtlsParameters: DtlsParameters }): Promise<void> {
    if (!dtlsParameters) throw new TypeError('missing dtlsParameters');

    const { dtlsLocalRole } = await this.channel.request<{ dtlsLocalRole: DtlsRole }>(
      'webRtcTransport.connect',
      { transportId: this.id, dtlsParameters },
    );

    this.#data.dtlsParameters.role = dtlsLocalRole;
  }

  /** New ICE credentials; the old ones work until the endpoint uses these. */
  async restartIce(): Promise<IceParameters> {
    const { iceParameters } = await this.channel.request<{ iceParameters: IceParameters }>(
      'webRtcTransport.restartIce',
      { transportId: this.id },
    );

    this.#data.iceParameters = iceParameters;

    return structuredClone(iceParameters);
  }

  override async dump(): Promise<WebRtcTransportDump> {
    return this.channel.request('transport.dump', { transportId: this.id });
  }

  override async getStats(): Promise<WebRtcTransportStat[]> {
    return this.requestStats();
  }

  protected override markClosed(): boolean {
    if (!super.markClosed()) return false;

    this.#data.iceState = 'closed';
    this.#data.iceSelectedTuple = undefined;
    this.#data.dtlsState = 'closed';

    return true;
  }

  protected override handleNotification(method: string, params: NotificationParams): void {
    switch (method) {
      case 'webRtcTransport.iceStateChange':
        return this.#iceStateChanged(params['iceState'] as IceState);
      case 'webRtcTransport.iceSelectedTupleChange':
        return this.#iceSelectedTupleChanged(params['iceSelectedTuple'] as TransportTuple);
      case 'webRtcTransport.listenServerClose':
        return this.listenServerClosed();
      case 'webRtcTransport.dtlsStateChange':
        return this.#dtlsStateChanged(
          params['dtlsState'] as DtlsState,
          params['dtlsRemoteCert'] as string | undefined,
        );
      default:
        return super.handleNotification(method, params);
    }
  }

  #iceStateChanged(iceState: IceState): void {
    this.#data.iceState = iceState;
    this.safeEmit('icestatechange', iceState);
    this.observer.safeEmit('icestatechange', iceState);
  }

  #iceSelectedTupleChanged(iceSelectedTuple: TransportTuple): void {
    this.#data.iceSelectedTuple = iceSelectedTuple;
    this.safeEmit('iceselectedtuplechange', structuredClone(iceSelectedTuple));
    this.observer.safeEmit('iceselectedtuplechange', structuredClone(iceSelectedTuple));
  }

  #dtlsStateChanged(dtlsState: DtlsState, dtlsRemoteCert: string | undefined): void {
    this.#data.dtlsState = dtlsState;

    if (dtlsState === 'connected') this.#data.dtlsRemoteCert = dtlsRemoteCert;

    this.safeEmit('dtlsstatechange', dtlsState);
    this.observer.safeEmit('dtlsstatechange', dtlsState);
  }
}
