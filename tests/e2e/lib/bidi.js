// A WebDriver BiDi connection (w3c.github.io/webdriver-bidi): commands with answers, and events. Playwright drives only
// its own build of Firefox; this drives any.
import { WebSocket } from 'ws';

export class BidiConnection {
  #socket;
  #pending = new Map();
  #listeners = new Set();
  #nextId = 1;

  static async open(url) {
    const connection = new BidiConnection();
    connection.#socket = new WebSocket(url, { maxPayload: 256 * 1024 * 1024 });
    await new Promise((resolve, reject) => {
      connection.#socket.once('open', resolve);
      connection.#socket.once('error', reject);
    });
    connection.#socket.on('message', (text) => connection.#onMessage(JSON.parse(text)));
    connection.#socket.on('close', () => connection.#onClose());
    return connection;
  }

  send(method, params = {}) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, method });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** `listener` gets every event: {method, params}. */
  onEvent(listener) {
    this.#listeners.add(listener);
  }

  #onMessage(message) {
    if (message.type === 'event') {
      this.#listeners.forEach((listener) => listener(message));
      return;
    }
    const { resolve, reject, method } = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.type === 'success') {
      resolve(message.result);
    } else {
      reject(new Error(`${method}: ${message.error}: ${message.message}`));
    }
  }

  #onClose() {
    this.#pending.forEach(({ reject, method }) => reject(new Error(`${method}: the browser closed the connection`)));
    this.#pending.clear();
  }
}
