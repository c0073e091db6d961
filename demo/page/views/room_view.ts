// The call itself: header, stage, toolbar.
import type { Call } from '../call/call.js';
import { Conversation } from '../chat/conversation.js';
import { QUALITIES } from '../media/devices.js';
import { ConnectionBadge } from '../ui/connection_badge.js';
import { element, onClick, setText } from '../ui/dom.js';
import { icon, logo } from '../ui/icons.js';
import { Stage } from '../ui/stage.js';
import { Toasts } from '../ui/toasts.js';
import { ChatPanel } from './chat_panel.js';
import { showEnded } from './ended_view.js';
import { FileDrop } from './file_drop.js';
import type { Entry } from './join_view.js';
import { LocalControls } from './local_controls.js';
import { Toolbar } from './toolbar.js';

const FIGURES_MS = 1_000;
const SCREEN_BITRATE = 2_500_000;

declare global {
  /** For the console and the end-to-end tests. */
  var sluiceCall: Call | undefined;
}

export function showRoom(app: HTMLElement, room: string, call: Call, entry: Entry): void {
  globalThis.sluiceCall = call;
  const stage = new Stage();
  const toasts = new Toasts();
  const badge = new ConnectionBadge(call);
  const count = element('span', { class: 'count' });
  const controls = new LocalControls(call, entry, (text) => toasts.show(text));
  const conversation = new Conversation(call);
  const chat: ChatPanel = new ChatPanel(conversation, (text) => toasts.show(text), () => onChat(), () => toolbar.toggleChat());
  const toolbar: Toolbar = new Toolbar(call, controls, chat, (shown) => stage.showFigures(shown));
  const drop = new FileDrop((files) => chat.share(files));
  const middle = element('div', { class: 'room-middle' }, stage.root, chat.root);
  app.replaceChildren(
    element('div', { class: 'room' }, header(room, count, badge, toasts), middle, toolbar.root, toasts.root, drop.root),
  );

  const onChat = () => {
    toolbar.update();
    if (chat.open) {
      toasts.clear();
    }
  };
  const draw = () => {
    const members = call.members();
    stage.update(members);
    toolbar.update();
    badge.update();
    setText(count, String(members.length));
    count.setAttribute('aria-label', `${members.length} in the room`);
  };
  const figures = window.setInterval(() => void stage.showFigures(toolbar.figuresShown), FIGURES_MS);
  call.on('changed', draw);
  call.on('arrived', ({ name }) => toasts.show(`${name} joined`));
  call.on('speaking', (ids) => stage.setSpeaking(ids));
  call.on('departed', ({ name }) => toasts.show(`${name} left`));
  call.on('ended', ({ reason }) => {
    clearInterval(figures);
    stage.close();
    toolbar.close();
    drop.close();
    conversation.close();
    badge.close();
    showEnded(app, room, reason);
  });
  draw();
  controls.start();
  call.enter(entry.name, {
    cameraBitrate: QUALITIES[entry.quality].bitrate,
    screenBitrate: SCREEN_BITRATE,
    codec: entry.codec,
  });
}

function header(room: string, count: HTMLElement, badge: ConnectionBadge, toasts: Toasts): HTMLElement {
  const copy = onClick(
    element('button', { class: 'quiet', type: 'button', title: 'Copy the address of this room' }, icon('link'), 'Copy link'),
    async () => {
      const address = new URL(`/${room}`, location.href).href;
      const copied = await navigator.clipboard?.writeText(address).then(() => true, () => false);
      toasts.show(copied ? 'Address copied' : `Share this address: ${address}`);
    },
  );
  return element(
    'header',
    { class: 'room-header' },
    logo(),
    element('h1', {}, room),
    element('span', { class: 'people' }, icon('people'), count),
    element('div', { class: 'spacer' }),
    badge.root,
    copy,
  );
}
