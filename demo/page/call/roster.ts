// Who else is in the room and what they publish, as the server last said.
import type { ChannelInfo, EventName, Events, PeerInfo, ProducerInfo } from '../../shared/protocol.js';

export interface RemotePeer {
  id: string;
  name: string;
  producers: Map<string, ProducerInfo>;
  channels: Map<string, ChannelInfo>;
}

export interface RemoteChannel extends ChannelInfo {
  peerId: string;
}

type Update = { [E in EventName]: { event: E; data: Events[E] } }[EventName];

export class Roster {
  readonly peers = new Map<string, RemotePeer>();

  reset(peers: PeerInfo[]): void {
    this.peers.clear();
    peers.forEach((peer) => this.#add(peer));
  }

  apply(update: Update): void {
    switch (update.event) {
      case 'peerJoined':
        this.#add(update.data.peer);
        break;
      case 'peerLeft':
        this.peers.delete(update.data.peerId);
        break;
      case 'producerAdded':
        this.peers.get(update.data.peerId)?.producers.set(update.data.producer.id, update.data.producer);
        break;
      case 'producerRemoved':
        this.peers.get(update.data.peerId)?.producers.delete(update.data.producerId);
        break;
      case 'channelAdded':
        this.peers.get(update.data.peerId)?.channels.set(update.data.channel.id, update.data.channel);
        break;
      case 'channelRemoved':
        this.peers.get(update.data.peerId)?.channels.delete(update.data.channelId);
        break;
      case 'producerPaused':
      case 'producerResumed':
        this.#setPaused(update.data, update.event === 'producerPaused');
        break;
      case 'speaking':
      case 'wantedEncodings':
        break; // Not kept here.
    }
  }

  producers(): ProducerInfo[] {
    return [...this.peers.values()].flatMap((peer) => [...peer.producers.values()]);
  }

  channels(): RemoteChannel[] {
    return [...this.peers.values()].flatMap(({ id, channels }) =>
      [...channels.values()].map((channel) => ({ ...channel, peerId: id })),
    );
  }

  #add({ id, name, producers, channels }: PeerInfo): void {
    this.peers.set(id, { id, name, producers: byId(producers), channels: byId(channels) });
  }

  #setPaused({ peerId, producerId }: Events['producerPaused'], paused: boolean): void {
    const producer = this.peers.get(peerId)?.producers.get(producerId);
    if (producer !== undefined) {
      producer.paused = paused;
    }
  }
}

function byId<T extends { id: string }>(entries: T[]): Map<string, T> {
  return new Map(entries.map((entry) => [entry.id, entry]));
}
