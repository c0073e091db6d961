// A call in one room: joins, publishes, subscribes, and comes back after failures. The views listen for
// 'changed' and draw members(); they never see transports.
import { Device } from 'mediasoup-client';
import type { ConnectionState } from 'mediasoup-client/types';
import { Emitter } from './emitter.js';
import { Link } from './link.js';
import { localMember, remoteMember, type Member } from './member.js';
import { watchNetwork } from './network_watch.js';
import { Publisher, type VideoLimits } from './publisher.js';
import { Roster } from './roster.js';
import { Signalling, SignallingError } from './signalling.js';
import { Subscriber } from './subscriber.js';

export type CallState = 'joining' | 'connected' | 'reconnecting' | 'ended';

interface CallEvents {
  /** Members, their media or the state of the connection are different now. */
  changed: undefined;
  arrived: { name: string };
  departed: { name: string };
  /** The call is over: why, for a person to read. */
  ended: { reason: string };
}

export interface CallOptions {
  room: string;
  name: string;
  limits: VideoLimits;
}

export class Call extends Emitter<CallEvents> {
  readonly publisher: Publisher;
  readonly signalling: Signalling;
  readonly #subscriber: Subscriber;
  readonly #roster = new Roster();
  readonly #stopWatching: () => void;
  #device: Device | undefined;
  #links: Link[] = [];
  #selfId = 'self';
  #resumeToken: string | undefined;
  #joined = false;
  #ended = false;
  /** Membership is new on the server's side and transports have yet to be made. */
  #bare = true;

  constructor(private readonly options: CallOptions) {
    super();
    this.signalling = new Signalling(options.room);
    const changed = () => this.#changed();
    this.publisher = new Publisher(this.signalling, options.limits, changed);
    this.#subscriber = new Subscriber(this.signalling, changed);
    this.signalling.on('open', () => void this.#enter());
    this.signalling.on('lost', () => this.#onLost());
    this.signalling.on('replaced', () => this.#end('This call continues in another tab.'));
    this.signalling.on('event', (update) => this.#onUpdate(update));
    this.#stopWatching = watchNetwork(() => void this.restartIce().catch(() => undefined));
  }

  start(): void {
    this.signalling.connect();
  }

  get state(): CallState {
    if (this.#ended) {
      return 'ended';
    }
    if (!this.#joined) {
      return this.#resumeToken === undefined ? 'joining' : 'reconnecting';
    }
    if (this.#bare) {
      return 'joining';
    }
    const states = this.linkStates();
    if (states.some((state) => state === 'failed' || state === 'disconnected')) {
      return 'reconnecting';
    }
    return states.some((state) => state === 'connecting') ? 'joining' : 'connected';
  }

  linkStates(): ConnectionState[] {
    return this.#links.map((link) => link.state);
  }

  /** The local person first, then the others in the order they came. */
  members(): Member[] {
    const others = [...this.#roster.peers.values()].map((peer) => remoteMember(peer, this.#subscriber));
    return [localMember(this.#selfId, this.options.name, this.publisher), ...others];
  }

  /** Also what happens by itself when the network changes or a path breaks. */
  async restartIce(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.restartIce()));
  }

  async transportStats(): Promise<RTCStatsReport[]> {
    return Promise.all(this.#links.map((link) => link.transport.getStats()));
  }

  leave(): void {
    if (!this.#ended) {
      void this.signalling.request('leave', {}).catch(() => undefined);
      this.#end('You left the call.');
    }
  }

  async #enter(): Promise<void> {
    try {
      await this.#join();
      if (this.#bare) {
        await this.#startOver();
      } else {
        this.#links.forEach((link) => link.recover());
        this.#subscriber.resumeAll();
        await this.publisher.repeat();
      }
    } catch (error) {
      this.#onEnterFailed(error);
    }
  }

  async #join(): Promise<void> {
    const { rtpCapabilities } = await this.signalling.request('hello', {});
    if (this.#device === undefined) {
      const device = await Device.factory();
      await device.load({ routerRtpCapabilities: rtpCapabilities });
      this.#device = device;
    }
    const joined = await this.signalling.request('join', {
      name: this.options.name,
      rtpCapabilities: this.#device.recvRtpCapabilities,
      ...(this.#resumeToken !== undefined && { resumeToken: this.#resumeToken }),
    });
    this.#selfId = joined.peerId;
    this.#resumeToken = joined.resumeToken;
    this.#joined = true;
    this.#bare ||= !joined.resumed;
    this.#roster.reset(joined.peers);
    this.#changed();
  }

  /** New transports, everything published again, everyone subscribed to again. */
  async #startOver(): Promise<void> {
    const device = this.#device!;
    this.#links.forEach((link) => link.close());
    this.#links = [];
    const [receive, send] = await Promise.all([
      Link.open('receive', device, this.signalling),
      Link.open('send', device, this.signalling),
    ]);
    if (this.#ended) {
      [receive, send].forEach((link) => link.close());
      return;
    }
    this.#links = [receive, send];
    this.#links.forEach((link) => link.on('state', () => this.#changed()));
    this.#subscriber.start(receive);
    this.#bare = false;
    this.#changed();
    await this.publisher.start(device, send);
  }

  #onEnterFailed(error: unknown): void {
    if (this.#ended || (error instanceof SignallingError && error.code === 'offline')) {
      return;
    }
    console.error('joining failed:', error);
    const refused = error instanceof SignallingError && error.code !== 'timeout' && error.code !== 'internal';
    if (this.#resumeToken === undefined || refused) {
      this.#end(`The room cannot be joined: ${(error as Error).message}`);
    } else {
      this.signalling.interrupt();
    }
  }

  #onUpdate(update: Parameters<Roster['apply']>[0]): void {
    const departing = update.event === 'peerLeft' ? this.#roster.peers.get(update.data.peerId) : undefined;
    this.#roster.apply(update);
    if (update.event === 'peerJoined') {
      this.emit('arrived', { name: update.data.peer.name });
    }
    if (departing !== undefined) {
      this.emit('departed', { name: departing.name });
    }
    this.#changed();
  }

  #onLost(): void {
    this.#joined = false;
    this.emit('changed', undefined);
  }

  #changed(): void {
    if (this.#joined) {
      this.#subscriber.sync(this.#roster.producers());
    }
    this.emit('changed', undefined);
  }

  #end(reason: string): void {
    this.#ended = true;
    this.#stopWatching();
    this.signalling.close();
    this.#links.forEach((link) => link.close());
    this.publisher.close();
    this.emit('ended', { reason });
  }
}
