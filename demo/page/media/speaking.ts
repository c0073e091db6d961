// Who is speaking: the level of each member's microphone, polled, with a hold so that pauses between words do
// not flicker.
import type { Member } from '../call/member.js';
import { LevelMeter } from './level_meter.js';

const POLL_MS = 200;
const HOLD_MS = 700;
/** Linear level (0 to 1) above which a voice is a voice; about -40 dBov. */
const THRESHOLD = 0.01;

export class SpeakingDetector {
  readonly #heardAt = new Map<string, number>();
  readonly #timer: number;
  #meter: { track: MediaStreamTrack; meter: LevelMeter } | undefined;
  #before = '';

  constructor(
    private readonly members: () => Member[],
    private readonly onChange: (speaking: Set<string>) => void,
  ) {
    this.#timer = window.setInterval(() => void this.#poll(), POLL_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#meter?.meter.close();
  }

  async #poll(): Promise<void> {
    const now = performance.now();
    await Promise.all(
      this.members().map(async (member) => {
        if ((await this.#level(member)) > THRESHOLD) {
          this.#heardAt.set(member.id, now);
        }
      }),
    );
    const speaking = this.members()
      .map(({ id }) => id)
      .filter((id) => now - (this.#heardAt.get(id) ?? -Infinity) < HOLD_MS);
    if (speaking.join() !== this.#before) {
      this.#before = speaking.join();
      this.onChange(new Set(speaking));
    }
  }

  async #level({ local, microphone }: Member): Promise<number> {
    if (microphone === undefined || microphone.paused || microphone.track === undefined) {
      return 0;
    }
    return local ? this.#localLevel(microphone.track) : remoteLevel(microphone.receiver);
  }

  #localLevel(track: MediaStreamTrack): number {
    if (this.#meter?.track !== track) {
      this.#meter?.meter.close();
      this.#meter = { track, meter: new LevelMeter(track) };
    }
    return this.#meter.meter.level();
  }
}

/** From the RTP header extension where the browser reads it, else from the decoder. */
async function remoteLevel(receiver: RTCRtpReceiver | undefined): Promise<number> {
  const source = receiver?.getSynchronizationSources()[0];
  if (receiver === undefined || source?.audioLevel !== undefined) {
    return source?.audioLevel ?? 0;
  }
  let level = 0;
  (await receiver.getStats()).forEach((entry: { type: string; audioLevel?: number }) => {
    if (entry.type === 'inbound-rtp') {
      level = entry.audioLevel ?? 0;
    }
  });
  return level;
}
