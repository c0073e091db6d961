// What each request does. `Session` is one WebSocket in one room; `peer` is set once it has joined.
import type { types } from 'sluice';
import type { IceServer, IncomingChannelInfo, Method, Methods } from '../shared/protocol.js';
import type { Config } from './config.js';
import type { EventSink, Peer } from './peer.js';
import { RequestError } from './request_error.js';
import type { Room } from './room.js';
import { iceServersFor } from './turn_service.js';

export interface Session {
  readonly room: Room;
  readonly sink: EventSink;
  readonly config: Config;
  peer: Peer | undefined;
  /** Another WebSocket of the same peer took over. */
  replace(sink: EventSink): void;
}

export type Handlers = {
  [M in Method]: (session: Session, params: Methods[M]['params']) => Promise<Methods[M]['result']>;
};

function joined(session: Session): Peer {
  if (session.peer === undefined || session.peer.closed) {
    throw new RequestError('not_joined', 'join the room first');
  }
  return session.peer;
}

/** sluice's refusals (wrong parameters, unknown ids) are the caller's mistake, not ours. */
async function orRejected<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new RequestError('rejected', error instanceof Error ? error.message : String(error));
  }
}

function consumerInfo(consumer: types.Consumer): Methods['consume']['result'] {
  const { id, producerId, kind, rtpParameters, producerPaused } = consumer;
  return { id, producerId, kind, rtpParameters, producerPaused } as Methods['consume']['result'];
}

function incomingChannel({ id, dataProducerId, sctpStreamParameters, label }: types.DataConsumer): IncomingChannelInfo {
  return { id, dataProducerId, sctpStreamParameters, label } as IncomingChannelInfo;
}

/** Made anew for every gathering of candidates, so that they never expire in a long call. */
function iceServers({ config }: Session, peer: Peer): IceServer[] {
  return iceServersFor(config.turn, peer.id, Date.now());
}

