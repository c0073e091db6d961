// Sending files over a channel, without browsers: senders and receivers joined by a queue.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSize } from '../page/chat/entries.js';
import { MAX_FILE_BYTES, parseFileMessage, parsePiece, writePiece, type FileMessage, type Piece } from '../page/chat/file_messages.js';
import { FileReceiver, type IncomingFile } from '../page/chat/file_receiver.js';
import { FileSender, type FileChannel } from '../page/chat/file_sender.js';
import { findAddresses } from '../page/ui/linked_text.js';

const WINDOW_BYTES = 512 * 1024;

function fileOf(size: number, name = 'notes.txt'): File {
  const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 31) & 0xff);
  return Object.assign(new Blob([bytes]), { name, lastModified: 0, webkitRelativePath: '' }) as unknown as File;
}

/** One who receives, and remembers what became of the files. */
class Receiver {
  readonly answers: FileMessage[] = [];
  readonly began: string[] = [];
  readonly contents: Blob[] = [];
  readonly failed: IncomingFile[] = [];
  readonly receiver: FileReceiver;

  constructor(readonly id: string) {
    this.receiver = new FileReceiver('sender', (message) => this.answers.push(message), {
      began: ({ name }) => this.began.push(name),
      progressed: () => undefined,
      complete: (_file, content) => this.contents.push(content),
      failed: (file) => this.failed.push(file),
    });
  }

  take(message: FileMessage | Piece): void {
    if (!('type' in message)) {
      this.receiver.add(message);
    } else if (message.type === 'begin') {
      this.receiver.begin(message);
    } else if (message.type === 'cancel') {
      this.receiver.cancel(message.file);
    }
  }
}

/** Carries everything to the receivers and their answers back, whenever the sender waits for room. */
class Network implements FileChannel {
  readonly stalled = new Set<Receiver>();
  sent = 0;
  open = true;
  #queue: (FileMessage | Piece)[] = [];

  constructor(
    readonly receivers: Receiver[],
    private readonly sender: () => FileSender,
  ) {}

  announce(message: FileMessage): boolean {
    this.#queue.push(message);
    return this.open;
  }

  send(piece: Piece): boolean {
    this.#queue.push(piece);
    this.sent = piece.offset + piece.bytes.length;
    return this.open;
  }

  async drained(): Promise<void> {
    this.deliver();
  }

  deliver(): void {
    const queue = this.#queue.splice(0);
    for (const receiver of this.receivers.filter((candidate) => !this.stalled.has(candidate))) {
      queue.forEach((message) => receiver.take(message));
      for (const answer of receiver.answers.splice(0)) {
        if (answer.type === 'have') {
          this.sender().onHave(receiver.id, answer.bytes);
        } else if (answer.type === 'refuse') {
          this.sender().drop(receiver.id);
        }
      }
    }
  }
}

function scene(size: number, names: string[], onProgress: (sender: FileSender) => void = () => undefined) {
  const receivers = names.map((name) => new Receiver(name));
  const progress: number[] = [];
  const network: Network = new Network(receivers, () => sender);
  const sender: FileSender = new FileSender(1, fileOf(size), names, network, () => {
    progress.push(sender.progress);
    onProgress(sender);
  });
  return { receivers, network, sender, progress };
}

