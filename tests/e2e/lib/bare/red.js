// Makes a page send Opus in RED (RFC 2198): mediasoup-client negotiates one codec, so RED is put into the answers that it
// gives to the browser, before the Opus that the browser would else choose.

const RED = { mimeType: 'audio/red', payloadType: 63, clockRate: 48000, channels: 2, rtcpFeedback: [] };

/** From now on; to be called before anything is sent. */
export function sendRed() {
  const { prototype } = RTCPeerConnection;
  const setRemoteDescription = prototype.setRemoteDescription;
  prototype.setRemoteDescription = function ({ type, sdp }) {
    return setRemoteDescription.call(this, { type, sdp: type === 'answer' ? withRed(sdp) : sdp });
  };
  return { parametersOf };
}

function withRed(sdp) {
  return sdp.replace(/^(m=audio \d+ \S+) (\d+).*$/m, (line, start, opus) =>
    [`${start} ${RED.payloadType} ${opus}`].join(' '),
  ).replace(/^(a=rtpmap:(\d+) opus\/48000\/2)$/m, (line, rtpmap, opus) =>
    [rtpmap, `a=rtpmap:${RED.payloadType} red/48000/2`, `a=fmtp:${RED.payloadType} ${opus}/${opus}`].join('\r\n'),
  );
}

/** What is sent then. */
function parametersOf(rtpParameters) {
  const [opus] = rtpParameters.codecs;
  const parameters = { '': `${opus.payloadType}/${opus.payloadType}` };
  return { ...rtpParameters, codecs: [{ ...RED, parameters }, ...rtpParameters.codecs] };
}
