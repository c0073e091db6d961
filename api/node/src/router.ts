import { ActiveSpeakerObserver } from './active_speaker_observer.js';
import { checkAppData, type AppData } from './app_data.js';
import { AudioLevelObserver } from './audio_level_observer.js';
import type { Channel, NotificationParams } from './channel.js';
import type { DataProducer } from './data_producer.js';
import { DirectTransport, type DirectTransportData } from './direct_transport.js';
import type { DirectTransportOptions } from './direct_transport_types.js';
import { NotFoundError } from './errors.js';
import { Handle } from './handle.js';
import { listenInfoOf, listenIpsToInfos, normalizeListenInfo } from './listen_infos.js';
import { Logger } from './logger.js';
import { canConsume } from './ortc.js';
import { closeTogether, openPipe, pipeDataProducer, pipeProducer } from './pipe_to_router.js';
import { PipeTransport, type PipeTransportData } from './pipe_transport.js';
import type { PipeTransportOptions } from './pipe_transport_types.js';
import { PlainTransport, type PlainTransportData } from './plain_transport.js';
import type { PlainTransportOptions } from './plain_transport_types.js';
import type { Producer } from './producer.js';
import type {
  PipeToRouterOptions,
  PipeToRouterResult,
  PipeTransportPair,
  RouterDump,
  RouterEvents,
  RouterObserver,
} from './router_types.js';
import type { FindProducer, RtpObserver, RtpObserverData } from './rtp_observer.js';
import type {
  ActiveSpeakerObserverOptions,
  AudioLevelObserverOptions,
} from './rtp_observer_types.js';
import type { RtpCapabilities } from './rtp_parameters.js';
import { sctpOptions } from './sctp_parameters.js';
import type { Transport } from './transport.js';
import type { TransportPortRange } from './transport_types.js';
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
  readonly #dataProducers = new Map<string, DataProducer>();
  /** By the id of the router at the other end. */
  readonly #pipes = new Map<string, Promise<PipeTransportPair>>();
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
    const listenInfo = normalizeListenInfo(listenInfoOf(options), this.#defaultPortRange);

    const data = await this.channel.request<PlainTransportData>('plainTransport.create', {
      routerId: this.id,
      listenInfo,
      rtcpListenInfo: rtcpListenInfo && normalizeListenInfo(rtcpListenInfo, this.#defaultPortRange),
      rtcpMux: rtcpMux && !rtcpListenInfo,
      comedia,
      enableSrtp,
      srtpCryptoSuite,
      ...sctpOptions(options),
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

  /** One end of a pipe to another router. */
  async createPipeTransport<PipeTransportAppData extends AppData = AppData>(
    options: PipeTransportOptions<PipeTransportAppData>,
  ): Promise<PipeTransport<PipeTransportAppData>> {
    const { enableRtx, enableSrtp, appData } = options;

    checkAppData(appData);

    const data = await this.channel.request<PipeTransportData>('pipeTransport.create', {
      routerId: this.id,
      listenInfo: normalizeListenInfo(listenInfoOf(options), this.#defaultPortRange),
      enableRtx,
      enableSrtp,
      ...sctpOptions(options),
    });

    this.#checkOpen();
    const transport = new PipeTransport<PipeTransportAppData>(this.channel, data, appData);
    this.#addTransport(transport);

    return transport;
  }

  /** The application itself as an endpoint. */
  async createDirectTransport<DirectTransportAppData extends AppData = AppData>(
    options: DirectTransportOptions<DirectTransportAppData> = {},
  ): Promise<DirectTransport<DirectTransportAppData>> {
    const { maxSendMessageSize, maxReceiveMessageSize, appData } = options;

    checkAppData(appData);

    const data = await this.channel.request<DirectTransportData>('directTransport.create', {
      routerId: this.id,
      maxSendMessageSize,
      maxReceiveMessageSize,
    });

    this.#checkOpen();
    const transport = new DirectTransport<DirectTransportAppData>(this.channel, data, appData);
    this.#addTransport(transport);

    return transport;
  }

  /**
   * Makes a producer of this router one of another router's too, over a pipe that
   * all producers of the two routers share.
   */
  async pipeToRouter(options: PipeToRouterOptions): Promise<PipeToRouterResult> {
    const { producerId, dataProducerId, router, keepId = true, enableRtx, enableSrtp } = options;
    const { enableSctp = true } = options;
    const listen =
      options.listenInfo || options.listenIp
        ? options
        : { listenInfo: { protocol: 'udp' as const, ip: '127.0.0.1' } };

    if (!producerId === !dataProducerId) {
      throw new TypeError('one of producerId and dataProducerId must be given');
    }

    if (!router || router === (this as Router)) {
      throw new TypeError('another router must be given');
    }

    const listenInfo = listenInfoOf(listen);
    const producer = producerId ? this.#producers.get(producerId) : undefined;
    const dataProducer = dataProducerId ? this.#dataProducers.get(dataProducerId) : undefined;

    if (!producer && !dataProducer) {
      throw new NotFoundError(`no producer with id ${producerId ?? dataProducerId}`);
    }

    const pair = await this.#pipeTo(router, {
      listenInfo,
      enableRtx,
      enableSrtp,
      ...sctpOptions({ ...options, enableSctp }),
    });
    const [near, far] = [pair[this.id]!, pair[router.id]!];
    const id = keepId ? (producerId ?? dataProducerId) : undefined;

    return producer
      ? pipeProducer(producer, near, far, id)
      : pipeDataProducer(dataProducer!, near, far, id);
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

  protected override handleNotification(method: string, params: NotificationParams): void {
    if (method !== 'router.speakersChange') return super.handleNotification(method, params);

    const speakers = (params['producerIds'] as string[]).flatMap(
      id => this.#producers.get(id) ?? [],
    );

    this.safeEmit('speakerschange', speakers);
    this.observer.safeEmit('speakerschange', speakers);
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
    transport.on('@newdataproducer', producer => this.#dataProducers.set(producer.id, producer));
    transport.on('@dataproducerclose', producer => this.#dataProducers.delete(producer.id));
    this.observer.safeEmit('newtransport', transport);
  }

  #addRtpObserver(observer: RtpObserver): void {
    this.#rtpObservers.set(observer.id, observer);
    observer.on('@close', () => this.#rtpObservers.delete(observer.id));
    this.observer.safeEmit('newrtpobserver', observer);
  }

  /** The one pipe to another router, whoever of the two asks for it first. */
  async #pipeTo(router: Router, options: PipeTransportOptions): Promise<PipeTransportPair> {
    const known = this.#pipes.get(router.id);

    if (known) return known;

    // Within one process packets cross by reference: there is nothing to listen on or to encrypt.
    const pipe =
      router.channel === this.channel
        ? this.#createPipePair(router, options)
        : openPipe(this, router, options);
    const forget = (): void => {
      this.#pipes.delete(router.id);
      router.#pipes.delete(this.id);
    };

    this.#pipes.set(router.id, pipe);
    router.#pipes.set(this.id, pipe);
    pipe.then(pair => pair[this.id]!.observer.on('close', forget), forget);

    return pipe;
  }

  async #createPipePair(
    router: Router,
    { enableRtx, ...options }: PipeTransportOptions,
  ): Promise<PipeTransportPair> {
    const { transports } = await this.channel.request<{
      transports: [PipeTransportData, PipeTransportData];
    }>('pipeTransport.createPair', {
      ends: [{ routerId: this.id }, { routerId: router.id }],
      enableRtx,
      ...sctpOptions(options),
    });
    const near = new PipeTransport(this.channel, transports[0]);
    const far = new PipeTransport(this.channel, transports[1]);

    closeTogether(near, far);
    for (const [end, transport] of [[this, near], [router, far]] as const) {
      if (end.closed) transport.close();
      else end.#addTransport(transport);
    }
    this.#checkOpen();
    router.#checkOpen();

    return { [this.id]: near, [router.id]: far };
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
    this.#dataProducers.clear();
  }
}
