import type { NotificationParams } from './channel.js';

/** One packet or message, as the event 'trace' of producers and consumers tells it. */
type Trace<Type extends string> = {
  type: Type;
  timestamp: number;
  direction: 'in' | 'out';
  info: Record<string, unknown>;
};

/** What of a notification the application is told. */
export function toTrace<Type extends string>(params: NotificationParams): Trace<Type> {
  const { type, timestamp, direction, info = {} } = params as Trace<Type>;

  return { type, timestamp, direction, info };
}

/** The types as they are, if they are strings; whether they exist the process says. */
export function toTraceTypes<Type extends string>(types: Type[]): Type[] {
  if (!Array.isArray(types)) {
    throw new TypeError('types is not an array');
  }

  if (types.some(type => typeof type !== 'string')) {
    throw new TypeError('every type must be a string');
  }

  return types;
}
