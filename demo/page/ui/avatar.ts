// What stands for a person without a picture: initials on a colour of their own.
import { element } from './dom.js';

export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '');
  const letters = words.length > 1 ? [words[0]!, words[words.length - 1]!] : words;
  return letters.map((word) => [...word][0]!.toUpperCase()).join('') || '?';
}

/** The same name always has the same hue, 0 to 359. */
export function hueOf(name: string): number {
  let hash = 7;
  for (const letter of name) {
    hash = (hash * 31 + letter.codePointAt(0)!) % 360_007;
  }
  return hash % 360;
}

export function avatar(name: string): HTMLElement {
  const made = element('div', { class: 'avatar', 'aria-hidden': 'true' }, initials(name));
  made.style.setProperty('--hue', String(hueOf(name)));
  return made;
}
