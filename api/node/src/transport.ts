import { checkAppData, type AppData } from './app_data.js';
import type { CaptureEnd, CaptureOptions } from './capture.js';
import type { Channel, NotificationParams } from './channel.js';
import { Consumer, type ConsumerData } from './consumer.js';
import type { ConsumerOptions } from './consumer_types.js';
import { DataConsumer, type DataConsumerData } from './data_consumer.js';
import type { DataConsumerOptions } from './data_consumer_types.js';
import { DataProducer, type DataProducerData } from './data_producer.js';
import type { DataProducerOptions } from './data_producer_types.js';
import type { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import { NotFoundError } from './errors.js';
import { Handle } from './handle.js';
import { Producer, type ProducerData } from './producer.js';
import type { ProducerOptions } from './producer_types.js';
import type {
  TransportEvents,
  TransportObserver,
  TransportObserverEvents,
  TransportType,
} from './transport_types.js';
import { rejectUnsupported } from './unsupported_options.js';

/** One path between an endpoint and the router. */
export abstract class Transport<
  TransportAppData extends AppData = AppData,
  Events extends TransportEvents = TransportEvents,
  Observer extends TransportObserver = TransportObserver,
> extends Handle<TransportAppData, Events, Observer> {
  readonly #producers = new Map<string, Producer>();
  readonly #consumers = new Map<string, Consumer>();
  readonly #dataProducers = new Map<string, DataProducer>();
  readonly #dataConsumers = new Map<string, DataConsumer>();

  /** @internal */
  protected constructor(channel: Channel, id: string, appData?: TransportAppData) {
    super(channel, id, appData);
  }

  abstract get type(): TransportType;

  abstract dump(): Promise<unknown>;

  abstract getStats(): Promise<unknown[]>;

  abstract connect(params: unknown): Promise<void>;

  /** Closes its producers and consumers too. */
  close(): void {
    if (!this.markClosed()) return;

    this.channel.send('transport.close', { transportId: this.id });
    this.#closeChildren();
    this.#events.emit('@close');
    this.#observerEvents.safeEmit('close');
  }

  /** @internal */
  routerClosed(): void {
    if (!this.markClosed()) return;

    this.#closeChildren();
    this.#events.safeEmit('routerclose');
    this.#observerEvents.safeEmit('close');
  }

  /** @internal The WebRtcServer that it uses has closed. */
  listenServerClosed(): void {
    if (!this.markClosed()) return;

    this.#closeChildren();
    this.#events.emit('@listenserverclose');
    this.#events.safeEmit('listenserverclose');
    this.#observerEvents.safeEmit('close');
  }

  /** Limit of what the endpoint may send, in bit/s; 0 lifts it. */
  async setMaxIncomingBitrate(bitrate: number): Promise<void> {
    await this.channel.request('transport.setMaxIncomingBitrate', {
      transportId: this.id,
      bitrate,
    });
  }

  /**
   * Writes what the transport receives and sends, RTP and RTCP in the clear, into a pcapng file of the
   * worker's `captureDirectory`. Answers the file's name. 'captureend' tells when it is over.
   */
  async startCapture(options: CaptureOptions = {}): Promise<string> {
    const { fileName, maxBytes, maxDuration, snapLength, direction } = options;
    const started = await this.channel.request<{ fileName: string }>('transport.startCapture', {
      transportId: this.id,
      fileName,
      maxBytes,
      maxDuration,
      snapLength,
      direction,
    });

    return started.fileName;
  }

  /** Resolves when the file is complete. */
  async stopCapture(): Promise<CaptureEnd> {
    return this.channel.request<CaptureEnd>('transport.stopCapture', { transportId: this.id });
  }

  /** Receives a medium that the endpoint sends. */
  async produce<ProducerAppData extends AppData = AppData>(
    options: ProducerOptions<ProducerAppData>,
  ): Promise<Producer<ProducerAppData>> {
    const { id, kind, rtpParameters, paused, keyFrameRequestDelay, appData } = options;

    checkAppData(appData);
    rejectUnsupported(options, 'enableMediasoupPacketIdHeaderExtension');

    const data = await this.channel.request<ProducerData>('producer.create', {
      transportId: this.id,
      producerId: id,
      kind,
      rtpParameters,
      paused,
      keyFrameRequestDelay,
    });

    this.checkOpen();
    const producer = new Producer<ProducerAppData>(this.channel, data, appData);
    this.#addProducer(producer);

    return producer;
  }

  /** Sends a producer's medium to the endpoint. */
  async consume<ConsumerAppData extends AppData = AppData>(
    options: ConsumerOptions<ConsumerAppData>,
  ): Promise<Consumer<ConsumerAppData>> {
    const { producerId, rtpCapabilities, paused, mid, preferredLayers } = options;
    const { enableRtx, ignoreDtx, pipe, appData } = options;

    checkAppData(appData);

    const data = await this.channel.request<ConsumerData>('consumer.create', {
      transportId: this.id,
      producerId,
      rtpCapabilities,
      paused,
      mid,
      preferredLayers,
      enableRtx,
      ignoreDtx,
      pipe,
    });

    this.checkOpen();
    const consumer = new Consumer<ConsumerAppData>(this.channel, data, appData);
    this.addConsumer(consumer);

    return consumer;
  }

  /** Receives the messages of a data channel, or of the application where the transport is direct. */
  async produceData<DataProducerAppData extends AppData = AppData>(
    options: DataProducerOptions<DataProducerAppData> = {},
  ): Promise<DataProducer<DataProducerAppData>> {
    const { id, sctpStreamParameters, label, protocol, paused, appData } = options;

    checkAppData(appData);

    const data = await this.channel.request<DataProducerData>('dataProducer.create', {
      transportId: this.id,
      dataProducerId: id,
      sctpStreamParameters,
      label,
      protocol,
      paused,
    });

    this.checkOpen();
    const producer = new DataProducer<DataProducerAppData>(this.channel, data, appData);
    this.#addDataProducer(producer);

    return producer;
  }

  /** Sends a data producer's messages to the endpoint, or to the application where the transport is direct. */
  async consumeData<DataConsumerAppData extends AppData = AppData>(
    options: DataConsumerOptions<DataConsumerAppData>,
  ): Promise<DataConsumer<DataConsumerAppData>> {
    const { dataProducerId, ordered, maxPacketLifeTime, maxRetransmits } = options;
    const { paused, subchannels, appData } = options;

    checkAppData(appData);

    const data = await this.channel.request<DataConsumerData>('dataConsumer.create', {
      transportId: this.id,
      dataProducerId,
      ordered,
      maxPacketLifeTime,
      maxRetransmits,
      paused,
      subchannels,
    });

    this.checkOpen();
    const consumer = new DataConsumer<DataConsumerAppData>(this.channel, data, appData);
    this.#addDataConsumer(consumer);

    return consumer;
  }

  protected override handleNotification(method: string, params: NotificationParams): void {
    if (method !== 'transport.captureEnd') return super.handleNotification(method, params);

    const { transportId: _, ...end } = params;
    this.#events.safeEmit('captureend', end as CaptureEnd);
  }

  protected async requestStats<Stat>(): Promise<Stat[]> {
    const { stats } = await this.channel.request<{ stats: Stat[] }>('transport.getStats', {
      transportId: this.id,
    });

    return stats;
  }

  /** It may have closed while the process answered; what was created closed with it. */
  protected checkOpen(): void {
    if (this.closed) {
      throw new NotFoundError(`the transport is closed [id:${this.id}]`);
    }
  }

  #addProducer(producer: Producer): void {
    this.#producers.set(producer.id, producer);
    producer.on('@close', () => {
      this.#producers.delete(producer.id);
      this.#events.emit('@producerclose', producer);
    });
    this.#events.emit('@newproducer', producer);
    this.#observerEvents.safeEmit('newproducer', producer);
  }

  protected addConsumer(consumer: Consumer): void {
    const forget = (): boolean => this.#consumers.delete(consumer.id);

    this.#consumers.set(consumer.id, consumer);
    consumer.on('@close', forget);
    consumer.on('@producerclose', forget);
    this.#observerEvents.safeEmit('newconsumer', consumer);
  }

  #addDataProducer(producer: DataProducer): void {
    this.#dataProducers.set(producer.id, producer);
    producer.on('@close', () => {
      this.#dataProducers.delete(producer.id);
      this.#events.emit('@dataproducerclose', producer);
    });
    this.#events.emit('@newdataproducer', producer);
    this.#observerEvents.safeEmit('newdataproducer', producer);
  }

  #addDataConsumer(consumer: DataConsumer): void {
    const forget = (): boolean => this.#dataConsumers.delete(consumer.id);

    this.#dataConsumers.set(consumer.id, consumer);
    consumer.on('@close', forget);
    consumer.on('@dataproducerclose', forget);
    this.#observerEvents.safeEmit('newdataconsumer', consumer);
  }

  #closeChildren(): void {
    this.#producers.forEach(producer => {
      producer.transportClosed();
      this.#events.emit('@producerclose', producer);
    });
    this.#producers.clear();
    this.#consumers.forEach(consumer => consumer.transportClosed());
    this.#consumers.clear();
    this.#dataProducers.forEach(producer => {
      producer.transportClosed();
      this.#events.emit('@dataproducerclose', producer);
    });
    this.#dataProducers.clear();
    this.#dataConsumers.forEach(consumer => consumer.transportClosed());
    this.#dataConsumers.clear();
  }

  /** This and its observer with the events of every transport: those of a subclass are open. */
  get #events(): EnhancedEventEmitter<TransportEvents> {
    return this as unknown as EnhancedEventEmitter<TransportEvents>;
  }

  get #observerEvents(): EnhancedEventEmitter<TransportObserverEvents> {
    return this.observer;
  }
}
