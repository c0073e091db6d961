// The chat beside the call: what was said and sent, and where one writes.
import type { Entry } from '../chat/entries.js';
import { MAX_TEXT_LENGTH, type Conversation } from '../chat/conversation.js';
import { drawEntry, drawText, FileCard } from '../ui/chat_entries.js';
import { element, onClick } from '../ui/dom.js';
import { icon } from '../ui/icons.js';

/** Entries on the screen; the oldest make room. */
const MAX_SHOWN = 500;
const SAME_BREATH_MS = 120_000;

export class ChatPanel {
  readonly root = element('aside', { class: 'chat', id: 'chat', 'aria-label': 'Chat', hidden: true });
  unread = 0;
  readonly #entries = element('ol', { class: 'chat-entries' });
  readonly #log = element('div', { class: 'chat-log', role: 'log', 'aria-label': 'Messages', tabindex: '0' });
  readonly #empty = element('p', { class: 'chat-empty' }, 'What you write here is read by everyone who is in the room now. Files can be dropped anywhere.');
  readonly #text = element('textarea', {
    id: 'chat-text',
    rows: '1',
    maxlength: String(MAX_TEXT_LENGTH),
    placeholder: 'Message to everyone',
    'aria-label': 'Message to everyone',
  });
  #last: Entry | undefined;

  /** `say` shows a short message when the panel cannot be seen or something does not work. */
  constructor(
    private readonly conversation: Conversation,
    private readonly say: (text: string) => void,
    private readonly onChange: () => void,
    onClose: () => void,
  ) {
    this.#log.append(this.#empty, this.#entries);
    this.root.append(this.#header(onClose), this.#log, this.#composer());
    this.root.addEventListener('keydown', ({ key }) => key === 'Escape' && onClose());
    conversation.on('added', (entry) => this.#add(entry));
  }

  get open(): boolean {
    return !this.root.hidden;
  }

  toggle(): void {
    this.root.hidden = !this.root.hidden;
    if (this.open) {
      this.unread = 0;
      this.#scrollToEnd();
      this.#text.focus();
    }
    this.onChange();
  }

  /** Sends files to everyone. */
  share(files: Iterable<File>): void {
    for (const file of files) {
      const complaint = this.conversation.share(file);
      if (complaint !== undefined) {
        this.say(complaint);
      }
    }
  }

  #header(onClose: () => void): HTMLElement {
    const close = element('button', { class: 'bare', type: 'button', 'aria-label': 'Close chat', title: 'Close chat (Esc)' }, icon('close'));
    return element('header', { class: 'chat-header' }, element('h2', {}, 'Chat'), onClick(close, onClose));
  }

  #composer(): HTMLElement {
    const input = element('input', { type: 'file', multiple: true, hidden: true, id: 'chat-file' });
    input.addEventListener('change', () => {
      this.share([...(input.files ?? [])]);
      input.value = '';
    });
    const attach = element('button', { class: 'bare', type: 'button', 'aria-label': 'Send a file', title: 'Send a file' }, icon('attach'));
    const send = element('button', { class: 'bare chat-send', type: 'submit', 'aria-label': 'Send', title: 'Send (Enter)' }, icon('send'));
    const form = element('form', { class: 'chat-composer' }, input, onClick(attach, () => input.click()), this.#text, send);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#text.addEventListener('input', () => this.#fitText());
    this.#text.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#send();
      }
    });
    return form;
  }

  #send(): void {
    const text = this.#text.value.trim();
    if (text === '') {
      return;
    }
    if (!this.conversation.say(text)) {
      this.say('Not connected: the message was not sent.');
      return;
    }
    this.#text.value = '';
    this.#fitText();
  }

  #add(entry: Entry): void {
    const atEnd = this.#isAtEnd();
    this.#entries.append(drawEntry(entry, this.#follows(entry), this.#draw(entry)));
    if (this.#entries.childElementCount > MAX_SHOWN) {
      this.#entries.firstElementChild?.remove();
    }
    this.#empty.hidden = true;
    this.#last = entry;
    if (atEnd || entry.local) {
      this.#scrollToEnd();
    }
    if (!entry.local && !this.open) {
      this.unread += 1;
      this.say(entry.kind === 'text' ? `${entry.author}: ${entry.text.slice(0, 120)}` : `${entry.author} sends ${entry.name}`);
      this.onChange();
    }
  }

  #draw(entry: Entry): HTMLElement {
    if (entry.kind === 'text') {
      return drawText(entry);
    }
    const card = new FileCard(entry, () => this.conversation.cancel(entry));
    this.conversation.on('changed', (changed) => changed === entry && card.update());
    return card.root;
  }

  #follows(entry: Entry): boolean {
    const last = this.#last;
    return last?.author === entry.author && last.local === entry.local && entry.time.getTime() - last.time.getTime() < SAME_BREATH_MS;
  }

  /** As high as its text, up to what the style allows. */
  #fitText(): void {
    this.#text.style.height = 'auto';
    this.#text.style.height = `${this.#text.scrollHeight + 2}px`;
  }

  #isAtEnd(): boolean {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight < 40;
  }

  #scrollToEnd(): void {
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}
