// A room: one router, and the peers that hear and see each other through it.
import type { types } from 'sluice';
import type { EventName, Events } from '../shared/protocol.js';
import { Peer } from './peer.js';
import { RequestError } from './request_error.js';
import { Speakers } from './speakers.js';

const MAX_PEERS = 50;

export class Room {
  readonly #peers = new Map<string, Peer>();
  readonly #departures = new Map<string, NodeJS.Timeout>();
  readonly speakers: Speakers;
  /** WebSockets that are open on this room, joined or not. */
  connections = 0;
  closed = false;

  /** `graceMs`: how long a peer whose WebSocket broke may take to come back. */
  constructor(
    readonly name: string,
    readonly router: types.Router,
    readonly webRtcServer: types.WebRtcServer,
    levels: types.AudioLevelObserver,
    private readonly graceMs: number,
    private readonly onEmpty: () => void,
  ) {
    this.speakers = new Speakers(levels, (peerIds) => this.#announce('speaking', { peerIds }));
  }

  get peers(): Peer[] {
    return [...this.#peers.values()];
  }

  get empty(): boolean {
    return this.#peers.size === 0 && this.connections === 0;
  }

  add(name: string, rtpCapabilities: types.RtpCapabilities): Peer {
    if (this.#peers.size >= MAX_PEERS) {
      throw new RequestError('limit', `the room is full (${MAX_PEERS} people)`);
    }
    const peer = new Peer(name, rtpCapabilities);
    this.#peers.set(peer.id, peer);
    this.broadcast(peer, 'peerJoined', { peer: peer.info() });
    return peer;
  }

  /** The peer that holds this token, if it is still a member. */
  resume(token: string): Peer | undefined {
    const peer = this.peers.find((candidate) => candidate.resumeToken === token);
    if (peer !== undefined) {
      this.#cancelDeparture(peer);
    }
    return peer;
  }

  remove(peer: Peer): void {
    this.#cancelDeparture(peer);
    if (!this.#peers.delete(peer.id)) {
      return;
    }
    peer.close();
    this.broadcast(peer, 'peerLeft', { peerId: peer.id });
    this.closeIfEmpty();
  }

  /** Its WebSocket broke without a goodbye: it stays for the grace period, then it is removed. */
  removeUnlessItReturns(peer: Peer): void {
    this.#cancelDeparture(peer);
    this.#departures.set(peer.id, setTimeout(() => this.remove(peer), this.graceMs));
  }

  broadcast<E extends EventName>(from: Peer, event: E, data: Events[E]): void {
    for (const peer of this.#peers.values()) {
      if (peer !== from) {
        peer.sink?.send(event, data);
      }
    }
  }

  closeIfEmpty(): void {
    if (this.empty) {
      this.close();
    }
  }

  close(): void {
    if (this.closed) {
      return;
    }
    this.closed = true;
    this.peers.forEach((peer) => this.#cancelDeparture(peer));
    this.#peers.clear();
    this.router.close();
    this.onEmpty();
  }

  #cancelDeparture(peer: Peer): void {
    clearTimeout(this.#departures.get(peer.id));
    this.#departures.delete(peer.id);
  }

  #announce<E extends EventName>(event: E, data: Events[E]): void {
    for (const peer of this.#peers.values()) {
      peer.sink?.send(event, data);
    }
  }
}
