// The call itself: header, stage, toolbar.
import type { Call } from '../call/call.js';
import { QUALITIES } from '../media/devices.js';
import { ConnectionBadge } from '../ui/connection_badge.js';
import { element, onClick, setText } from '../ui/dom.js';
import { icon, logo } from '../ui/icons.js';
import { Stage } from '../ui/stage.js';
import { Toasts } from '../ui/toasts.js';
import { showEnded } from './ended_view.js';
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
  const toolbar = new Toolbar(call, controls, (shown) => stage.showFigures(shown));
  app.replaceChildren(
    element('div', { class: 'room' }, header(room, count, badge, toasts), stage.root, toolbar.root, toasts.root),
  );

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
