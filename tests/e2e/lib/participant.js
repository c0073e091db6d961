// One person in the room: a page of the demo, driven by its buttons and read by its statistics.
import { until } from './until.js';

const ROOM = 'e2e';

export class Participant {
  console = [];

  /** `browser` in place of the scene's; `path` 'relay' or 'tcp': only over a TURN server, only over TCP. */
  static async open(scene, name, { browser = scene.browser, room = ROOM, quality = 'low', path, initScript } = {}) {
    const participant = new Participant();
    participant.scene = scene;
    participant.name = name;
    const context = await browser.newContext({ viewport: { width: 640, height: 480 } });
    const page = await context.newPage();
    participant.page = page;
    if (initScript !== undefined) {
      await page.addInitScript(...initScript);
    }
    page.on('console', (message) => participant.console.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => participant.console.push(`uncaught: ${error.stack}`));
    const query = new URLSearchParams({ quality, name, ...(path !== undefined && { [path]: '' }) });
    await page.goto(`${scene.server.url}/${room}?${query}`);
    await page.waitForFunction(() => document.querySelector('.preview video')?.videoWidth > 0, null, { timeout: 30_000 });
    return participant;
  }

  async enter() {
    await this.page.click('#join');
    await this.untilConnected();
  }

  /** Presses join; resolves with the milliseconds until each of `count` others had a picture on the screen. */
  async enterAndTimePictures(count) {
    this.scene.people.push(this);
    return this.page.evaluate(
      (wanted) =>
        new Promise((resolve) => {
          const started = performance.now();
          const seen = new Map();
          document.querySelector('#join').click();
          const timer = setInterval(() => {
            const self = globalThis.sluiceCall?.members().find(({ local }) => local)?.id;
            for (const video of document.querySelectorAll('.tile-camera video')) {
              const { member } = video.parentElement.dataset;
              if (video.videoWidth > 0 && member !== self && !seen.has(member)) {
                seen.set(member, Math.round(performance.now() - started));
              }
            }
            if (seen.size >= wanted || performance.now() - started > 30_000) {
              clearInterval(timer);
              resolve([...seen.values()]);
            }
          }, 10);
        }),
      count,
    );
  }

  async untilConnected() {
    await until(
      `${this.name} is connected`,
      () => this.page.evaluate(() => globalThis.sluiceCall?.state === 'connected' && document.querySelector('.badge')?.textContent),
    );
  }

  press(button) {
    return this.page.click(`#${button}`);
  }

  async leave() {
    await this.press('leave');
    await this.page.waitForSelector('.ended');
    await this.page.context().close();
    this.scene.remove(this);
  }

  /** The tab is closed without a goodbye from the page's buttons. */
  async vanish() {
    this.scene.remove(this);
    await this.page.context().close();
  }

  /** By name of the other: the inbound-rtp statistics of camera and microphone. */
  received() {
    return this.page.evaluate(async () => {
      const inbound = async (media) => {
        let found;
        (await media?.getStats())?.forEach((entry) => {
          found = entry.type === 'inbound-rtp' ? entry : found;
        });
        return found;
      };
      const others = globalThis.sluiceCall.members().filter(({ local }) => !local);
      const entries = others.map(async ({ name, camera, microphone }) => [
        name,
        { camera: await inbound(camera), microphone: await inbound(microphone) },
      ]);
      return Object.fromEntries(await Promise.all(entries));
    });
  }

  /** outbound-rtp statistics of the own camera: one for each encoding. */
  async sent() {
    return this.page.evaluate(async () => {
      const { camera } = globalThis.sluiceCall.members().find(({ local }) => local);
      const found = [];
      (await camera.getStats()).forEach((entry) => entry.type === 'outbound-rtp' && found.push(entry));
      return found;
    });
  }

  /** What the congestion control of the sending transport allows, in bits a second. */
  availableBitrate() {
    return this.page.evaluate(async () => {
      const rates = [];
      for (const report of await globalThis.sluiceCall.transportStats()) {
        report.forEach((entry) => entry.type === 'candidate-pair' && entry.nominated && rates.push(entry.availableOutgoingBitrate ?? 0));
      }
      return Math.max(...rates);
    });
  }

  /** The 'transport' statistics of both transports. */
  transports() {
    return this.page.evaluate(async () => {
      const found = [];
      for (const report of await globalThis.sluiceCall.transportStats()) {
        report.forEach((entry) => entry.type === 'transport' && found.push(entry));
      }
      return found;
    });
  }

  /** Of everything that is sent and received, such as video/VP8. */
  codecs() {
    return this.page.evaluate(async () => {
      const found = new Set();
      for (const report of await globalThis.sluiceCall.transportStats()) {
        report.forEach(({ type, mimeType }) => type === 'codec' && found.add(mimeType));
      }
      return [...found].sort();
    });
  }

  /** What the page logged as an error. */
  errors() {
    return this.console.filter((line) => /^(error|uncaught)/.test(line)).map((line) => `${this.name}: ${line}`);
  }

  /** Opens the chat unless it is open. */
  async openChat() {
    if (await this.page.evaluate(() => document.querySelector('#chat').hidden)) {
      await this.press('toggle-chat');
    }
  }

  /** Writes into the open chat. */
  say(text) {
    return this.page.evaluate((words) => {
      const field = document.querySelector('#chat-text');
      field.value = words;
      field.form.requestSubmit();
    }, text);
  }

  /** What stands in the chat: [author, text] each, files with their name and state as text. */
  chat() {
    return this.page.evaluate(() =>
      [...document.querySelectorAll('.chat-entry')].map((entry) => {
        const part = (selector) => entry.querySelector(selector)?.textContent;
        const file = part('.chat-file-name');
        return [part('.chat-author'), file === undefined ? part('.chat-bubble') : `${file}: ${part('.chat-file-state')}`];
      }),
    );
  }

  /** Drops files onto the page as from the desktop: [{name, bytes}], filled with a pattern. */
  dropFiles(files) {
    return this.page.evaluate((wanted) => {
      const dataTransfer = new DataTransfer();
      for (const { name, bytes } of wanted) {
        dataTransfer.items.add(new File([Uint8Array.from({ length: bytes }, (_, index) => index * 7)], name));
      }
      const drag = (type) => document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      drag('dragenter');
      drag('drop');
    }, files);
  }

  /** The candidates that media goes over, of both transports: [{local, remote}]. */
  paths() {
    return this.page.evaluate(async () => {
      const found = [];
      for (const report of await globalThis.sluiceCall.transportStats()) {
        report.forEach(({ type, selectedCandidatePairId }) => {
          const pair = type === 'transport' ? report.get(selectedCandidatePairId) : undefined;
          pair && found.push({ local: report.get(pair.localCandidateId), remote: report.get(pair.remoteCandidateId) });
        });
      }
      return found;
    });
  }

  /** True if the tile of that person carries this class, such as tile-dark. */
  tileHas(name, style) {
    return this.page.evaluate(
      ([wanted, className]) => {
        const id = globalThis.sluiceCall.members().find((member) => member.name === wanted)?.id;
        return document.querySelector(`.tile-camera[data-member="${id}"]`)?.classList.contains(className) === true;
      },
      [name, style],
    );
  }

  marksMuted(name) {
    return this.page.evaluate((wanted) => {
      const id = globalThis.sluiceCall.members().find((member) => member.name === wanted)?.id;
      return document.querySelector(`.tile-camera[data-member="${id}"] .tile-muted`)?.hidden === false;
    }, name);
  }

  others() {
    return this.page.evaluate(() => globalThis.sluiceCall.members().filter(({ local }) => !local).map(({ name }) => name));
  }
}
