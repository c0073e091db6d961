// Asks a TURN server for one relayed candidate, with the browser's own client.
import { until } from './until.js';

const PATIENCE_MS = 5_000;

/** {relayed: true}, or what the server refused with: {errorCode}. Asks again if there is no answer. */
export function gatherRelayCandidate(page, iceServers) {
  return until('TURN answers', () => page.evaluate(gather, [iceServers, PATIENCE_MS]));
}

/** Runs in the page. */
function gather([iceServers, patienceMs]) {
  const connection = new RTCPeerConnection({ iceServers, iceTransportPolicy: 'relay' });
  const outcome = new Promise((resolve) => {
    connection.addEventListener('icecandidate', ({ candidate }) => candidate?.type === 'relay' && resolve({ relayed: true }));
    connection.addEventListener('icecandidateerror', ({ errorCode }) => resolve({ errorCode }));
    setTimeout(resolve, patienceMs);
  });
  connection.createDataChannel('');
  void connection.setLocalDescription();
  return outcome.finally(() => connection.close());
}
