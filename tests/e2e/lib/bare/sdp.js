// Just enough SDP to join a client in Node to one of our transports: a single m-line with data channels (RFC 8841).

/** What the client offers: the DTLS parameters of its side. */
export function dtlsParametersOf(sdp, role) {
  const [, algorithm, value] = /^a=fingerprint:(\S+) (\S+)/m.exec(sdp);
  return { role, fingerprints: [{ algorithm: algorithm.toLowerCase(), value: value.toUpperCase() }] };
}

/** The answer that stands for our transport; `setup` is its side's: passive if the client is the DTLS client. */
export function answerOf({ iceParameters, iceCandidates, dtlsParameters, sctpParameters }, setup) {
  const { algorithm, value } = dtlsParameters.fingerprints.find((candidate) => candidate.algorithm === 'sha-256');
  const candidates = iceCandidates.map(
    ({ foundation, protocol, priority, ip, port, type }) => `a=candidate:${foundation} 1 ${protocol} ${priority} ${ip} ${port} typ ${type}`,
  );
  return [
    'v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=ice-lite', 'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 127.0.0.1', 'a=mid:0', 'a=sendrecv',
    `a=ice-ufrag:${iceParameters.usernameFragment}`, `a=ice-pwd:${iceParameters.password}`,
    `a=fingerprint:${algorithm} ${value}`, `a=setup:${setup}`,
    `a=sctp-port:${sctpParameters.port}`, `a=max-message-size:${sctpParameters.maxReceiveMessageSize}`,
    ...candidates, 'a=end-of-candidates', '',
  ].join('\r\n');
}
