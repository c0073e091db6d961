import { ActiveSpeakerObserver } from './active_speaker_observer.js';
import { checkAppData, type AppData } from './app_data.js';
import { AudioLevelObserver } from './audio_level_observer.js';
import type { Channel } from './channel.js';
import { NotFoundError } from './errors.js';
import { Handle } from './handle.js';
import { listenInfoOf, listenIpsToInfos, normalizeListenInfo } from './listen_infos.js';
import { Logger } from './logger.js';
import { canConsume } from './ortc.js';
import { PlainTransport, type PlainTransportData } from './plain_transport.js';
import type { PlainTransportOptions } from './plain_transport_types.js';
import type { Producer } from './producer.js';
import type { RouterDump, RouterEvents, RouterObserver } from './router_types.js';
import type { FindProducer, RtpObserver, RtpObserverData } from './rtp_observer.js';
import type {
  ActiveSpeakerObserverOptions,
  AudioLevelObserverOptions,
} from './rtp_observer_types.js';
import type { RtpCapabilities } from './rtp_parameters.js';
import { sctpOptions } from './sctp_parameters.js';
import type { Transport } from './transport.js';
import type { TransportPortRange } from './transport_types.js';
import { rejectUnsupported } from './unsupported_options.js';
import { WebRtcTransport, type WebRtcTransportData } from './web_rtc_transport.js';
import type { WebRtcTransportOptions } from './web_rtc_transport_types.js';

const logger = new Logger('Router');

/** The answer to router.create. */
export type RouterData = {
  routerId: string;
  rtpCapabilities: RtpCapabilities;
};

/** A room: what its transports produce, its transports can consume. */
export class Router<RouterAppData extends AppData = AppData> extends Handle<
  RouterAppData,
  RouterEvents,
  RouterObserver
