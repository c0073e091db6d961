// A page (of either browser) as a client of a BareRoom. Its methods are those of the client in page.js.

const METHODS = [
  'produce', 'produceRed', 'keepEncodings', 'framesSent', 'framesCaptured', 'unproduce', 'consume', 'shown', 'received', 'unconsume',
  'publish', 'subscribe', 'send', 'sendEmpty', 'unpublish', 'receipt', 'transportIds', 'transports',
];

export class BrowserClient {
  /** `options` are those of join() in page.js. */
  static async join(room, name, browser, options = {}) {
    const client = new BrowserClient();
    client.name = name;
    client.context = await browser.newContext();
    client.page = await client.context.newPage();
    await client.page.goto(room.url);
    await client.page.waitForFunction(() => globalThis.client !== undefined);
    await client.#call('join', options);
    return client;
  }

  async close() {
    await this.context.close();
  }

  #call(method, ...parameters) {
    return this.page.evaluate(([name, values]) => globalThis.client[name](...values), [method, parameters]);
  }

  static {
    for (const method of METHODS) {
      this.prototype[method] = function (...parameters) {
        return this.#call(method, ...parameters);
      };
    }
  }
}
