// Connections of werift (TypeScript all the way down to SCTP).
import { RTCPeerConnection } from 'werift';
import { answerOf, dtlsParametersOf } from './sdp.js';
import { startStunResponder } from './stun_responder.js';

// werift looks at each message that waits again for each other one, packet by packet: with 2,500 of them the process,
// other clients in it included, hears nothing for a minute.
const HIGH_WATER = 16 * 1024;
const LOW_WATER = 4 * 1024;

/** See NodeClient. */
export async function connectWerift(room) {
  const info = await room.createTransport();
  const stun = await startStunResponder();
  const connection = new RTCPeerConnection({ iceServers: [{ urls: stun.url }], iceAdditionalHostAddresses: [room.address] });
  const connected = connection.connectionStateChange.watch((state) => state === 'connected');
  // Only a connection with a channel makes an offer.
  connection.createDataChannel('', { negotiated: true, id: 1023 });
  await connection.setLocalDescription(await connection.createOffer());
  stun.close();
  const offer = connection.localDescription.sdp;
  await room.connect({ transportId: info.id, dtlsParameters: dtlsParametersOf(offer, 'client') });
  await connection.setRemoteDescription({ type: 'answer', sdp: answerOf(info, 'passive') });
  await connected;
  return {
    transportId: info.id,
    open: (options) => openChannel(connection, options),
    close: () => connection.close(),
  };
}

function openChannel(connection, { label, streamId, ordered, maxRetransmits, maxPacketLifeTime, onMessage }) {
  const channel = connection.createDataChannel(label, { negotiated: true, id: streamId, ordered, maxRetransmits, maxPacketLifeTime });
  channel.bufferedAmountLowThreshold = LOW_WATER;
  onMessage && channel.onMessage.subscribe(onMessage);
  return {
    opened: channel.readyState === 'open' ? Promise.resolve() : channel.stateChanged.watch((state) => state === 'open'),
    send: (data) => channel.send(typeof data === 'string' ? data : Buffer.from(data)),
    highWater: HIGH_WATER,
    get bufferedAmount() {
      return channel.bufferedAmount;
    },
    drained: () => channel.bufferedAmountLow.asPromise(),
    close: () => channel.close(),
  };
}
