// Chat and files in a call: what was said and sent since this page came. Nothing is kept elsewhere.
import type { Call } from '../call/call.js';
import { Emitter } from '../call/emitter.js';
import type { Entry, FileEntry } from './entries.js';
import { MAX_FILE_BYTES, parseFileMessage, parsePiece, writePiece, type FileMessage } from './file_messages.js';
import { FileReceiver, type IncomingFile } from './file_receiver.js';
import { FileSender, type FileChannel } from './file_sender.js';

export const MAX_TEXT_LENGTH = 2_000;
/** Received files that this page holds on to; beyond it the oldest go. */
const MAX_HELD_BYTES = 8 * MAX_FILE_BYTES;
const STALL_MS = 10_000;

interface ConversationEvents {
  added: Entry;
  changed: FileEntry;
}

export class Conversation extends Emitter<ConversationEvents> {
  readonly #receivers = new Map<string, FileReceiver>();
  readonly #arriving = new Map<IncomingFile, FileEntry>();
  readonly #senders = new Map<number, FileSender>();
  readonly #held: { entry: FileEntry; size: number }[] = [];
  readonly #stallTimer = window.setInterval(() => this.#senders.forEach((sender) => sender.dropStalled()), STALL_MS);
  #nextId = 1;
  #sending: Promise<void> = Promise.resolve();

  constructor(private readonly call: Call) {
    super();
    call.incomingChannels.on('message', ({ peerId, label, data }) => {
      if (label === 'chat') {
        this.#onText(peerId, data);
      } else {
        this.#onFileData(peerId, data);
      }
    });
    call.incomingChannels.on('closed', ({ peerId, label }) => label === 'files' && this.#receivers.get(peerId)?.abandon());
    call.on('departed', ({ id }) => this.#onDeparted(id));
  }

  /** Everyone in the room reads it. False if it cannot be sent now. */
  say(text: string): boolean {
    const sent = this.call.outgoingChannels.send('chat', text.slice(0, MAX_TEXT_LENGTH));
    if (sent) {
      this.#add({ kind: 'text', ...this.#own(), text: text.slice(0, MAX_TEXT_LENGTH) });
    }
    return sent;
  }

  /** Everyone in the room receives it, after the files before it. Returns why not, for a person to read. */
  share(file: File): string | undefined {
    const receivers = this.call.members().filter(({ local }) => !local);
    if (receivers.length === 0) {
      return 'There is nobody here to send a file to.';
    }
    if (file.size > MAX_FILE_BYTES) {
      return `${file.name} is too large: ${MAX_FILE_BYTES / 1024 / 1024} MB at most.`;
    }
    const entry = this.#addFile({ ...this.#own(), name: file.name, size: file.size, receivers: receivers.length });
    const sender = this.#sender(entry, file, receivers.map(({ id }) => id));
    this.#sending = this.#sending.then(() => this.#send(sender, entry));
    return undefined;
  }

  /** An own file that is on its way. */
  cancel(entry: FileEntry): void {
    this.#senders.get(entry.id)?.cancel();
    this.#settle(entry, 'cancelled');
  }

  close(): void {
    clearInterval(this.#stallTimer);
    this.#senders.forEach((sender) => sender.cancel());
    this.#held.forEach(({ entry }) => release(entry));
  }

  #onText(peerId: string, data: string | ArrayBuffer): void {
    if (typeof data === 'string' && data.trim() !== '') {
      this.#add({ kind: 'text', ...this.#by(peerId), text: data.slice(0, MAX_TEXT_LENGTH) });
    }
  }

  #onFileData(peerId: string, data: string | ArrayBuffer): void {
    const receiver = this.#receiver(peerId);
    if (typeof data !== 'string') {
      const piece = parsePiece(data);
      piece && receiver.add(piece);
      return;
    }
    const message = parseFileMessage(data);
    switch (message?.type) {
      case 'begin':
        return receiver.begin(message);
      case 'cancel':
        return receiver.cancel(message.file);
      case 'have':
      case 'refuse':
        return this.#onAnswer(peerId, message);
    }
  }

  #onAnswer(peerId: string, message: Extract<FileMessage, { to: string }>): void {
    const sender = message.to === this.call.selfId ? this.#senders.get(message.file) : undefined;
    if (message.type === 'have') {
      sender?.onHave(peerId, message.bytes);
    } else {
      sender?.drop(peerId);
    }
  }

