// The start page: a name for a room, and off.
import { makeRoomName, toRoomName } from '../../shared/room_name.js';
import { element } from '../ui/dom.js';
import { logo } from '../ui/icons.js';

export function showLanding(app: HTMLElement): void {
  const suggestion = makeRoomName();
  const input = element('input', {
    id: 'room',
    type: 'text',
    maxlength: '64',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    placeholder: suggestion,
    'aria-describedby': 'room-hint',
  });
  const form = element(
    'form',
    { class: 'landing-form' },
    element('label', { for: 'room' }, 'Room name'),
    input,
    element('button', { class: 'primary', type: 'submit' }, 'Enter room'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    location.assign(`/${toRoomName(input.value) || suggestion}`);
  });
  app.replaceChildren(
    element(
      'main',
      { class: 'landing' },
      element('div', { class: 'brand' }, logo(), element('span', {}, 'sluice')),
      element('h1', {}, 'A room for your call'),
      element('p', { class: 'lead' }, 'Choose a name, share the address, and talk. Nothing to install, nobody to register with.'),
      form,
      element('p', { class: 'hint', id: 'room-hint' }, `Leave it empty for “${suggestion}”. Everyone with the same address meets in the same room.`),
    ),
  );
  input.focus();
}
