import type { AppData } from './app_data.js';
import type { Channel, NotificationParams } from './channel.js';
import type { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import type { SctpNegotiatedCapabilities, SctpParameters, SctpState } from './sctp_parameters.js';
import { Transport } from './transport.js';
import type { TransportEvents, TransportObserver } from './transport_types.js';

/** Of the answer to a transport's creation, what is about SCTP. Kept up to date. */
export type SctpData = {
  sctpParameters?: SctpParameters;
  sctpState?: SctpState;
  sctpNegotiatedCapabilities?: SctpNegotiatedCapabilities;
};

type SctpEmitter = EnhancedEventEmitter<{ sctpstatechange: [SctpState] }>;

/** A transport that carries data channels by SCTP, if it was created so. */
export abstract class SctpTransport<
  TransportAppData extends AppData,
  Events extends TransportEvents,
  Observer extends TransportObserver,
> extends Transport<TransportAppData, Events, Observer> {
  readonly #sctp: SctpData;

  /** @internal `data` is the subclass's own. */
  protected constructor(
    channel: Channel,
    data: SctpData & { transportId: string },
    appData?: TransportAppData,
  ) {
    super(channel, data.transportId, appData);
    this.#sctp = data;
  }

  /** Undefined without SCTP. */
  get sctpParameters(): SctpParameters | undefined {
    return structuredClone(this.#sctp.sctpParameters);
  }

  /** Undefined without SCTP. */
  get sctpState(): SctpState | undefined {
    return this.#sctp.sctpState;
  }

  /** Undefined unless an SCTP association is connected. */
  get sctpNegotiatedCapabilities(): SctpNegotiatedCapabilities | undefined {
    return structuredClone(this.#sctp.sctpNegotiatedCapabilities);
  }

  protected override markClosed(): boolean {
    if (!super.markClosed()) return false;

    if (this.#sctp.sctpState) this.#sctp.sctpState = 'closed';

    return true;
  }

  protected override handleNotification(method: string, params: NotificationParams): void {
    if (method !== 'transport.sctpStateChange') return super.handleNotification(method, params);

    const sctpState = params['sctpState'] as SctpState;

    this.#sctp.sctpState = sctpState;
    this.#sctp.sctpNegotiatedCapabilities = params['sctpNegotiatedCapabilities'] as
      SctpNegotiatedCapabilities | undefined;
    (this as unknown as SctpEmitter).safeEmit('sctpstatechange', sctpState);
    (this.observer as unknown as SctpEmitter).safeEmit('sctpstatechange', sctpState);
  }
}
