// One demo server, one browser, and the people in the room. What a failed step leaves behind goes to output/.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from './browser.js';
import { Participant } from './participant.js';

const DEMO = new URL('../../../demo/dist/server/', import.meta.url);
const OUTPUT = fileURLToPath(new URL('../output/', import.meta.url));
const LABEL = process.env.SLUICE_E2E_LABEL ?? '';

/** A compiled module of the demo's server. */
export function demoModule(file) {
  return import(new URL(file, DEMO));
}

export class Scene {
  people = [];
  #name;

  /** `flags` are the demo's, `browserFlags` Chromium's. */
  static async open(name, { flags = [], browserFlags = [] } = {}) {
    const scene = new Scene();
    scene.#name = LABEL + name;
    scene.#collectSanitizerReports();
    const { startDemoServer } = await demoModule('demo_server.js');
    const { readConfig } = await demoModule('config.js');
    scene.server = await startDemoServer(
      readConfig(['--port', '0', '--listen-ip', '127.0.0.1', '--log-level', 'warn', ...flags], {}),
    );
    scene.browser = await launchBrowser(browserFlags);
    return scene;
  }

  /** Someone enters; resolves once the page is in the call. */
  async join(name, options = {}) {
    const person = await Participant.open(this, name, options);
    this.people.push(person);
    await person.enter();
    return person;
  }

  remove(person) {
    this.people = this.people.filter((other) => other !== person);
  }

  /** The worker as the SDK shows it. */
  worker() {
    return this.server.rooms.worker();
  }

  /** What a person needs to find out why a step failed. */
  async save(step) {
    const prefix = `${OUTPUT}${this.#name}-${step.replace(/\W+/g, '-')}`;
    for (const person of this.people) {
      const file = `${prefix}-${person.name}`;
      writeFileSync(`${file}.log`, person.console.join('\n'));
      const received = await person.received().catch((error) => error.message);
      writeFileSync(`${file}.json`, JSON.stringify(received, null, 2));
      await person.page.screenshot({ path: `${file}.png` }).catch(() => undefined);
    }
    const dump = await this.worker().then((worker) => worker.dump()).catch((error) => error.message);
    writeFileSync(`${prefix}-worker.json`, JSON.stringify(dump, null, 2));
  }

  /** Throws if a sanitizer had something to say about the sluice process. */
  async close() {
    await this.browser.close();
    await this.server.close();
    const reports = this.#sanitizerReports();
    if (reports.length > 0) {
      throw new Error(`the sanitizer reports:\n${reports.map((file) => readFileSync(file, 'utf8')).join('\n')}`);
    }
  }

  #collectSanitizerReports() {
    mkdirSync(OUTPUT, { recursive: true });
    readdirSync(OUTPUT)
      .filter((file) => file.startsWith(`${this.#name}-`) || file.startsWith(`${this.#name}.`))
      .forEach((file) => rmSync(OUTPUT + file));
    const options = `log_path=${OUTPUT}${this.#name}.sanitizer`;
    for (const sanitizer of ['ASAN', 'TSAN', 'UBSAN', 'LSAN']) {
      process.env[`${sanitizer}_OPTIONS`] = [process.env[`${sanitizer}_OPTIONS`], options].filter(Boolean).join(':');
    }
  }

  #sanitizerReports() {
    return readdirSync(OUTPUT)
      .filter((file) => file.startsWith(`${this.#name}.sanitizer`))
      .map((file) => OUTPUT + file);
  }
}
