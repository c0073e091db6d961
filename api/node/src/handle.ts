import type { AppData } from './app_data.js';
import { addressOf, type Channel, type NotificationParams } from './channel.js';
import { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import { Logger } from './logger.js';

const logger = new Logger('Handle');

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Events = Record<string, any[]>;

/**
 * What router, transport, producer and consumer have in common: each stands for
 * an object in the sluice process, which has the same id.
 */
export abstract class Handle<
  HandleAppData extends AppData,
  E extends Events,
  Observer extends EnhancedEventEmitter,
> extends EnhancedEventEmitter<E> {
  protected readonly channel: Channel;
  readonly #id: string;
  readonly #address: string;
  readonly #observer: Observer;
  #appData: HandleAppData;
  #closed = false;

  /** `routerId`: of an object whose id is unique in its router only. */
  protected constructor(
    channel: Channel,
    id: string,
    appData: HandleAppData | undefined,
    routerId?: string,
  ) {
    super();
    this.channel = channel;
    this.#id = id;
    this.#address = addressOf(id, routerId);
    this.#observer = new EnhancedEventEmitter() as Observer;
    this.#appData = appData ?? ({} as HandleAppData);

    channel.subscribe(this.#address, (method, params) => this.handleNotification(method, params));
    logListenerErrors(this);
    logListenerErrors(this.#observer);
  }

  get id(): string {
    return this.#id;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get appData(): HandleAppData {
    return this.#appData;
  }

  set appData(appData: HandleAppData) {
    this.#appData = appData;
  }

  get observer(): Observer {
    return this.#observer;
  }

  /** Something happened in the process. `method` is "object.event". */
  protected handleNotification(method: string, _params: NotificationParams): void {
    logger.warn(`unknown notification ${method} [id:${this.#id}]`);
  }

  /** Marks it closed; false if it already was. No notification arrives from now on. */
  protected markClosed(): boolean {
    if (this.#closed) return false;

    this.#closed = true;
    this.channel.unsubscribe(this.#address);

    return true;
  }
}

function logListenerErrors(emitter: EnhancedEventEmitter): void {
  emitter.on('listenererror', (eventName: string, error: Error) =>
    logger.error(`a listener of '${eventName}' threw:`, error),
  );
}
