// How messages and files look in the chat.
import { formatSize, type Entry, type FileEntry, type TextEntry } from '../chat/entries.js';
import { hueOf } from './avatar.js';
import { element, onClick, setText } from './dom.js';
import { icon } from './icons.js';
import { linkedText } from './linked_text.js';

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** `follows`: directly after another of the same person, whose name it does not repeat on the screen. */
export function drawEntry(entry: Entry, follows: boolean, content: HTMLElement): HTMLElement {
  const author = element('span', { class: 'chat-author' }, entry.author);
  author.style.setProperty('--hue', String(hueOf(entry.author)));
  const time = element('time', { datetime: entry.time.toISOString() }, TIME.format(entry.time));
  const classes = ['chat-entry', ...(entry.local ? ['chat-own'] : []), ...(follows ? ['chat-follows'] : [])];
  return element('li', { class: classes.join(' ') }, element('div', { class: 'chat-byline' }, author, time), content);
}

export function drawText({ text }: TextEntry): HTMLElement {
  return element('div', { class: 'chat-bubble' }, ...linkedText(text));
}

/** A file on its way, or there to be saved. */
export class FileCard {
  readonly root = element('div', { class: 'chat-bubble chat-file' });
  readonly #state = element('span', { class: 'chat-file-state' });
  readonly #progress: HTMLProgressElement;
  readonly #cancel: HTMLButtonElement;
  readonly #save: HTMLAnchorElement;

  constructor(
    private readonly entry: FileEntry,
    onCancel: () => void,
  ) {
    const { name } = entry;
    this.#progress = element('progress', { max: '1', 'aria-label': `How much of ${name} has arrived` });
    this.#cancel = onClick(element('button', { class: 'quiet', type: 'button', 'aria-label': `Stop sending ${name}` }, 'Stop'), onCancel);
    this.#save = element('a', { class: 'quiet', download: name, 'aria-label': `Save ${name}` }, 'Save');
    const text = element('div', { class: 'chat-file-text' }, element('span', { class: 'chat-file-name' }, name), this.#state);
    this.root.append(icon('file'), text, this.#cancel, this.#save, this.#progress);
    this.update();
  }

  update(): void {
    const { entry } = this;
    this.root.dataset['state'] = entry.state;
    this.#progress.value = entry.progress;
    this.#progress.hidden = entry.state !== 'moving';
    this.#cancel.hidden = !(entry.local && entry.state === 'moving');
    this.#save.hidden = entry.url === undefined;
    if (entry.url !== undefined) {
      this.#save.href = entry.url;
    }
    setText(this.#state, `${formatSize(entry.size)} · ${describe(entry)}`);
  }
}

function describe(entry: FileEntry): string {
  switch (entry.state) {
    case 'moving':
      return `${entry.local ? 'sending' : 'receiving'}, ${Math.round(entry.progress * 100)} %`;
    case 'done':
      return entry.local ? `received by ${entry.delivered} of ${entry.receivers}` : entry.url === undefined ? 'no longer kept' : 'received';
    case 'cancelled':
      return 'stopped';
    case 'failed':
      return entry.local ? 'not received' : 'did not arrive in full';
  }
}
