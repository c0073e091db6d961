// Who else is in the room and what they publish, as the server last said.
import type { EventName, Events, PeerInfo, ProducerInfo } from '../../shared/protocol.js';

export interface RemotePeer {
  id: string;
  name: string;
  producers: Map<string, ProducerInfo>;
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
      case 'producerPaused':
      case 'producerResumed':
        this.#setPaused(update.data, update.event === 'producerPaused');
        break;
      case 'speaking':
        break; // Not kept here.
    }
  }

  producers(): ProducerInfo[] {
    return [...this.peers.values()].flatMap((peer) => [...peer.producers.values()]);
  }

  #add({ id, name, producers }: PeerInfo): void {
    this.peers.set(id, { id, name, producers: new Map(producers.map((producer) => [producer.id, producer])) });
  }

  #setPaused({ peerId, producerId }: Events['producerPaused'], paused: boolean): void {
    const producer = this.peers.get(peerId)?.producers.get(producerId);
    if (producer !== undefined) {
      producer.paused = paused;
    }
  }
}
