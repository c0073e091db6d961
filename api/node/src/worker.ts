import { checkAppData, type AppData } from './app_data.js';
import { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import { normalizeListenInfo } from './listen_infos.js';
import { Logger } from './logger.js';
import { Router, type RouterData } from './router.js';
import type { RouterOptions } from './router_types.js';
import { WebRtcServer, type WebRtcServerData } from './web_rtc_server.js';
import type { WebRtcServerOptions } from './web_rtc_server_types.js';
import type { WorkerProcess } from './worker_process.js';
import {
  defaultPortRange,
  type WorkerSettings,
  type WorkerUpdateableSettings,
} from './worker_settings.js';
import type {
  WorkerDump,
  WorkerEvents,
  WorkerObserver,
  WorkerObserverEvents,
  WorkerResourceUsage,
} from './worker_types.js';

const logger = new Logger('Worker');

/** A sluice process. One is enough for a machine: its threads share all routers. */
export class Worker<
  WorkerAppData extends AppData = AppData,
> extends EnhancedEventEmitter<WorkerEvents> {
  readonly #process: WorkerProcess;
  readonly #settings: WorkerSettings<WorkerAppData>;
  readonly #routers = new Set<Router>();
  readonly #webRtcServers = new Set<WebRtcServer>();
  readonly #observer = new EnhancedEventEmitter<WorkerObserverEvents>();
  #appData: WorkerAppData;
  #closed = false;
  #died = false;
  #subprocessClosed = false;

  /** @internal The process must have started. */
  constructor(process: WorkerProcess, settings: WorkerSettings<WorkerAppData>) {
    super();
    this.#process = process;
    this.#settings = settings;
    this.#appData = settings.appData ?? ({} as WorkerAppData);

    process.on('died', error => this.#processDied(error));
    process.on('close', () => this.#processClosed());
    this.on('listenererror', (eventName, error) =>
      logger.error(`a listener of '${eventName}' threw:`, error),
    );
  }

  get pid(): number {
    return this.#process.pid;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether the process ended by itself. */
  get died(): boolean {
    return this.#died;
  }

  /** Whether the process ended, for whatever reason. */
  get subprocessClosed(): boolean {
    return this.#subprocessClosed;
  }

  get appData(): WorkerAppData {
    return this.#appData;
  }

  set appData(appData: WorkerAppData) {
    this.#appData = appData;
  }

  get observer(): WorkerObserver {
    return this.#observer;
  }

  /** Closes its routers and servers and ends the process; 'subprocessclose' tells when it is gone. */
  close(): void {
    if (this.#closed) return;

    this.#closed = true;
    this.#closeChildren();
    this.#process.close();
    this.#observer.safeEmit('close');
  }

  async dump(): Promise<WorkerDump> {
    return this.#process.channel.request('worker.dump');
  }

  async getResourceUsage(): Promise<WorkerResourceUsage> {
    return this.#process.channel.request('worker.getResourceUsage');
  }

  async updateSettings(options: WorkerUpdateableSettings<WorkerAppData> = {}): Promise<void> {
    const { logLevel, logTags } = options;

    await this.#process.channel.request('worker.updateSettings', { logLevel, logTags });
  }

  async createWebRtcServer<WebRtcServerAppData extends AppData = AppData>(
    options: WebRtcServerOptions<WebRtcServerAppData>,
  ): Promise<WebRtcServer<WebRtcServerAppData>> {
    const { listenInfos, appData } = options;
    const { channel } = this.#process;

    checkAppData(appData);
    if (!Array.isArray(listenInfos)) throw new TypeError('listenInfos must be an array');

    const portRange = defaultPortRange(this.#settings);
    const data = await channel.request<WebRtcServerData>('webRtcServer.create', {
      listenInfos: listenInfos.map(info => normalizeListenInfo(info, portRange)),
    });
    const server = new WebRtcServer(channel, data, appData);

    this.#webRtcServers.add(server);
    server.on('@close', () => this.#webRtcServers.delete(server));
    this.#observer.safeEmit('newwebrtcserver', server);

    return server;
  }

  async createRouter<RouterAppData extends AppData = AppData>(
    options: RouterOptions<RouterAppData> = {},
  ): Promise<Router<RouterAppData>> {
    const { mediaCodecs, maxSpeakers, appData } = options;
    const { channel } = this.#process;

    checkAppData(appData);

    const data = await channel.request<RouterData>('router.create', { mediaCodecs, maxSpeakers });
    const router = new Router(channel, data, defaultPortRange(this.#settings), appData);

    this.#routers.add(router);
    router.on('@close', () => this.#routers.delete(router));
    this.#observer.safeEmit('newrouter', router);

    return router;
  }

  #processDied(error: Error): void {
    if (this.#closed) return;

    this.#closed = true;
    this.#died = true;
    this.#subprocessClosed = true;
    this.#closeChildren();
    this.safeEmit('died', error);
    this.safeEmit('subprocessclose');
    this.#observer.safeEmit('close');
  }

  #processClosed(): void {
    if (this.#subprocessClosed) return;

    this.#subprocessClosed = true;
    this.safeEmit('subprocessclose');
  }

  #closeChildren(): void {
    this.#routers.forEach(router => router.workerClosed());
    this.#routers.clear();
    this.#webRtcServers.forEach(server => server.workerClosed());
    this.#webRtcServers.clear();
  }
}
