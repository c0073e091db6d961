// GStreamer's rtpbin as a peer of plain transports, with RTCP, and with SRTP where keys are given.
import { fileURLToPath } from 'node:url';
import { PeerProcess } from './peer_process.js';

const LAUNCH = fileURLToPath(new URL('gst_launch.py', import.meta.url));

/** Decoded pictures leave it this small, one after the other. */
const PICTURE = { side: 16, bytes: 256 };

/**
 * Sends a VP8 test picture to `port` and RTCP to `rtcpPort`, and listens to RTCP at `localRtcpPort`. `srtp` has the keys in
 * base64: {local, remote}. Asked for a key frame by PLI it makes one; of itself it makes none.
 */
export function sendVp8({ port, rtcpPort, localRtcpPort, ssrc, payloadType, srtp }) {
  const source = 'videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=15/1';
  const encoder = 'vp8enc deadline=1 cpu-used=8 target-bitrate=300000 keyframe-max-dist=100000';
  const caps = `application/x-rtp,media=video,clock-rate=90000,encoding-name=VP8,payload=${payloadType},rtcp-fb-nack-pli=true`;
  return launch(
    `rtpbin name=bin rtp-profile=avpf ${srtpElements(srtp)}
     ${source} ! ${encoder} ! rtpvp8pay pt=${payloadType} ssrc=${ssrc} mtu=1200 ! ${caps} ! bin.send_rtp_sink_0
     ${protect(srtp, 'bin.send_rtp_src_0', 'rtp')} ! udpsink host=127.0.0.1 port=${port}
     ${protect(srtp, 'bin.send_rtcp_src_0', 'rtcp')} ! udpsink host=127.0.0.1 port=${rtcpPort} bind-port=${localRtcpPort} sync=false async=false
     ${receive(srtp, localRtcpPort, 'rtcp', 'application/x-rtcp')} ! bin.recv_rtcp_sink_0`,
    srtp,
  );
}

/** Decodes VP8 that comes to `localPort`, and talks RTCP from `localRtcpPort` to `rtcpPort`. */
export function receiveVp8({ localPort, localRtcpPort, rtcpPort, payloadType, ssrc, srtp }) {
  const caps = `application/x-rtp,media=video,clock-rate=90000,encoding-name=VP8,payload=${payloadType},ssrc=(uint)${ssrc},rtcp-fb-nack-pli=true`;
  const { side } = PICTURE;
  return launch(
    `rtpbin name=bin rtp-profile=avpf ${srtpElements(srtp)}
     ${receive(srtp, localPort, 'rtp', caps)} ! bin.recv_rtp_sink_0
     ${receive(srtp, localRtcpPort, 'rtcp', 'application/x-rtcp')} ! bin.recv_rtcp_sink_0
     ${protect(srtp, 'bin.send_rtcp_src_0', 'rtcp')} ! udpsink host=127.0.0.1 port=${rtcpPort} bind-port=${localRtcpPort} sync=false async=false
     bin. ! rtpvp8depay request-keyframe=true wait-for-keyframe=true ! vp8dec ! videoconvert ! videoscale
     ! video/x-raw,format=GRAY8,width=${side},height=${side} ! fdsink fd=1 sync=false`,
    srtp,
  );
}

/** How many pictures such a receiver decoded. */
export function pictures(peer) {
  peer.check();
  return Math.floor(peer.bytes / PICTURE.bytes);
}

function launch(pipeline, srtp) {
  return new PeerProcess('/usr/bin/python3', [LAUNCH, srtp === undefined ? '' : hex(srtp.remote), pipeline]);
}

function srtpElements(srtp) {
  if (srtp === undefined) {
    return '';
  }
  const suite = ['rtp', 'rtcp'].map((each) => `${each}-cipher=aes-128-icm ${each}-auth=hmac-sha1-80`).join(' ');
  return `srtpenc name=encrypt key=${hex(srtp.local)} ${suite} srtpdec name=decrypt`;
}

/** From `pad` to what leaves. */
function protect(srtp, pad, kind) {
  return srtp === undefined ? pad : `${pad} ! encrypt.${kind}_sink_0 encrypt.${kind}_src_0`;
}

/** From what arrives at `port` to its packets. */
function receive(srtp, port, kind, caps) {
  const socket = `udpsrc address=127.0.0.1 port=${port} reuse=true`;
  if (srtp === undefined) {
    return `${socket} caps=${caps}`;
  }
  return `${socket} caps=${caps.replace('x-rt', 'x-srt')} ! decrypt.${kind}_sink decrypt.${kind}_src`;
}

function hex(base64) {
  return Buffer.from(base64, 'base64').toString('hex');
}
