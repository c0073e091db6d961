import { checkAppData, type AppData } from './app_data.js';
import type { Channel } from './channel.js';
import { Consumer, type ConsumerData } from './consumer.js';
import type {
  PipeConsumerOptions,
  PipeTransportDump,
  PipeTransportEvents,
  PipeTransportObserver,
  PipeTransportStat,
} from './pipe_transport_types.js';
import type { SrtpParameters } from './srtp_parameters.js';
import { SctpTransport, type SctpData } from './sctp_transport.js';
import type { TransportTuple } from './transport_types.js';

/** The answer to pipeTransport.create, kept up to date. */
export type PipeTransportData = SctpData & {
  transportId: string;
  tuple: TransportTuple;
  srtpParameters?: SrtpParameters;
};

/** One end of a pipe between two routers: all layers of a producer pass. */
export class PipeTransport<PipeTransportAppData extends AppData = AppData> extends SctpTransport<
  PipeTransportAppData,
  PipeTransportEvents,
  PipeTransportObserver
> {
  readonly #data: PipeTransportData;

  /** @internal */
  constructor(channel: Channel, data: PipeTransportData, appData?: PipeTransportAppData) {
    super(channel, data, appData);
    this.#data = data;
  }

  override get type(): 'pipe' {
    return 'pipe';
  }

  /** Its remote part is unknown before connect(). */
  get tuple(): TransportTuple {
    return structuredClone(this.#data.tuple);
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
    return this.requestStats();
  }
}