  #onDeparted(peerId: string): void {
    this.#receivers.get(peerId)?.abandon();
    this.#receivers.delete(peerId);
    this.#senders.forEach((sender) => sender.drop(peerId));
  }

  #sender(entry: FileEntry, file: File, receivers: string[]): FileSender {
    const { outgoingChannels: channels } = this.call;
    const channel: FileChannel = {
      announce: (message) => channels.send('files', JSON.stringify(message)),
      send: (piece) => channels.send('files', writePiece(piece)),
      drained: () => channels.drained('files'),
    };
    const sender: FileSender = new FileSender(entry.id, file, receivers, channel, () => {
      entry.progress = sender.progress;
      entry.delivered = sender.delivered;
      this.emit('changed', entry);
    });
    this.#senders.set(entry.id, sender);
    return sender;
  }

  async #send(sender: FileSender, entry: FileEntry): Promise<void> {
    const outcome = await sender.run();
    this.#senders.delete(entry.id);
    this.#settle(entry, outcome === 'sent' ? 'done' : outcome);
  }

  #receiver(peerId: string): FileReceiver {
    let receiver = this.#receivers.get(peerId);
    if (receiver === undefined) {
      const answer = (message: FileMessage) => this.call.outgoingChannels.send('files', JSON.stringify(message));
      receiver = new FileReceiver(peerId, answer, {
        began: (file) => this.#onBegan(peerId, file),
        progressed: (file) => this.#onProgress(file),
        complete: (file, content) => this.#onComplete(file, content),
        failed: (file) => this.#settle(this.#arrived(file), 'failed'),
      });
      this.#receivers.set(peerId, receiver);
    }
    return receiver;
  }

  #onBegan(peerId: string, file: IncomingFile): void {
    const { name, size } = file;
    this.#arriving.set(file, this.#addFile({ ...this.#by(peerId), name, size, receivers: 0 }));
  }

  #onProgress(file: IncomingFile): void {
    const entry = this.#arriving.get(file)!;
    entry.progress = file.size === 0 ? 1 : file.received / file.size;
    this.emit('changed', entry);
  }

  #onComplete(file: IncomingFile, content: Blob): void {
    const entry = this.#arrived(file);
    entry.url = URL.createObjectURL(content);
    this.#hold(entry, content.size);
    this.#settle(entry, 'done');
  }

  #arrived(file: IncomingFile): FileEntry {
    const entry = this.#arriving.get(file)!;
    this.#arriving.delete(file);
    return entry;
  }

  #hold(entry: FileEntry, size: number): void {
    this.#held.push({ entry, size });
    let total = this.#held.reduce((sum, held) => sum + held.size, 0);
    while (total > MAX_HELD_BYTES) {
      const oldest = this.#held.shift()!;
      total -= oldest.size;
      release(oldest.entry);
      this.emit('changed', oldest.entry);
    }
  }

  /** What is settled stays so. */
  #settle(entry: FileEntry, state: FileEntry['state']): void {
    if (entry.state === 'moving') {
      entry.state = state;
      this.emit('changed', entry);
    }
  }

  #addFile(fields: Omit<FileEntry, 'kind' | 'state' | 'progress' | 'delivered'>): FileEntry {
    const entry: FileEntry = { ...fields, kind: 'file', state: 'moving', progress: 0, delivered: 0 };
    this.#add(entry);
    return entry;
  }

  #add(entry: Entry): void {
    this.emit('added', entry);
  }

  #own(): Pick<Entry, 'id' | 'author' | 'local' | 'time'> {
    return { id: this.#nextId++, author: 'You', local: true, time: new Date() };
  }

  #by(peerId: string): Pick<Entry, 'id' | 'author' | 'local' | 'time'> {
    const author = this.call.members().find(({ id }) => id === peerId)?.name ?? 'Someone';
    return { id: this.#nextId++, author, local: false, time: new Date() };
  }
}

function release(entry: FileEntry): void {
  if (entry.url !== undefined) {
    URL.revokeObjectURL(entry.url);
    delete entry.url;
  }
}
