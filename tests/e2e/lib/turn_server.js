// coturn, on loopback, with the shared-secret scheme. It is a process of the test: the package's service is not used.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.js';

export class TurnServer {
  #process;
  #folder = mkdtempSync(join(tmpdir(), 'sluice-turn-'));
  /** Why there is no process. */
  #ended;

  /** Resolves once it listens. */
  static async start(secret) {
    const server = new TurnServer();
    server.port = await freePort();
    server.#run(secret);
    await until('coturn listens', () => server.#listens());
    return server;
  }

  /** Such as turn:127.0.0.1:3478?transport=tcp. */
  url(transport) {
    return `turn:127.0.0.1:${this.port}?transport=${transport}`;
  }

  get log() {
    return readFileSync(join(this.#folder, 'log'), 'utf8');
  }

  async stop() {
    if (this.#ended === undefined) {
      const gone = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.kill('SIGKILL');
      await gone;
    }
    rmSync(this.#folder, { recursive: true });
  }

  #run(secret) {
    const file = (name) => join(this.#folder, name);
    this.#process = spawn(
      'turnserver',
      [
        '-n', '--no-cli', '--no-tls', '--no-dtls', '--relay-threads', '1', '--realm', 'sluice',
        '--listening-ip', '127.0.0.1', '--listening-port', String(this.port),
        '--relay-ip', '127.0.0.1', '--min-port', '49200', '--max-port', '49400', '--allow-loopback-peers',
        '--use-auth-secret', `--static-auth-secret=${secret}`,
        '--simple-log', '--log-file', file('log'), '--pidfile', file('pid'), '--userdb', file('db'),
      ],
      { stdio: 'ignore' },
    );
    this.#process.once('error', (error) => (this.#ended = error.message));
    this.#process.once('exit', (code) => (this.#ended = `it ended with ${code}`));
  }

  #listens() {
    if (this.#ended !== undefined) {
      throw new Error(this.#ended);
    }
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.end(() => resolve(true)));
      socket.once('error', () => resolve(false));
    });
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
