// How the connection is doing, in a word and a colour; with the round-trip time while it stands.
import type { Call, CallState } from '../call/call.js';
import { element, setText } from './dom.js';

const POLL_MS = 2_000;

const WORDS: Record<CallState, string> = {
  joining: 'Connecting',
  connected: 'Connected',
  reconnecting: 'Reconnecting',
  ended: 'Ended',
};

export class ConnectionBadge {
  readonly root = element('span', { class: 'badge', role: 'status' });
  readonly #word = element('span');
  readonly #delay = element('span', { class: 'badge-delay' });
  readonly #timer = window.setInterval(() => void this.#measure(), POLL_MS);

  constructor(private readonly call: Call) {
    this.root.append(this.#word, this.#delay);
  }

  update(): void {
    const { state } = this.call;
    this.root.dataset['state'] = state;
    setText(this.#word, WORDS[state]);
    if (state !== 'connected') {
      setText(this.#delay, '');
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #measure(): Promise<void> {
    if (this.call.state !== 'connected') {
      return;
    }
    const delays = (await this.call.transportStats().catch(() => [])).flatMap(roundTrips);
    setText(this.#delay, delays.length === 0 ? '' : `${Math.round(Math.max(...delays) * 1000)} ms`);
  }
}

function roundTrips(report: RTCStatsReport): number[] {
  const found: number[] = [];
  report.forEach((entry: { type: string; nominated?: boolean; currentRoundTripTime?: number }) => {
    if (entry.type === 'candidate-pair' && entry.nominated && entry.currentRoundTripTime !== undefined) {
      found.push(entry.currentRoundTripTime);
    }
  });
  return found;
}
