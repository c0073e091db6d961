import type { AppData } from './app_data.js';
import type { Channel } from './channel.js';
import { Handle } from './handle.js';
import type {
  WebRtcServerDump,
  WebRtcServerEvents,
  WebRtcServerObserver,
} from './web_rtc_server_types.js';
import type { WebRtcTransport } from './web_rtc_transport.js';

/** The answer to webRtcServer.create. */
export type WebRtcServerData = { webRtcServerId: string };

/**
 * UDP and TCP ports that WebRTC transports share: those of all routers, whichever
 * thread of the process carries them.
 */
export class WebRtcServer<WebRtcServerAppData extends AppData = AppData> extends Handle<
  WebRtcServerAppData,
  WebRtcServerEvents,
  WebRtcServerObserver
> {
  readonly #transports = new Map<string, WebRtcTransport>();

  /** @internal */
  constructor(channel: Channel, data: WebRtcServerData, appData?: WebRtcServerAppData) {
    super(channel, data.webRtcServerId, appData);
  }

  /** Closes the transports that use it too. */
  close(): void {
    if (!this.markClosed()) return;

    this.channel.send('webRtcServer.close', { webRtcServerId: this.id });

    const transports = [...this.#transports.values()];
    this.#transports.clear();
    transports.forEach(transport => {
      transport.listenServerClosed();
      this.observer.safeEmit('webrtctransportunhandled', transport);
    });
    this.emit('@close');
    this.observer.safeEmit('close');
  }

  /** @internal Transports close with their routers. */
  workerClosed(): void {
    if (!this.markClosed()) return;

    this.#transports.clear();
    this.safeEmit('workerclose');
    this.observer.safeEmit('close');
  }

  async dump(): Promise<WebRtcServerDump> {
    return this.channel.request('webRtcServer.dump', { webRtcServerId: this.id });
  }

  /** @internal A transport that uses it. */
  handleWebRtcTransport(webRtcTransport: WebRtcTransport): void {
    const forget = (): void => {
      if (!this.#transports.delete(webRtcTransport.id)) return;

      this.observer.safeEmit('webrtctransportunhandled', webRtcTransport);
    };

    this.#transports.set(webRtcTransport.id, webRtcTransport);
    webRtcTransport.on('@close', forget);
    webRtcTransport.on('@listenserverclose', forget);
    webRtcTransport.on('routerclose', forget);
    this.observer.safeEmit('webrtctransporthandled', webRtcTransport);
  }
}