> {
  readonly #data: RouterData;
  readonly #defaultPortRange: TransportPortRange | undefined;
  readonly #transports = new Map<string, Transport>();
  readonly #producers = new Map<string, Producer>();
  readonly #rtpObservers = new Map<string, RtpObserver>();
  readonly #findProducer: FindProducer = id => this.#producers.get(id);

  /** @internal */
  constructor(
    channel: Channel,
    data: RouterData,
    defaultPortRange: TransportPortRange | undefined,
    appData?: RouterAppData,
  ) {
    super(channel, data.routerId, appData);
    this.#data = data;
    this.#defaultPortRange = defaultPortRange;
  }

  get rtpCapabilities(): RtpCapabilities {
    return structuredClone(this.#data.rtpCapabilities);
  }

  /** Closes its transports and observers too. */
  close(): void {
    if (!this.markClosed()) return;

    this.channel.send('router.close', { routerId: this.id });
    this.#closeChildren();
    this.emit('@close');
    this.observer.safeEmit('close');
  }

  /** @internal */
  workerClosed(): void {
    if (!this.markClosed()) return;

    this.#closeChildren();
    this.safeEmit('workerclose');
    this.observer.safeEmit('close');
  }

  async dump(): Promise<RouterDump> {
    return this.channel.request('router.dump', { routerId: this.id });
  }

  async createWebRtcTransport<WebRtcTransportAppData extends AppData = AppData>(
    options: WebRtcTransportOptions<WebRtcTransportAppData>,
  ): Promise<WebRtcTransport<WebRtcTransportAppData>> {
    const { webRtcServer, iceConsentTimeout, initialAvailableOutgoingBitrate, appData } = options;

    checkAppData(appData);

    const data = await this.channel.request<WebRtcTransportData>('webRtcTransport.create', {
      routerId: this.id,
      ...this.#listening(options),
      iceConsentTimeout,
      initialAvailableOutgoingBitrate,
      ...sctpOptions(options),
    });

    this.#checkOpen();
    if (webRtcServer?.closed) {
      throw new NotFoundError(`the WebRtcServer is closed [id:${webRtcServer.id}]`);
    }

    const transport = new WebRtcTransport<WebRtcTransportAppData>(this.channel, data, appData);
    this.#addTransport(transport);
    webRtcServer?.handleWebRtcTransport(transport);

    return transport;
  }

  /** A path to an endpoint that speaks RTP without ICE and DTLS. */
  async createPlainTransport<PlainTransportAppData extends AppData = AppData>(
    options: PlainTransportOptions<PlainTransportAppData>,
  ): Promise<PlainTransport<PlainTransportAppData>> {
    const { rtcpListenInfo, comedia, enableSrtp, srtpCryptoSuite, appData } = options;
    const { rtcpMux = true } = options;

    checkAppData(appData);
    rejectUnsupported(options, 'enableSctp');
    const listenInfo = normalizeListenInfo(listenInfoOf(options), this.#defaultPortRange);

    const data = await this.channel.request<PlainTransportData>('plainTransport.create', {
      routerId: this.id,
      listenInfo,
      rtcpListenInfo: rtcpListenInfo && normalizeListenInfo(rtcpListenInfo, this.#defaultPortRange),
      rtcpMux: rtcpMux && !rtcpListenInfo,
      comedia,
      enableSrtp,
      srtpCryptoSuite,
    });

    this.#checkOpen();
    const transport = new PlainTransport<PlainTransportAppData>(this.channel, data, appData);
    this.#addTransport(transport);

    return transport;
  }

  async createAudioLevelObserver<AudioLevelObserverAppData extends AppData = AppData>(
    options: AudioLevelObserverOptions<AudioLevelObserverAppData> = {},
  ): Promise<AudioLevelObserver<AudioLevelObserverAppData>> {
    const { maxEntries, threshold, interval, appData } = options;

    checkAppData(appData);

    const data = await this.channel.request<RtpObserverData>('audioLevelObserver.create', {
      routerId: this.id,
      maxEntries,
      threshold,
      interval,
    });

    this.#checkOpen();
    const observer = new AudioLevelObserver<AudioLevelObserverAppData>(
      this.channel,
      data,
      this.#findProducer,
      appData,
    );
    this.#addRtpObserver(observer);

    return observer;
  }

  async createActiveSpeakerObserver<ActiveSpeakerObserverAppData extends AppData = AppData>(
    options: ActiveSpeakerObserverOptions<ActiveSpeakerObserverAppData> = {},
  ): Promise<ActiveSpeakerObserver<ActiveSpeakerObserverAppData>> {
    const { interval, appData } = options;

    checkAppData(appData);

    const data = await this.channel.request<RtpObserverData>('activeSpeakerObserver.create', {
      routerId: this.id,
      interval,
    });

    this.#checkOpen();
    const observer = new ActiveSpeakerObserver<ActiveSpeakerObserverAppData>(
      this.channel,
      data,
      this.#findProducer,
      appData,
    );
    this.#addRtpObserver(observer);

    return observer;
  }

  /** Whether an endpoint with these capabilities can consume the producer. */
  canConsume({
    producerId,
    rtpCapabilities,
  }: {
    producerId: string;
    rtpCapabilities: RtpCapabilities;
  }): boolean {
    const producer = this.#producers.get(producerId);

    if (!producer) {
      logger.error(`canConsume(): no producer with id ${producerId}`);
      return false;
    }

    try {
      return canConsume(producer.consumableRtpParameters, structuredClone(rtpCapabilities));
    } catch (error) {
      logger.error('canConsume(): invalid rtpCapabilities:', error as Error);
      return false;
    }
  }

  /** Where a transport listens, as webRtcTransport.create takes it. */
  #listening(options: WebRtcTransportOptions): object {
    const { webRtcServer, listenInfos, listenIps, port } = options;
    const { enableUdp, enableTcp, preferUdp, preferTcp } = options;
    const given = [Boolean(webRtcServer), Array.isArray(listenInfos), Array.isArray(listenIps)];

    if (given.filter(Boolean).length !== 1) {
      throw new TypeError('one of webRtcServer, listenInfos and listenIps must be given');
    }

    if (webRtcServer) {
      return { webRtcServerId: webRtcServer.id, enableUdp, enableTcp, preferUdp, preferTcp };
    }

    const infos =
      listenInfos ??
      listenIpsToInfos(listenIps ?? [], port, {
        enableUdp: enableUdp ?? true,
        enableTcp: enableTcp ?? false,
        preferUdp: preferUdp ?? false,
        preferTcp: preferTcp ?? false,
      });

    return { listenInfos: infos.map(info => normalizeListenInfo(info, this.#defaultPortRange)) };
  }

  #addTransport(transport: Transport): void {
    this.#transports.set(transport.id, transport);
    transport.on('@close', () => this.#transports.delete(transport.id));
    transport.on('@listenserverclose', () => this.#transports.delete(transport.id));
    transport.on('@newproducer', producer => this.#producers.set(producer.id, producer));
    transport.on('@producerclose', producer => this.#producers.delete(producer.id));
    this.observer.safeEmit('newtransport', transport);
  }

  #addRtpObserver(observer: RtpObserver): void {
    this.#rtpObservers.set(observer.id, observer);
    observer.on('@close', () => this.#rtpObservers.delete(observer.id));
    this.observer.safeEmit('newrtpobserver', observer);
  }

  /** It may have closed while the process answered; what was created closed with it. */
  #checkOpen(): void {
    if (this.closed) throw new NotFoundError(`the router is closed [id:${this.id}]`);
  }

  #closeChildren(): void {
    this.#transports.forEach(transport => transport.routerClosed());
    this.#transports.clear();
    this.#rtpObservers.forEach(observer => observer.routerClosed());
    this.#rtpObservers.clear();
    this.#producers.clear();
  }
}
