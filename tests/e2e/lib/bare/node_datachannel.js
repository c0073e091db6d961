// Connections of node-datachannel (libdatachannel).
import { PeerConnection } from 'node-datachannel';
import { answerOf, dtlsParametersOf } from './sdp.js';

const LOW_WATER = 256 * 1024;
const PATIENCE_MS = 1_000;

/**
 * Once no connection is needed any more: what the library holds keeps the process from ending, and its own cleanup() may
 * end it with a crash.
 */
export function endWithoutWaiting() {
  setTimeout(() => process.exit(), PATIENCE_MS).unref();
}

/** See NodeClient. */
export async function connectNodeDatachannel(room) {
  const info = await room.createTransport();
  const connection = new PeerConnection('client', { iceServers: [], bindAddress: room.address, maxMessageSize: 262_144 });
  const offered = new Promise((resolve) => connection.onLocalDescription((sdp) => resolve(sdp)));
  const connected = new Promise((resolve, reject) => {
    connection.onStateChange((state) => (state === 'connected' ? resolve() : state === 'failed' && reject(new Error('failed'))));
  });
  // Only a connection with a channel makes an offer.
  connection.createDataChannel('', { negotiated: true, id: 1023 });
  const offer = await offered;
  await room.connect({ transportId: info.id, dtlsParameters: dtlsParametersOf(offer, 'client') });
  connection.setRemoteDescription(answerOf(info, 'passive'), 'answer');
  await connected;
  // A channel that nobody refers to is closed by the garbage collector.
  const channels = [];
  return {
    transportId: info.id,
    open: (options) => {
      channels.push(openChannel(connection, options));
      return channels.at(-1);
    },
    close: () => connection.close(),
  };
}

function openChannel(connection, { label, streamId, ordered, maxRetransmits, maxPacketLifeTime, onMessage }) {
  const reliability = { ...(maxRetransmits !== undefined && { maxRetransmits }), ...(maxPacketLifeTime !== undefined && { maxPacketLifeTime }) };
  const channel = connection.createDataChannel(label, { negotiated: true, id: streamId, unordered: !ordered, ...reliability });
  channel.setBufferedAmountLowThreshold(LOW_WATER);
  onMessage && channel.onMessage(onMessage);
  return {
    opened: channel.isOpen() ? Promise.resolve() : new Promise((resolve) => channel.onOpen(resolve)),
    send: (data) => (typeof data === 'string' ? channel.sendMessage(data) : channel.sendMessageBinary(data)),
    get bufferedAmount() {
      return channel.bufferedAmount();
    },
    drained: () => new Promise((resolve) => channel.onBufferedAmountLow(resolve)),
    close: () => channel.close(),
  };
}
