// Files dragged from the desktop onto the page go to everyone.
import { element } from '../ui/dom.js';
import { icon } from '../ui/icons.js';

export class FileDrop {
  readonly root = element(
    'div',
    { class: 'file-drop', hidden: true, 'aria-hidden': 'true' },
    element('div', { class: 'file-drop-note' }, icon('file'), element('span', {}, 'Drop to send to everyone in the room')),
  );
  /** Entering a child comes before leaving its parent. */
  #depth = 0;
  readonly #listeners: [string, (event: DragEvent) => void][] = [
    ['dragenter', (event) => this.#move(event, 1)],
    ['dragleave', (event) => this.#move(event, -1)],
    ['dragover', (event) => carriesFiles(event) && event.preventDefault()],
    ['drop', (event) => this.#onDrop(event)],
  ];

  constructor(private readonly onFiles: (files: File[]) => void) {
    this.#listeners.forEach(([name, listener]) => addEventListener(name, listener as EventListener));
  }

  close(): void {
    this.#listeners.forEach(([name, listener]) => removeEventListener(name, listener as EventListener));
  }

  #move(event: DragEvent, step: number): void {
    if (carriesFiles(event)) {
      event.preventDefault();
      this.#depth = Math.max(0, this.#depth + step);
      this.root.hidden = this.#depth === 0;
    }
  }

  #onDrop(event: DragEvent): void {
    this.#depth = 0;
    this.root.hidden = true;
    if (carriesFiles(event)) {
      event.preventDefault();
      this.onFiles([...(event.dataTransfer?.files ?? [])]);
    }
  }
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true;
}
