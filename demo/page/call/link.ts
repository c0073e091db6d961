// One WebRTC transport to sluice (sending or receiving), kept alive: when its path breaks, ICE restarts.
import type { Device } from 'mediasoup-client';
import type { ConnectionState, Transport, TransportOptions } from 'mediasoup-client/types';
import type { ChannelLabel, Direction, IceServer, Source } from '../../shared/protocol.js';
import { Emitter } from './emitter.js';
import type { Signalling } from './signalling.js';

/** Paths often come back by themselves; give one this long before restarting ICE. */
const PATIENCE_MS = 2_000;
const RETRY_MS = 3_000;

/** Which paths to take: any, only over a TURN server, or only over TCP. */
export type Path = 'any' | 'relay' | 'tcp';

export class Link extends Emitter<{ state: ConnectionState }> {
  #recovery: number | undefined;
  #restarting: Promise<void> | undefined;

  private constructor(
    readonly direction: Direction,
    readonly transport: Transport,
    private readonly signalling: Signalling,
  ) {
    super();
    transport.on('connectionstatechange', (state) => this.#onState(state));
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      signalling.request('connectTransport', { transportId: transport.id, dtlsParameters }).then(done, failed);
    });
    transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const { source, paused } = appData as { source: Source; paused: boolean };
      signalling
        .request('produce', { transportId: transport.id, kind, source, paused, rtpParameters })
        .then(({ producerId }) => done({ id: producerId }), failed);
    });
    transport.on('producedata', ({ sctpStreamParameters, label }, done, failed) => {
      signalling
        .request('produceData', { transportId: transport.id, label: label as ChannelLabel, sctpStreamParameters })
        .then(({ dataProducerId }) => done({ id: dataProducerId }), failed);
    });
  }

  static async open(direction: Direction, device: Device, signalling: Signalling, path: Path): Promise<Link> {
    const info = await signalling.request('createTransport', { direction });
    const options: TransportOptions = { ...info, iceTransportPolicy: path === 'relay' ? 'relay' : 'all' };
    if (path === 'tcp') {
      options.iceCandidates = info.iceCandidates.filter(({ protocol }) => protocol === 'tcp');
    }
    const transport = direction === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options);
    return new Link(direction, transport, signalling);
  }

  get state(): ConnectionState {
    return this.transport.connectionState;
  }

  /** New ICE credentials on both sides; media goes on over the old path until the new one is up. */
  restartIce(): Promise<void> {
    this.#restarting ??= this.#restartIce().finally(() => (this.#restarting = undefined));
    return this.#restarting;
  }

  /** After the room server was unreachable: a path that broke meanwhile is repaired now. */
  recover(): void {
    if (this.state === 'disconnected' || this.state === 'failed') {
      this.#recoverAfter(0);
    }
  }

  close(): void {
    clearTimeout(this.#recovery);
    this.transport.close();
  }

  async #restartIce(): Promise<void> {
    if (this.transport.closed || this.state === 'new') {
      return;
    }
    const transportId = this.transport.id;
    const { iceParameters, iceServers } = await this.signalling.request('restartIce', { transportId });
    await this.#renew(iceServers);
    await this.transport.restartIce({ iceParameters });
  }

  /** mediasoup-client cannot do this in Firefox, which goes on with those that it has. */
  async #renew(iceServers: IceServer[]): Promise<void> {
    try {
      await this.transport.updateIceServers({ iceServers });
    } catch (error) {
      if (!(error instanceof Error && error.name === 'UnsupportedError')) {
        throw error;
      }
    }
  }

  #onState(state: ConnectionState): void {
    clearTimeout(this.#recovery);
    if (state === 'disconnected' || state === 'failed') {
      this.#recoverAfter(state === 'failed' ? 0 : PATIENCE_MS);
    }
    this.emit('state', state);
  }

  #recoverAfter(ms: number): void {
    clearTimeout(this.#recovery);
    this.#recovery = window.setTimeout(() => {
      void this.restartIce().catch(() => undefined);
      this.#recoverAfter(RETRY_MS);
    }, ms);
  }
}
