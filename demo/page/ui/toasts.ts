// Short messages at the edge of the screen, also read out by screen readers.
import { element } from './dom.js';

const SHOWN_MS = 4_000;

export class Toasts {
  readonly root = element('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });

  show(text: string): void {
    const toast = element('div', { class: 'toast' }, text);
    this.root.append(toast);
    setTimeout(() => toast.remove(), SHOWN_MS);
  }
}