/** Lets the sender run until it waits, and delivers what it sent, until it is done. */
async function finish<T>(outcome: Promise<T>, network: Network): Promise<T> {
  let done = false;
  void outcome.finally(() => (done = true));
  while (!done) {
    network.deliver();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return outcome;
}

const turn = async (times = 50) => {
  for (let count = 0; count < times; count += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
};

test('a file arrives as it was sent, at everyone', async () => {
  const { receivers, network, sender, progress } = scene(1_000_001, ['ada', 'ben', 'cleo']);
  assert.equal(await finish(sender.run(), network), 'sent');
  assert.equal(sender.delivered, 3);
  const expected = Buffer.from(await fileOf(1_000_001).arrayBuffer());
  for (const { began, contents } of receivers) {
    assert.deepEqual(began, ['notes.txt']);
    assert.ok(expected.equals(Buffer.from(await contents[0]!.arrayBuffer())));
    assert.equal(contents[0]!.type, 'application/octet-stream');
  }
  assert.equal(progress.at(-1), 1);
  assert.deepEqual(progress, [...progress].sort((a, b) => a - b));
});

test('an empty file arrives, too', async () => {
  const { receivers, network, sender } = scene(0, ['ada']);
  assert.equal(await finish(sender.run(), network), 'sent');
  assert.equal(receivers[0]!.contents[0]!.size, 0);
});

test('the sender waits for the slowest, and gives up on one who does not get on', async () => {
  const { receivers, network, sender } = scene(3_000_000, ['ada', 'ben']);
  network.stalled.add(receivers[1]!);
  const outcome = sender.run();
  await turn();
  network.deliver();
  await turn();
  assert.ok(network.sent >= WINDOW_BYTES && network.sent < WINDOW_BYTES + 64 * 1024, `${network.sent} bytes were sent`);
  sender.dropStalled();
  await turn();
  assert.ok(network.sent < WINDOW_BYTES + 64 * 1024, 'once is not enough to be given up on');
  sender.dropStalled();
  assert.equal(await finish(outcome, network), 'sent');
  assert.equal(sender.delivered, 1);
});

test('nobody waits for one who leaves', async () => {
  const { network, receivers, sender } = scene(2_000_000, ['ada', 'ben']);
  network.stalled.add(receivers[0]!);
  const outcome = sender.run();
  await turn();
  sender.drop('ada');
  assert.equal(await finish(outcome, network), 'sent');
  assert.equal(sender.delivered, 1);
});

test('when nobody is left, or the channel closes, it has failed', async () => {
  const alone = scene(2_000_000, ['ada']);
  const outcome = alone.sender.run();
  alone.sender.drop('ada');
  assert.equal(await finish(outcome, alone.network), 'failed');
  const broken = scene(2_000_000, ['ada']);
  broken.network.open = false;
  assert.equal(await finish(broken.sender.run(), broken.network), 'failed');
});

test('a sender can stop, and receivers forget what they had', async () => {
  const { receivers, network, sender } = scene(2_000_000, ['ada'], (started) => started.progress > 0.3 && started.cancel());
  assert.equal(await finish(sender.run(), network), 'cancelled');
  network.deliver();
  assert.deepEqual(receivers[0]!.failed.map(({ name }) => name), ['notes.txt']);
  assert.deepEqual(receivers[0]!.contents, []);
});

test('a receiver refuses what is too large, has a gap or is longer than announced', () => {
  const piece = (offset: number, length: number): Piece => ({ file: 1, offset, bytes: new Uint8Array(length) });
  const refusals = (begin: number, ...pieces: Piece[]) => {
    const ada = new Receiver('ada');
    ada.take({ type: 'begin', file: 1, name: 'x', size: begin });
    pieces.forEach((each) => ada.take(each));
    assert.deepEqual(ada.contents, []);
    return ada.answers.filter(({ type }) => type === 'refuse').length;
  };
  assert.equal(refusals(MAX_FILE_BYTES + 1, piece(0, 10)), 1);
  assert.equal(refusals(100, piece(0, 10), piece(20, 10), piece(10, 90)), 1);
  assert.equal(refusals(100, piece(0, 101)), 1);
  assert.equal(refusals(100, { ...piece(0, 100), file: 2 }), 0);
});

test('a file that begins before the last is complete takes its place', () => {
  const ada = new Receiver('ada');
  ada.take({ type: 'begin', file: 1, name: 'one', size: 100 });
  ada.take({ type: 'begin', file: 2, name: 'two', size: 0 });
  assert.deepEqual(ada.failed.map(({ name }) => name), ['one']);
  assert.equal(ada.contents.length, 1);
});

test('messages and pieces are read as they were written', () => {
  const begin = { type: 'begin', file: 1, name: 'a.txt', size: 3 } as const;
  assert.deepEqual(parseFileMessage(JSON.stringify(begin)), begin);
  const piece = { file: 7, offset: 70_000, bytes: Uint8Array.of(1, 2, 3) };
  assert.deepEqual(parsePiece(writePiece(piece).buffer), piece);
});

test('what is no message is ignored, and names are brought into shape', () => {
  for (const text of ['', 'null', '[]', '{"type":"begin","file":1}', '{"type":"have","file":-1,"to":"x","bytes":1}', '{"type":"what","file":1}']) {
    assert.equal(parseFileMessage(text), undefined);
  }
  assert.equal(parsePiece(new ArrayBuffer(8)), undefined);
  const named = (name: string) => parseFileMessage(JSON.stringify({ type: 'begin', file: 1, name, size: 1 }));
  assert.deepEqual(named('../../etc/pass\u0000wd'), { type: 'begin', file: 1, name: 'passwd', size: 1 });
  assert.deepEqual(named('C:\\'), { type: 'begin', file: 1, name: 'file', size: 1 });
  assert.deepEqual(named('\u{1f600}'.repeat(200)), { type: 'begin', file: 1, name: '\u{1f600}'.repeat(120), size: 1 });
});

test('sizes are said so that people understand them', () => {
  assert.deepEqual([0, 999, 1000, 45_400, 999_999, 1_500_000].map(formatSize), ['0 bytes', '999 bytes', '1 kB', '45 kB', '1000 kB', '1.5 MB']);
});

test('addresses in a text are found, without what follows them', () => {
  const found = (text: string) => findAddresses(text).map(({ start, end }) => text.slice(start, end));
  assert.deepEqual(found('see https://a.example/x?y=1, and (http://b.example).'), ['https://a.example/x?y=1', 'http://b.example']);
  assert.deepEqual(found('javascript:alert(1) ftp://c.example'), []);
});
