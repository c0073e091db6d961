// The buttons below the stage and their keys.
import type { Call } from '../call/call.js';
import { element, onClick } from '../ui/dom.js';
import { icon } from '../ui/icons.js';
import { ToggleButton } from '../ui/toggle_button.js';
import type { ChatPanel } from './chat_panel.js';
import type { LocalControls } from './local_controls.js';

export class Toolbar {
  readonly root: HTMLElement;
  figuresShown = false;
  readonly #microphone: ToggleButton;
  readonly #camera: ToggleButton;
  readonly #screen: ToggleButton;
  readonly #chat: ToggleButton;
  readonly #figures: ToggleButton;
  readonly #restart: HTMLButtonElement;
  readonly #keys: Record<string, () => unknown>;

  constructor(
    call: Call,
    private readonly controls: LocalControls,
    private readonly chat: ChatPanel,
    private readonly onFigures: (shown: boolean) => unknown,
  ) {
    this.#keys = {
      m: () => controls.toggleMicrophone(),
      v: () => controls.toggleCamera(),
      s: () => controls.toggleScreen(),
      c: () => this.toggleChat(),
      t: () => this.#toggleFigures(),
    };
    this.#microphone = new ToggleButton('toggle-microphone', 'M', this.#keys['m']!);
    this.#camera = new ToggleButton('toggle-camera', 'V', this.#keys['v']!);
    this.#screen = new ToggleButton('toggle-screen', 'S', this.#keys['s']!);
    this.#chat = new ToggleButton('toggle-chat', 'C', this.#keys['c']!);
    this.#chat.root.setAttribute('aria-controls', chat.root.id);
    this.#figures = new ToggleButton('toggle-figures', 'T', this.#keys['t']!);
    this.#restart = roundButton('restart-ice', 'Find a new network path', 'restart', () => call.restartIce().catch(() => undefined));
    const leave = roundButton('leave', 'Leave the call', 'leave', () => call.leave());
    this.root = element(
      'div',
      { class: 'toolbar', role: 'toolbar', 'aria-label': 'Call' },
      this.#microphone.root,
      this.#camera.root,
      this.#screen.root,
      this.#chat.root,
      this.#figures.root,
      this.#restart,
      leave,
    );
    this.#screen.root.hidden = navigator.mediaDevices?.getDisplayMedia === undefined;
    addEventListener('keydown', this.#onKey);
  }

  update(): void {
    const { microphoneOn, cameraOn, sharing } = this.controls;
    this.#microphone.show(
      microphoneOn ? { icon: 'microphone', label: 'Mute' } : { icon: 'microphoneOff', label: 'Unmute', tone: 'off' },
      microphoneOn,
    );
    this.#camera.show(
      cameraOn ? { icon: 'camera', label: 'Turn camera off' } : { icon: 'cameraOff', label: 'Turn camera on', tone: 'off' },
      cameraOn,
    );
    this.#screen.show(
      sharing ? { icon: 'screen', label: 'Stop sharing', tone: 'active' } : { icon: 'screen', label: 'Share your screen' },
      sharing,
    );
    this.#updateChat();
    const shown = this.figuresShown;
    this.#figures.show(
      { icon: 'statistics', label: shown ? 'Hide statistics' : 'Show statistics', ...(shown && { tone: 'active' as const }) },
      shown,
    );
    this.#restart.hidden = !shown;
  }

  close(): void {
    removeEventListener('keydown', this.#onKey);
  }

  /** Opening it puts the cursor there; closing it brings the focus back. */
  toggleChat(): void {
    this.chat.toggle();
    if (!this.chat.open) {
      this.#chat.root.focus();
    }
  }

  #updateChat(): void {
    const { open, unread } = this.chat;
    const news = unread === 0 ? '' : `, ${unread} unread`;
    const badge = unread > 9 ? '9+' : String(unread);
    this.#chat.show(
      { icon: 'chat', label: open ? 'Close chat' : `Open chat${news}`, ...(open && { tone: 'active' as const }), ...(unread > 0 && { badge }) },
      open,
    );
    this.#chat.root.setAttribute('aria-expanded', String(open));
  }

  #toggleFigures(): void {
    this.figuresShown = !this.figuresShown;
    this.update();
    this.onFigures(this.figuresShown);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const fields = [HTMLInputElement, HTMLSelectElement, HTMLTextAreaElement];
    const typing = fields.some((field) => event.target instanceof field);
    const action = this.#keys[event.key.toLowerCase()];
    if (action !== undefined && !typing && !event.repeat && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      action();
    }
  };
}

function roundButton(id: string, label: string, look: 'restart' | 'leave', action: () => unknown): HTMLButtonElement {
  const button = element('button', { class: 'round', id, type: 'button', 'aria-label': label, title: label }, icon(look));
  return onClick(button, action);
}
