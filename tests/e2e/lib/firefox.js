// Headless Firefox with a fake camera and microphone. It has those of Playwright's methods that the tests use, so that a
// Participant can be a person with either browser.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BidiConnection } from './bidi.js';
import { FirefoxPage } from './firefox_page.js';

const EXECUTABLE = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const START_TIMEOUT_MS = 60_000;

const PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
};

export class Firefox {
  #process;
  #profile = mkdtempSync(join(tmpdir(), 'sluice-firefox-'));
  #bidi;

  static async launch() {
    const firefox = new Firefox();
    try {
      firefox.#bidi = await BidiConnection.open(`${await firefox.#start()}/session`);
      await firefox.#bidi.send('session.new', { capabilities: {} });
      await firefox.#bidi.send('session.subscribe', { events: ['log.entryAdded'] });
    } catch (error) {
      await firefox.close();
      throw error;
    }
    return firefox;
  }

  /** A window with storage of its own. */
  async newContext() {
    const { userContext } = await this.#bidi.send('browser.createUserContext');
    return {
      newPage: () => FirefoxPage.open(this.#bidi, userContext),
      close: () => this.#bidi.send('browser.removeUserContext', { userContext }),
    };
  }

  async close() {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const gone = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.kill('SIGKILL');
      await gone;
    }
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Resolves with the address that its stderr names. */
  #start() {
    const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});`);
    writeFileSync(join(this.#profile, 'user.js'), lines.join('\n'));
    this.#process = spawn(
      EXECUTABLE,
      ['--headless', '--no-remote', '--profile', this.#profile, '--remote-debugging-port', '0', 'about:blank'],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: this.#profile } },
    );
    return new Promise((resolve, reject) => {
      let log = '';
      const fail = (why) => reject(new Error(`Firefox does not start (${why}):\n${log}`));
      const timer = setTimeout(() => fail('too slow'), START_TIMEOUT_MS);
      this.#process.once('error', (error) => fail(error.message));
      this.#process.once('exit', (code) => fail(`it ended with ${code}`));
      this.#process.stderr.setEncoding('utf8').on('data', (text) => {
        log += text;
        const address = /WebDriver BiDi listening on (ws:\S+)/.exec(log)?.[1];
        if (address !== undefined) {
          clearTimeout(timer);
          resolve(address);
        }
      });
    });
  }
}
