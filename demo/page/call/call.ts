// A call in one room: joins, publishes, subscribes, and comes back after failures. The views listen for
// 'changed' and draw members(); they never see transports.
import { Device } from 'mediasoup-client';
import type { ConnectionState } from 'mediasoup-client/types';
import type { Direction } from '../../shared/protocol.js';
import { Emitter } from './emitter.js';
import { IncomingChannels } from './incoming_channels.js';
import { Link, type Path } from './link.js';
import { localMember, remoteMember, type Member } from './member.js';
import { watchNetwork } from './network_watch.js';
import { OutgoingChannels } from './outgoing_channels.js';
import { Publisher, type VideoLimits } from './publisher.js';
import { Roster } from './roster.js';
import { Signalling, SignallingError } from './signalling.js';
import { Subscriber } from './subscriber.js';

export type CallState = 'joining' | 'connected' | 'reconnecting' | 'ended';

interface CallEvents {
  /** Members, their media or the state of the connection are different now. */
  changed: undefined;
  arrived: { name: string };
  departed: { id: string; name: string };
  /** Who speaks now, by member id. */
  speaking: Set<string>;
  /** The call is over: why, for a person to read. */
  ended: { reason: string };
}

export class Call extends Emitter<CallEvents> {
  readonly publisher: Publisher;
  readonly signalling: Signalling;
  readonly outgoingChannels = new OutgoingChannels();
  readonly incomingChannels: IncomingChannels;
  readonly #subscriber: Subscriber;
  readonly #roster = new Roster();
  readonly #stopWatching: () => void;
  #name: string | undefined;
  #device: Device | undefined;
  /** Settles with the device; undefined while there is no WebSocket. */
  #greeted: Promise<Device> | undefined;
  #links: Link[] = [];
  #selfId = 'self';
  #resumeToken: string | undefined;
  #joined = false;
  #ended = false;
  /** Membership is new on the server's side and transports have yet to be made. */
  #bare = true;

  constructor(
    room: string,
    private readonly path: Path = 'any',
  ) {
    super();
    this.signalling = new Signalling(room);
    const changed = () => this.#changed();
    this.publisher = new Publisher(this.signalling, changed);
    this.#subscriber = new Subscriber(this.signalling, changed);
    this.incomingChannels = new IncomingChannels(this.signalling);
    this.signalling.on('open', () => void this.#onOpen());
    this.signalling.on('lost', () => this.#onLost());
    this.signalling.on('replaced', () => this.#end('This call continues in another tab.'));
    this.signalling.on('event', (update) => this.#onUpdate(update));
    this.#stopWatching = watchNetwork(() => void this.restartIce().catch(() => undefined));
  }

  /** Connects to the room and learns what it can carry, while the person still looks at the join screen. */
  prepare(): void {
    this.signalling.connect();
  }

  /** Joins with this name; everybody else sees it from now on. */
  enter(name: string, limits: VideoLimits): void {
    this.#name = name;
    this.publisher.limits = limits;
    void this.#enter();
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

  get selfId(): string {
    return this.#selfId;
  }

  linkStates(): ConnectionState[] {
    return this.#links.map((link) => link.state);
  }

  /** The local person first, then the others in the order they came. */
  members(): Member[] {
    const others = [...this.#roster.peers.values()].map((peer) => remoteMember(peer, this.#subscriber));
    return [localMember(this.#selfId, this.#name ?? '', this.publisher), ...others];
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

  async #onOpen(): Promise<void> {
    this.#greeted = this.#greet();
    this.#greeted.catch(() => undefined);
    if (this.#name !== undefined) {
      await this.#enter();
    }
  }

  /** Loads the device with what the room can carry. */
  async #greet(): Promise<Device> {
    const { rtpCapabilities } = await this.signalling.request('hello', {});
    if (this.#device === undefined) {
      const device = await Device.factory();
      await device.load({ routerRtpCapabilities: rtpCapabilities });
      this.#device = device;
    }
    return this.#device;
  }

  async #enter(): Promise<void> {
    if (this.#greeted === undefined) {
      return; // Not connected yet; this runs again then.
    }
    try {
      const device = await this.#greeted;
      await this.#join(device, this.#name!);
      if (this.#bare) {
        await this.#startOver(device);
      } else {
        this.#links.forEach((link) => link.recover());
        this.#subscriber.resumeAll();
        await this.publisher.repeat();
        await this.outgoingChannels.repeat();
      }
    } catch (error) {
      this.#onEnterFailed(error);
    }
  }

  async #join(device: Device, name: string): Promise<void> {
    const joined = await this.signalling.request('join', {
      name,
      rtpCapabilities: device.recvRtpCapabilities,
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
  async #startOver(device: Device): Promise<void> {
    this.#links.forEach((link) => link.close());
    this.#links = [];
    this.#bare = true;
    const receive = this.#openLink('receive', device).then((link) => {
      this.#subscriber.start(link);
      this.incomingChannels.start(link);
      this.#changed();
    });
    const send = this.#openLink('send', device).then(async (link) => {
      await this.publisher.start(device, link);
      return link;
    });
    await Promise.all([receive, send]);
    this.#bare = false;
    this.#changed();
    await this.outgoingChannels.start(await send);
  }

  async #openLink(direction: Direction, device: Device): Promise<Link> {
    const link = await Link.open(direction, device, this.signalling, this.path);
    if (this.#ended) {
      link.close();
    }
    this.#links.push(link);
    link.on('state', () => this.#changed());
    return link;
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
    if (update.event === 'speaking') {
      this.emit('speaking', new Set(update.data.peerIds));
      return;
    }
    if (update.event === 'wantedEncodings') {
      this.publisher.setWantedEncodings(update.data.producerId, update.data.wanted);
      return;
    }
    const departing = update.event === 'peerLeft' ? this.#roster.peers.get(update.data.peerId) : undefined;
    this.#roster.apply(update);
    if (update.event === 'peerJoined') {
      this.emit('arrived', { name: update.data.peer.name });
    }
    if (departing !== undefined) {
      this.emit('departed', departing);
    }
    this.#changed();
  }

  #onLost(): void {
    this.#joined = false;
    this.#greeted = undefined;
    this.emit('changed', undefined);
  }

  #changed(): void {
    if (this.#joined) {
      this.#subscriber.sync(this.#roster.producers());
      this.incomingChannels.sync(this.#roster.channels());
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
