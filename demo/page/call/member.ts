// Everyone in the call (the local person too) as the views draw them.
import type { Consumer } from 'mediasoup-client/types';
import type { Source } from '../../shared/protocol.js';
import type { Outgoing, Publisher } from './publisher.js';
import type { RemotePeer } from './roster.js';
import type { Subscriber } from './subscriber.js';

export interface Media {
  kind: 'audio' | 'video';
  /** Missing while it is being set up, or while the device is released. */
  track: MediaStreamTrack | undefined;
  /** Muted, or the camera is off. */
  paused: boolean;
  getStats(): Promise<RTCStatsReport | undefined>;
  /** It is shown in so many lines of the screen. */
  showAt?(lines: number): void;
}

export interface Member {
  id: string;
  name: string;
  local: boolean;
  microphone?: Media;
  camera?: Media;
  screen?: Media;
}

const SOURCES: Source[] = ['microphone', 'camera', 'screen'];

export function localMember(id: string, name: string, publisher: Publisher): Member {
  const member: Member = { id, name, local: true };
  for (const source of SOURCES) {
    const outgoing = publisher.get(source);
    if (outgoing !== undefined) {
      member[source] = outgoingMedia(outgoing);
    }
  }
  return member;
}

export function remoteMember(peer: RemotePeer, subscriber: Subscriber): Member {
  const member: Member = { id: peer.id, name: peer.name, local: false };
  for (const { id, kind, source, paused } of peer.producers.values()) {
    member[source] = {
      ...incomingMedia(kind, paused, subscriber.consumer(id)),
      showAt: (lines) => subscriber.showAt(id, lines),
    };
  }
  return member;
}

function outgoingMedia(outgoing: Outgoing): Media {
  return {
    kind: outgoing.source === 'microphone' ? 'audio' : 'video',
    track: outgoing.track ?? undefined,
    paused: outgoing.paused,
    getStats: async () => outgoing.producer?.getStats(),
  };
}

function incomingMedia(kind: Media['kind'], paused: boolean, consumer: Consumer | undefined): Media {
  return {
    kind,
    track: consumer?.track,
    paused,
    getStats: async () => (consumer === undefined || consumer.closed ? undefined : consumer.getStats()),
  };
}
