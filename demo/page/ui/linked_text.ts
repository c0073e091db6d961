// Text of somebody else with the addresses in it as links.
import { element } from './dom.js';

const ADDRESS = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;

/** Where the addresses in `text` are, in order. */
export function findAddresses(text: string): { start: number; end: number }[] {
  return [...text.matchAll(ADDRESS)].map((match) => ({ start: match.index!, end: match.index! + match[0].length }));
}

export function linkedText(text: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let done = 0;
  for (const { start, end } of findAddresses(text)) {
    const address = text.slice(start, end);
    parts.push(text.slice(done, start), element('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, address));
    done = end;
  }
  return [...parts, text.slice(done)];
}
