// After the call.
import { element, onClick } from '../ui/dom.js';
import { logo } from '../ui/icons.js';

export function showEnded(app: HTMLElement, room: string, reason: string): void {
  const again = onClick(element('button', { class: 'primary', type: 'button' }, 'Join again'), () => {
    location.assign(`/${room}`);
  });
  app.replaceChildren(
    element(
      'main',
      { class: 'landing ended' },
      element('div', { class: 'brand' }, logo(), element('span', {}, 'sluice')),
      element('h1', { role: 'status' }, reason),
      element('div', { class: 'actions' }, again, element('a', { class: 'quiet', href: '/' }, 'Another room')),
    ),
  );
  again.focus();
}
