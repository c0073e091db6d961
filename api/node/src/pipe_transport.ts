import { checkAppData, type AppData } from './app_data.js';
import type { Channel, NotificationParams } from './channel.js';
import { Consumer, type ConsumerData } from './consumer.js';
import type {
  PipeConsumerOptions,
  PipeTransportDump,
  PipeTransportEvents,
  PipeTransportObserver,
  PipeTransportStat,
} from './pipe_transport_types.js';
import type { SctpNegotiatedCapabilities, SctpParameters, SctpState } from './sctp_parameters.js';
import type { SrtpParameters } from './srtp_parameters.js';
import { Transport } from './transport.js';
import type { TransportTuple } from './transport_types.js';

/** The answer to pipeTransport.create, kept up to date. */
export type PipeTransportData = {
  transportId: string;
  tuple: TransportTuple;
  srtpParameters?: SrtpParameters;
  sctpParameters?: SctpParameters;
  sctpState?: SctpState;
  sctpNegotiatedCapabilities?: SctpNegotiatedCapabilities;
};

/** One end of a pipe between two routers: all layers of a producer pass. */
export class PipeTransport<PipeTransportAppData extends AppData = AppData> extends Transport<
  PipeTransportAppData,
  PipeTransportEvents,
  PipeTransportObserver
> {
  readonly #data: PipeTransportData;

  /** @internal */
  constructor(channel: Channel, data: PipeTransportData, appData?: PipeTransportAppData) {
    super(channel, data.transportId, appData);
    this.#data = data;
  }

  override get type(): 'pipe' {
    return 'pipe';
  }

  /** Its remote part is unknown before connect(). */
  get tuple(): TransportTuple {
    return structuredClone(this.#data.tuple);
  }

  /** Undefined without SCTP. */
  get sctpParameters(): SctpParameters | undefined {
    return structuredClone(this.#data.sctpParameters);
  }

  /** Undefined without SCTP. */
  get sctpState(): SctpState | undefined {
    return this.#data.sctpState;
  }

  /** Undefined unless an SCTP association is connected. */
  get sctpNegotiatedCapabilities(): SctpNegotiatedCapabilities | undefined {
    return structuredClone(this.#data.sctpNegotiatedCapabilities);
  }

  /** What the other end needs to know to read what we send. Undefined without SRTP. */
  get srtpParameters(): SrtpParameters | undefined {
    return structuredClone(this.#data.srtpParameters);
  }

  /** Where the other end is and the keys that it sends with; once only. */
  async connect({
    ip,
    port,
    srtpParameters,
  }: {
    ip: string;
    port: number;
    srtpParameters?: SrtpParameters;
  }): Promise<void> {
    const { tuple } = await this.channel.request<{ tuple: TransportTuple }>(
      'pipeTransport.connect',
      { transportId: this.id, ip, port, srtpParameters },
    );

    this.#data.tuple = tuple;
  }

  /** Sends a producer with all its layers to the other end. */
  override async consume<ConsumerAppData extends AppData = AppData>({
    producerId,
    appData,
  }: PipeConsumerOptions<ConsumerAppData>): Promise<Consumer<ConsumerAppData>> {
    checkAppData(appData);

    const data = await this.channel.request<ConsumerData>('consumer.create', {
      transportId: this.id,
      producerId,
    });

    this.checkOpen();
    const consumer = new Consumer<ConsumerAppData>(this.channel, data, appData);
    this.addConsumer(consumer);

    return consumer;
  }

  override async dump(): Promise<PipeTransportDump> {
    return this.channel.request('transport.dump', { transportId: this.id });
  }

  override async getStats(): Promise<PipeTransportStat[]> {
    const { stats } = await this.channel.request<{ stats: PipeTransportStat[] }>(
      'transport.getStats',
      { transportId: this.id },
    );

    return stats;
  }

  protected override markClosed(): boolean {
    if (!super.markClosed()) return false;

    if (this.#data.sctpState) this.#data.sctpState = 'closed';

    return true;
  }

  protected override handleNotification(method: string, params: NotificationParams): void {
    if (method !== 'transport.sctpStateChange') return super.handleNotification(method, params);

    const sctpState = params['sctpState'] as SctpState;

    this.#data.sctpState = sctpState;
    this.#data.sctpNegotiatedCapabilities = params['sctpNegotiatedCapabilities'] as
      SctpNegotiatedCapabilities | undefined;
    this.safeEmit('sctpstatechange', sctpState);
    this.observer.safeEmit('sctpstatechange', sctpState);
  }
}
