// What this page sends. Tracks outlive transports: after a failure they are published again.
import type { Device } from 'mediasoup-client';
import type { Producer, RtpCodecCapability, RtpEncodingParameters } from 'mediasoup-client/types';
import type { Source } from '../../shared/protocol.js';
import { EncodingSwitch } from './encoding_switch.js';
import type { Link } from './link.js';
import { SignallingError, type Signalling } from './signalling.js';
import { cameraEncodings } from './video_layers.js';

export interface Outgoing {
  source: Source;
  track: MediaStreamTrack | null;
  paused: boolean;
  producer?: Producer;
  encodings?: EncodingSwitch;
}

export interface VideoLimits {
  cameraBitrate: number;
  screenBitrate: number;
  /** Such as "VP9"; undefined takes the room's first. */
  codec: string | undefined;
}

export class Publisher {
  readonly #outgoing = new Map<Source, Outgoing>();
  /** Producers that are closed here while the room server may not know yet. */
  readonly #closing = new Set<string>();
  /** By producer, which encodings somebody watches; unknown: all. */
  readonly #wanted = new Map<string, boolean[]>();
  limits: VideoLimits = { cameraBitrate: 1_000_000, screenBitrate: 2_000_000, codec: undefined };
  #link: Link | undefined;
  #device: Device | undefined;

  constructor(
    private readonly signalling: Signalling,
    private readonly onChange: () => void,
  ) {}

  get(source: Source): Outgoing | undefined {
    return this.#outgoing.get(source);
  }

