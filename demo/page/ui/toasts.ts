// Short messages at the edge of the screen, also read out by screen readers.
import { element } from './dom.js';

const SHOWN_MS = 4_000;
const MAX_SHOWN = 3;

export class Toasts {
  readonly root = element('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });

  show(text: string): void {
    const toast = element('div', { class: 'toast' }, text);
    this.root.append(toast);
    setTimeout(() => toast.remove(), SHOWN_MS);
    if (this.root.childElementCount > MAX_SHOWN) {
      this.root.firstElementChild?.remove();
    }
  }

  clear(): void {
    this.root.replaceChildren();
  }
}
