// Before the call: your name, your camera and microphone, and how you will look and sound.
import { MAX_NAME_LENGTH } from '../../shared/protocol.js';
import { isQualityName, QUALITIES, type QualityName } from '../media/devices.js';
import { element } from '../ui/dom.js';
import { logo } from '../ui/icons.js';
import { DevicePreview } from './device_preview.js';
import { recall, remember } from './preferences.js';

/** What a person brings into the room. Tracks are theirs to stop. */
export interface Entry {
  name: string;
  quality: QualityName;
  codec: string | undefined;
  cameraId: string | undefined;
  microphoneId: string | undefined;
  camera: MediaStreamTrack | undefined;
  microphone: MediaStreamTrack | undefined;
  muted: boolean;
}

export async function showJoin(app: HTMLElement, room: string): Promise<Entry> {
  const query = new URLSearchParams(location.search);
  const preview = new DevicePreview(qualityFrom(query));
  const nameInput = element('input', {
    id: 'name',
    type: 'text',
    required: true,
    maxlength: String(MAX_NAME_LENGTH),
    autocomplete: 'name',
    placeholder: 'How others will see you',
  });
  nameInput.value = query.get('name') ?? recall('name') ?? '';
  const form = joinForm(preview, nameInput);
  app.replaceChildren(joinScreen(room, preview, form));

  const submitted = query.has('autojoin') ? Promise.resolve() : submission(form);
  if (!query.has('autojoin')) {
    nameInput.focus();
  }
  await Promise.all([submitted, preview.start()]);
  const name = nameInput.value.trim() || 'Guest';
  remember('name', name);
  return { name, codec: query.get('codec') ?? undefined, ...preview.take() };
}

function qualityFrom(query: URLSearchParams): QualityName {
  const asked = query.get('quality') ?? recall('quality');
  return isQualityName(asked) ? asked : 'standard';
}

function joinForm(preview: DevicePreview, nameInput: HTMLInputElement): HTMLFormElement {
  const quality = element(
    'select',
    { id: 'quality' },
    ...Object.entries(QUALITIES).map(([value, { label }]) => element('option', { value }, label)),
  );
  quality.value = preview.quality;
  quality.addEventListener('change', () => {
    if (isQualityName(quality.value)) {
      remember('quality', quality.value);
      void preview.setQuality(quality.value);
    }
  });
  return element(
    'form',
    { class: 'join-form' },
    field('Your name', nameInput),
    field('Camera', preview.cameras),
    field('Microphone', preview.microphones),
    field('Video quality', quality),
    element('button', { class: 'primary', type: 'submit', id: 'join' }, 'Join the call'),
  );
}

function field(label: string, control: HTMLElement): HTMLElement {
  return element('div', { class: 'field' }, element('label', { for: control.id }, label), control);
}

function joinScreen(room: string, preview: DevicePreview, form: HTMLFormElement): HTMLElement {
  return element(
    'main',
    { class: 'join' },
    element('header', { class: 'join-header' }, element('a', { class: 'brand', href: '/' }, logo(), element('span', {}, 'sluice'))),
    preview.root,
    element(
      'section',
      { class: 'join-side', 'aria-label': 'Join' },
      element('p', { class: 'eyebrow' }, 'You are about to join'),
      element('h1', {}, room),
      form,
    ),
  );
}

function submission(form: HTMLFormElement): Promise<void> {
  return new Promise((resolve) => {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      resolve();
    });
  });
}
