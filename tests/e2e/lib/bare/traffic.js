// Numbered messages whose content follows from number and length, so that a receiver can tell that each is whole, in order
// and there once. The same code runs in pages and in Node.

const NUMBER_LENGTH = 10;
const HIGH_WATER = 1024 * 1024;

/** `bytes` is the length of the message, at least 10. */
export function makeText(number, bytes) {
  const filler = 'sluice carries messages; '.repeat(Math.ceil(bytes / 25));
  return (String(number).padStart(NUMBER_LENGTH, '0') + filler).slice(0, bytes);
}

export function makeBinary(number, bytes) {
  const message = new Uint8Array(bytes);
  for (let index = 4; index < bytes; index += 1) {
    message[index] = number * 7 + index * 13;
  }
  new DataView(message.buffer).setUint32(0, number);
  return message;
}

/** Sends `count` messages from number `first` on, and waits where the channel says that more than its `highWater` is queued. */
export async function sendNumbered(channel, { first = 0, count, bytes, text = false }) {
  for (let number = first; number < first + count; number += 1) {
    channel.send(text ? makeText(number, bytes) : makeBinary(number, bytes));
    if (channel.bufferedAmount > (channel.highWater ?? HIGH_WATER)) {
      await channel.drained();
    }
  }
}

/** What arrived on one channel. */
export class Receipt {
  received = 0;
  texts = 0;
  empty = 0;
  duplicates = 0;
  outOfOrder = 0;
  corrupt = 0;
  highest = -1;
  #seen = new Set();

  /** `data` is a string, an ArrayBuffer or bytes. */
  add(data) {
    const text = typeof data === 'string';
    const message = text ? data : new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);
    this.texts += Number(text);
    if (message.length === 0) {
      this.empty += 1;
      return;
    }
    const number = text ? Number(message.slice(0, NUMBER_LENGTH)) : new DataView(message.buffer, message.byteOffset).getUint32(0);
    this.received += 1;
    this.corrupt += Number(!isWhole(message, number));
    this.duplicates += Number(this.#seen.has(number));
    this.outOfOrder += Number(number < this.highest);
    this.highest = Math.max(this.highest, number);
    this.#seen.add(number);
  }

  report() {
    const { received, texts, empty, duplicates, outOfOrder, corrupt, highest } = this;
    return { received, texts, empty, duplicates, outOfOrder, corrupt, highest };
  }
}

function isWhole(message, number) {
  if (typeof message === 'string') {
    return message === makeText(number, message.length);
  }
  const expected = makeBinary(number, message.length);
  return message.every((byte, index) => byte === expected[index]);
}
