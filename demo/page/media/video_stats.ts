// The few numbers of a WebRTC statistics report that tell how a video is doing.

export interface VideoFigures {
  width: number;
  height: number;
  framesPerSecond: number;
  codec: string;
  /** Bits a second since the report before; undefined in the first. */
  bitrate: number | undefined;
  /** Part of the packets lost since the report before, 0 to 1. */
  loss: number | undefined;
  roundTripMs: number | undefined;
}

interface Counters {
  timestamp: number;
  bytes: number;
  packets: number;
  lost: number;
}

type Entry = Record<string, unknown> & { type: string; id: string };

export class VideoStats {
  #before: Counters | undefined;

  /** Undefined while the report says nothing about a video. */
  update(report: RTCStatsReport): VideoFigures | undefined {
    const entries: Entry[] = [];
    report.forEach((entry: Entry) => entries.push(entry));
    const stream = mainStream(entries);
    if (stream === undefined) {
      return undefined;
    }
    const remote = entries.find((entry) => entry.type === 'remote-inbound-rtp' && entry['localId'] === stream.id);
    const now = counters(stream);
    const before = this.#before;
    this.#before = now;
    return {
      width: number(stream['frameWidth']) ?? 0,
      height: number(stream['frameHeight']) ?? 0,
      framesPerSecond: Math.round(number(stream['framesPerSecond']) ?? 0),
      codec: codecName(entries, stream['codecId']),
      bitrate: before && bitrate(before, now),
      loss: number(remote?.['fractionLost']) ?? (before && lossSince(before, now)),
      roundTripMs: milliseconds(number(remote?.['roundTripTime']) ?? pathRoundTrip(entries)),
    };
  }
}

export function describeFigures(figures: VideoFigures): string[] {
  const { width, height, framesPerSecond, codec, bitrate, loss, roundTripMs } = figures;
  const lines = [`${width}×${height} · ${framesPerSecond} fps`];
  const speed = bitrate === undefined ? '– kbit/s' : `${Math.round(bitrate / 1000).toLocaleString('en')} kbit/s`;
  lines.push(codec === '' ? speed : `${codec} · ${speed}`);
  const lost = loss === undefined ? '–' : `${(loss * 100).toFixed(1)} %`;
  lines.push(`loss ${lost} · RTT ${roundTripMs === undefined ? '–' : `${roundTripMs} ms`}`);
  return lines;
}

/** Of several sizes that are sent the largest that is sent now. */
function mainStream(entries: Entry[]): Entry | undefined {
  const streams = entries.filter(({ type, kind }) => (type === 'inbound-rtp' || type === 'outbound-rtp') && kind === 'video');
  const size = (stream: Entry) => (stream['active'] === false ? 0 : (number(stream['frameHeight']) ?? 0));
  return streams.reduce<Entry | undefined>((best, stream) => (best === undefined || size(stream) > size(best) ? stream : best), undefined);
}

function counters(stream: Entry): Counters {
  return {
    timestamp: number(stream['timestamp']) ?? 0,
    bytes: number(stream['bytesReceived']) ?? number(stream['bytesSent']) ?? 0,
    packets: number(stream['packetsReceived']) ?? number(stream['packetsSent']) ?? 0,
    lost: number(stream['packetsLost']) ?? 0,
  };
}

function bitrate(before: Counters, now: Counters): number | undefined {
  const seconds = (now.timestamp - before.timestamp) / 1000;
  return seconds > 0 ? Math.max(0, ((now.bytes - before.bytes) * 8) / seconds) : undefined;
}

function lossSince(before: Counters, now: Counters): number {
  const lost = Math.max(0, now.lost - before.lost);
  const all = lost + Math.max(0, now.packets - before.packets);
  return all === 0 ? 0 : lost / all;
}

function codecName(entries: Entry[], codecId: unknown): string {
  const codec = entries.find(({ id }) => id === codecId);
  return String(codec?.['mimeType'] ?? '').replace(/^video\//, '');
}

function pathRoundTrip(entries: Entry[]): number | undefined {
  const pair = entries.find((entry) => entry.type === 'candidate-pair' && entry['nominated'] === true);
  return number(pair?.['currentRoundTripTime']);
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