export const handlers: Handlers = {
  async hello({ room }) {
    return { rtpCapabilities: room.router.rtpCapabilities as Methods['hello']['result']['rtpCapabilities'] };
  },

  async join(session, { name, rtpCapabilities, resumeToken }) {
    const { room, sink } = session;
    if (session.peer !== undefined) {
      throw new RequestError('conflict', 'this connection has joined already');
    }
    const before = resumeToken === undefined ? undefined : room.resume(resumeToken);
    const peer = before ?? room.add(name, rtpCapabilities as types.RtpCapabilities);
    if (peer.sink !== undefined) {
      session.replace(peer.sink);
    }
    peer.sink = sink;
    session.peer = peer;
    peer.tellWantedEncodings();
    const peers = room.peers.filter((other) => other !== peer).map((other) => other.info());
    return { peerId: peer.id, resumeToken: peer.resumeToken, resumed: before !== undefined, peers };
  },

  async createTransport(session, { direction }) {
    const peer = joined(session);
    const { router, webRtcServer } = session.room;
    const transport = await router.createWebRtcTransport({
      webRtcServer,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
      enableSctp: true,
      initialAvailableOutgoingBitrate: 1_000_000,
      appData: { peer: peer.name, direction },
    });
    if (peer.closed) {
      transport.close();
      throw new RequestError('not_joined', 'the peer has left');
    }
    peer.addTransport(direction, transport);
    const { id, iceParameters, iceCandidates, dtlsParameters, sctpParameters } = transport;
    const info = { id, iceParameters, iceCandidates, dtlsParameters, sctpParameters, iceServers: iceServers(session, peer) };
    return info as Methods['createTransport']['result'];
  },

  async connectTransport(session, { transportId, dtlsParameters }) {
    await orRejected(joined(session).transport(transportId).connect({ dtlsParameters: dtlsParameters as types.DtlsParameters }));
    return {};
  },

  async restartIce(session, { transportId }) {
    const peer = joined(session);
    const iceParameters = await orRejected(peer.transport(transportId).restartIce());
    return { iceParameters, iceServers: iceServers(session, peer) };
  },

  async produce(session, { transportId, kind, source, paused, rtpParameters }) {
    const peer = joined(session);
    const { room } = session;
    peer.closeSource(source);
    const producer = await orRejected(
      peer.transport(transportId).produce({
        kind,
        paused,
        rtpParameters: rtpParameters as types.RtpParameters,
        appData: { source },
      }),
    );
    const producerId = producer.id;
    peer.addProducer(producer, source, () => room.broadcast(peer, 'producerRemoved', { peerId: peer.id, producerId }));
    if (source === 'microphone') {
      await orRejected(room.speakers.add(producer, peer.id));
    }
    room.broadcast(peer, 'producerAdded', { peerId: peer.id, producer: { id: producerId, kind, source, paused } });
    return { producerId };
  },

  async pauseProducer(session, { producerId }) {
    const peer = joined(session);
    await orRejected(peer.producer(producerId).pause());
    session.room.broadcast(peer, 'producerPaused', { peerId: peer.id, producerId });
    return {};
  },

  async resumeProducer(session, { producerId }) {
    const peer = joined(session);
    await orRejected(peer.producer(producerId).resume());
    session.room.broadcast(peer, 'producerResumed', { peerId: peer.id, producerId });
    return {};
  },

  async closeProducer(session, { producerId }) {
    joined(session).producer(producerId).close();
    return {};
  },

  async consume(session, { transportId, producerId }) {
    const peer = joined(session);
    const { room } = session;
    const rtpCapabilities = peer.rtpCapabilities;
    // Asked again because the answer was lost with the WebSocket: the same consumer.
    const before = peer.consumerOf(producerId);
    if (before !== undefined) {
      return consumerInfo(before);
    }
    if (!room.peers.some((other) => other !== peer && other.producers().some(({ id }) => id === producerId))) {
      throw new RequestError('not_found', 'nobody else in the room has that producer');
    }
    const consumer = await orRejected(
      peer.transport(transportId).consume({ producerId, rtpCapabilities, paused: true }),
    );
    peer.addConsumer(consumer);
    return consumerInfo(consumer);
  },

  async produceData(session, { transportId, label, sctpStreamParameters }) {
    const peer = joined(session);
    const { room } = session;
    peer.closeChannel(label);
    const parameters = sctpStreamParameters as types.SctpStreamParameters;
    const dataProducer = await orRejected(peer.transport(transportId).produceData({ label, sctpStreamParameters: parameters }));
    const dataProducerId = dataProducer.id;
    peer.addChannel(label, dataProducer, () =>
      room.broadcast(peer, 'channelRemoved', { peerId: peer.id, channelId: dataProducerId }),
    );
    room.broadcast(peer, 'channelAdded', { peerId: peer.id, channel: { id: dataProducerId, label } });
    return { dataProducerId };
  },

  async consumeData(session, { transportId, dataProducerId }) {
    const peer = joined(session);
    const before = peer.dataConsumerOf(dataProducerId);
    if (before !== undefined) {
      return incomingChannel(before);
    }
    if (!session.room.peers.some((other) => other !== peer && other.channels().some(({ id }) => id === dataProducerId))) {
      throw new RequestError('not_found', 'nobody else in the room has that channel');
    }
    const dataConsumer = await orRejected(peer.transport(transportId).consumeData({ dataProducerId }));
    peer.addDataConsumer(dataConsumer);
    return incomingChannel(dataConsumer);
  },

  async resumeConsumer(session, { consumerId }) {
    await orRejected(joined(session).consumer(consumerId).resume());
    return {};
  },

  async setPreferredLayer(session, { consumerId, spatialLayer }) {
    await orRejected(joined(session).consumer(consumerId).setPreferredLayers({ spatialLayer }));
    return {};
  },

  async leave(session) {
    session.room.remove(joined(session));
    return {};
  },
};
