// A round button with an icon that is on or off.
import { element, onClick } from './dom.js';
import { icon, type IconName } from './icons.js';

export interface ToggleLook {
  icon: IconName;
  /** What pressing it does now; also the tooltip. */
  label: string;
  /** Drawn as active (sharing) or as a warning (muted). */
  tone?: 'active' | 'off';
  /** A few characters on the corner, such as a number of unread messages; say it in the label, too. */
  badge?: string;
}

export class ToggleButton {
  readonly root: HTMLButtonElement;
  #icon: IconName | undefined;

  constructor(id: string, shortcut: string, action: () => unknown) {
    this.root = onClick(element('button', { class: 'round', id, type: 'button', 'aria-keyshortcuts': shortcut }), action);
  }

  show({ icon: name, label, tone, badge }: ToggleLook, pressed: boolean): void {
    if (name !== this.#icon) {
      this.root.replaceChildren(icon(name));
      this.#icon = name;
    }
    const shortcut = this.root.getAttribute('aria-keyshortcuts');
    this.root.setAttribute('aria-label', label);
    this.root.title = shortcut ? `${label} (${shortcut})` : label;
    this.root.setAttribute('aria-pressed', String(pressed));
    this.root.dataset['tone'] = tone ?? '';
    this.root.dataset['badge'] = badge ?? '';
  }
}
