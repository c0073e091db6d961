// The demo server as a process of its own, on a port that the system chooses.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../demo/dist/server/main.js', import.meta.url));
const START_MS = 30_000;

export class DemoServer {
  #child;
  #log = [];

  /** `flags` are the demo's, such as `--workers 2`. */
  static async start(flags = []) {
    if (!existsSync(MAIN)) {
      throw new Error('the demo is not built: run scripts/test, or npm run build in demo/');
    }
    const server = new DemoServer();
    server.url = await server.#spawn(flags);
    return server;
  }

  get log() {
    return this.#log.join('');
  }

  async stop() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exit = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill('SIGTERM');
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
      await exit;
      clearTimeout(timer);
    }
    return this.#child.exitCode;
  }

  #spawn(flags) {
    this.#child = spawn(process.execPath, [MAIN, '--port', '0', '--listen-ip', '127.0.0.1', '--log-level', 'warn', ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DEBUG: process.env.DEBUG ?? 'sluice:WARN* sluice:ERROR*' },
    });
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`the demo did not start:\n${this.log}`));
      const timer = setTimeout(fail, START_MS);
      const read = (chunk) => {
        this.#log.push(String(chunk));
        const url = /ready: (\S+)/.exec(this.log)?.[1];
        if (url !== undefined) {
          clearTimeout(timer);
          resolve(url);
        }
      };
      this.#child.stdout.on('data', read);
      this.#child.stderr.on('data', read);
      this.#child.once('exit', fail);
    });
  }
}
