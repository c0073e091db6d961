// A tab of Firefox, with those of Playwright's methods that the tests use.
import { writeFileSync } from 'node:fs';
import { until } from './until.js';

export class FirefoxPage {
  #bidi;
  #userContext;
  #context;
  #listeners = [];

  static async open(bidi, userContext) {
    const page = new FirefoxPage();
    page.#bidi = bidi;
    page.#userContext = userContext;
    page.#context = (await bidi.send('browsingContext.create', { type: 'tab', userContext })).context;
    bidi.onEvent(({ method, params }) => method === 'log.entryAdded' && page.#onLog(params));
    return page;
  }

  context() {
    return { close: () => this.#bidi.send('browser.removeUserContext', { userContext: this.#userContext }) };
  }

  /** 'console' with {type(), text()}, 'pageerror' with an Error. */
  on(event, listener) {
    this.#listeners.push({ event, listener });
  }

  async goto(url) {
    await this.#bidi.send('browsingContext.navigate', { context: this.#context, url, wait: 'complete' });
  }

  /** Runs `work` in the page; argument and result travel as JSON. */
  async evaluate(work, argument) {
    const source = `Promise.resolve((${work})(${JSON.stringify(argument)})).then((value) => JSON.stringify(value))`;
    const answer = await this.#bidi.send('script.evaluate', {
      expression: source,
      target: { context: this.#context },
      awaitPromise: true,
    });
    if (answer.type === 'exception') {
      throw new Error(answer.exceptionDetails.text);
    }
    return answer.result.type === 'string' ? JSON.parse(answer.result.value) : undefined;
  }

  waitForFunction(check, argument, { timeout = 30_000 } = {}) {
    return until(`true in Firefox: ${check}`, () => this.evaluate(`async (argument) => Boolean((${check})(argument))`, argument), {
      timeout,
    });
  }

  waitForSelector(selector) {
    return this.waitForFunction((wanted) => document.querySelector(wanted) !== null, selector);
  }

  async click(selector) {
    await this.waitForSelector(selector);
    await this.evaluate((wanted) => document.querySelector(wanted).click(), selector);
  }

  async screenshot({ path }) {
    const { data } = await this.#bidi.send('browsingContext.captureScreenshot', { context: this.#context });
    writeFileSync(path, Buffer.from(data, 'base64'));
  }

  #onLog({ source, type, level, text }) {
    if (source.context !== this.#context) {
      return;
    }
    const [event, data] =
      type === 'javascript' ? ['pageerror', new Error(text)] : ['console', { type: () => level, text: () => text }];
    this.#listeners.filter((entry) => entry.event === event).forEach(({ listener }) => listener(data));
  }
}
