// ffmpeg as a peer of plain transports: sends a test picture and a tone, or decodes what comes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PeerProcess } from './peer_process.js';

const QUIET = ['-hide_banner', '-loglevel', 'error', '-nostdin'];

/** `video` and `audio` say where to: {port, rtcpPort, ssrc, payloadType}. */
export function sendVp8AndOpus({ video, audio }) {
  const target = ({ port, rtcpPort, ssrc, payloadType }) => [
    '-ssrc', String(ssrc), '-payload_type', String(payloadType), '-f', 'rtp', `rtp://127.0.0.1:${port}?rtcpport=${rtcpPort}&pkt_size=1200`,
  ];
  return new PeerProcess('ffmpeg', [
    ...QUIET, '-re', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=15', '-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000',
    '-map', '0:v', '-pix_fmt', 'yuv420p', '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '500k', '-g', '15', ...target(video),
    '-map', '1:a', '-c:a', 'libopus', '-ac', '2', '-b:a', '48k', ...target(audio),
  ]);
}

/** Decodes the streams that `sdp` describes. */
export class FfmpegReceiver {
  #folder = mkdtempSync(join(tmpdir(), 'sluice-ffmpeg-'));

  constructor(sdp) {
    const file = join(this.#folder, 'peer.sdp');
    writeFileSync(file, sdp);
    const input = ['-protocol_whitelist', 'file,udp,rtp', '-i', file];
    this.process = new PeerProcess('ffmpeg', [...QUIET, ...input, '-map', '0:v', '-map', '0:a', '-f', 'framecrc', '-flush_packets', '1', '-'], {
      keepOutput: true,
    });
  }

  check() {
    this.process.check();
  }

  /** How many pictures and how many pieces of sound were decoded. */
  decoded() {
    this.check();
    const lines = this.process.output.split('\n').filter((line) => /^\d+,/.test(line));
    const video = lines.filter((line) => line.startsWith('0,')).length;
    return { video, audio: lines.length - video };
  }

  async stop() {
    await this.process.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