  /** Publishes everything on a new transport. */
  async start(device: Device, link: Link): Promise<void> {
    this.#device = device;
    this.#link = link;
    this.#closing.clear();
    this.#wanted.clear();
    for (const outgoing of this.#outgoing.values()) {
      delete outgoing.producer;
      if (outgoing.track === null || outgoing.track.readyState === 'ended') {
        this.#outgoing.delete(outgoing.source);
      }
    }
    await Promise.all([...this.#outgoing.values()].map((outgoing) => this.#produce(outgoing)));
  }

  /** The room server was away: tells it again what may have been lost on the way. */
  async repeat(): Promise<void> {
    await Promise.all([...this.#closing].map((producerId) => this.#tellClosed(producerId)));
    for (const outgoing of this.#outgoing.values()) {
      if (outgoing.producer === undefined) {
        await this.#produce(outgoing);
      } else {
        await this.#tellPaused(outgoing.producer, outgoing.paused);
      }
    }
  }

  /** Sends only those encodings of a video from now on. */
  setWantedEncodings(producerId: string, wanted: boolean[]): void {
    this.#wanted.set(producerId, wanted); // It may be told before the answer that names the producer.
    for (const { producer, encodings } of this.#outgoing.values()) {
      if (producer?.id === producerId) {
        encodings?.set(wanted);
      }
    }
  }

  /** Starts (or continues, with a new track) to send from this source. */
  async publish(source: Source, track: MediaStreamTrack, paused = false): Promise<void> {
    const outgoing = this.#outgoing.get(source);
    if (outgoing?.producer !== undefined) {
      await this.#replace(outgoing, track);
      await this.#setPaused(outgoing, paused);
      return;
    }
    const fresh: Outgoing = { source, track, paused };
    this.#outgoing.set(source, fresh);
    this.onChange();
    if (this.#link !== undefined) {
      await this.#produce(fresh);
    }
  }

  /** Keeps the track (a muted microphone stays open, so that unmuting is instant). */
  async setPaused(source: Source, paused: boolean): Promise<void> {
    const outgoing = this.#outgoing.get(source);
    if (outgoing !== undefined) {
      await this.#setPaused(outgoing, paused);
    }
  }

  /** Pauses and releases the device (the camera's light goes out); `publish` continues with a new track. */
  async release(source: Source): Promise<void> {
    const outgoing = this.#outgoing.get(source);
    if (outgoing === undefined) {
      return;
    }
    outgoing.track?.stop();
    outgoing.track = null;
    await this.#setPaused(outgoing, true);
    await outgoing.producer?.replaceTrack({ track: null });
  }

  /** Ends this source for good. */
  async stop(source: Source): Promise<void> {
    const outgoing = this.#outgoing.get(source);
    if (outgoing === undefined) {
      return;
    }
    this.#outgoing.delete(source);
    outgoing.track?.stop();
    const { producer } = outgoing;
    producer?.close();
    this.onChange();
    if (producer !== undefined) {
      await this.#tellClosed(producer.id);
    }
  }

  close(): void {
    for (const outgoing of this.#outgoing.values()) {
      outgoing.track?.stop();
    }
    this.#outgoing.clear();
  }

  async #produce(outgoing: Outgoing): Promise<void> {
    const { source, track, paused } = outgoing;
    const link = this.#link;
    if (track === null || link === undefined) {
      return;
    }
    const video = track.kind === 'video';
    const codec = video ? this.#videoCodec() : undefined;
    const producer = await link.transport.produce({
      track,
      stopTracks: false,
      appData: { source, paused },
      ...(video && { encodings: this.#encodings(source, track), codecOptions: { videoGoogleStartBitrate: 600 } }),
      ...(!video && { codecOptions: { opusDtx: true, opusFec: true } }),
      ...(codec !== undefined && { codec }),
    });
    if (this.#outgoing.get(source) !== outgoing || link !== this.#link) {
      producer.close();
      void this.#tellClosed(producer.id).catch(() => undefined);
      return;
    }
    outgoing.producer = producer;
    outgoing.encodings = new EncodingSwitch(producer.rtpSender);
    const wanted = this.#wanted.get(producer.id);
    if (wanted !== undefined) {
      outgoing.encodings.set(wanted);
    }
    if (outgoing.paused) {
      producer.pause();
    }
    if (outgoing.paused !== paused) {
      await this.#tellPaused(producer, outgoing.paused);
    }
    this.onChange();
  }

  async #replace(outgoing: Outgoing, track: MediaStreamTrack): Promise<void> {
    const before = outgoing.track;
    outgoing.track = track;
    await outgoing.producer?.replaceTrack({ track });
    if (before !== track) {
      before?.stop();
    }
  }

  async #setPaused(outgoing: Outgoing, paused: boolean): Promise<void> {
    outgoing.paused = paused;
    const { producer } = outgoing;
    if (paused) {
      producer?.pause();
    } else {
      producer?.resume();
    }
    this.onChange();
    if (producer !== undefined) {
      await this.#tellPaused(producer, paused);
    }
  }

  async #tellPaused({ id: producerId }: Producer, paused: boolean): Promise<void> {
    await this.signalling.request(paused ? 'pauseProducer' : 'resumeProducer', { producerId });
  }

  async #tellClosed(producerId: string): Promise<void> {
    this.#wanted.delete(producerId);
    this.#closing.add(producerId);
    try {
      await this.signalling.request('closeProducer', { producerId });
    } catch (error) {
      if (!(error instanceof SignallingError && error.code === 'not_found')) {
        throw error;
      }
    }
    this.#closing.delete(producerId);
  }

  #encodings(source: Source, track: MediaStreamTrack): RtpEncodingParameters[] {
    if (source === 'screen') {
      return [{ maxBitrate: this.limits.screenBitrate }];
    }
    return cameraEncodings(track.getSettings().height ?? 0, this.limits.cameraBitrate, this.limits.codec);
  }

  #videoCodec(): RtpCodecCapability | undefined {
    const wanted = this.limits.codec?.toLowerCase();
    if (wanted === undefined) {
      return undefined;
    }
    return this.#device?.sendRtpCapabilities.codecs?.find(({ mimeType }) => mimeType.toLowerCase() === `video/${wanted}`);
  }
}
