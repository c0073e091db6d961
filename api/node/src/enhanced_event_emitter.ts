import { EventEmitter, once } from 'node:events';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Events = Record<string, any[]>;

type ListenerOf<Arguments extends unknown[]> = (...args: Arguments) => void;

/** The methods of EventEmitter, with the names and arguments of the events E. */
export interface EnhancedEventEmitter<
  E extends Events = Events,
  BuiltInEvents extends Events = { listenererror: [keyof E, Error] },
  E2 extends Events = E & BuiltInEvents,
> {
  emit<K extends keyof E2 & string>(eventName: K, ...args: E2[K]): boolean;
  on<K extends keyof E2 & string>(eventName: K, listener: ListenerOf<E2[K]>): this;
  off<K extends keyof E2 & string>(eventName: K, listener: ListenerOf<E2[K]>): this;
  addListener<K extends keyof E2 & string>(eventName: K, listener: ListenerOf<E2[K]>): this;
  prependListener<K extends keyof E2 & string>(eventName: K, listener: ListenerOf<E2[K]>): this;
  once<K extends keyof E2 & string>(eventName: K, listener: ListenerOf<E2[K]>): this;
  prependOnceListener<K extends keyof E2 & string>(eventName: K, listener: ListenerOf<E2[K]>): this;
  removeListener<K extends keyof E2 & string>(eventName: K, listener: ListenerOf<E2[K]>): this;
  removeAllListeners<K extends keyof E2 & string>(eventName?: K): this;
  listenerCount<K extends keyof E2 & string>(eventName: K): number;
  listeners<K extends keyof E2 & string>(eventName: K): ListenerOf<Events[string]>[];
  rawListeners<K extends keyof E2 & string>(eventName: K): ListenerOf<Events[string]>[];
}

/** An EventEmitter with typed events, without a limit of listeners. */
export class EnhancedEventEmitter<
  E extends Events = Events,
  BuiltInEvents extends Events = { listenererror: [keyof E, Error] },
  E2 extends Events = E & BuiltInEvents,
> extends EventEmitter {
  constructor() {
    super();
    this.setMaxListeners(Infinity);
  }

  /**
   * Like emit(), but a listener that throws does not reach the caller: its error
   * is emitted as 'listenererror' with the name of the event.
   */
  safeEmit<K extends keyof E2 & string>(eventName: K, ...args: E2[K]): boolean {
    try {
      return super.emit(eventName, ...args);
    } catch (error) {
      try {
        super.emit('listenererror', eventName, error);
      } catch {
        // A listener of 'listenererror' that throws has no one left to tell.
      }

      return super.listenerCount(eventName) > 0;
    }
  }
}

/** events.once() with the names of the emitter's events. */
export async function enhancedOnce<E extends Events = Events>(
  emitter: EnhancedEventEmitter<E>,
  eventName: keyof E & string,
  options?: Parameters<typeof once>[2],
): Promise<Events[string]> {
  return once(emitter as EventEmitter, eventName, options);
}
