// The preview on the join screen: picture, microphone level, choice of devices, and both can be off.
import {
  describeDeviceError,
  listDevices,
  openCamera,
  openMicrophone,
  type DeviceChoice,
  type QualityName,
} from '../media/devices.js';
import { LevelMeter } from '../media/level_meter.js';
import { element, setText } from '../ui/dom.js';
import { ToggleButton } from '../ui/toggle_button.js';
import type { Entry } from './join_view.js';
import { recall, remember } from './preferences.js';

type Preferred = 'camera' | 'microphone';

export class DevicePreview {
  readonly cameras = element('select', { id: 'cameras' });
  readonly microphones = element('select', { id: 'microphones' });
  readonly #video = element('video', { autoplay: true, playsinline: true, muted: true });
  readonly #message = element('p', { class: 'preview-message', role: 'status' });
  readonly #level = element('div', { class: 'preview-level', 'aria-hidden': 'true' });
  readonly #cameraButton = new ToggleButton('preview-camera', '', () => this.#toggleCamera());
  readonly #microphoneButton = new ToggleButton('preview-microphone', '', () => this.#toggleMicrophone());
  readonly root: HTMLElement;
  #camera: MediaStreamTrack | undefined;
  #microphone: MediaStreamTrack | undefined;
  #meter: LevelMeter | undefined;
  #meterTimer: number | undefined;
  #muted = false;

  constructor(public quality: QualityName) {
    this.#video.muted = true;
    this.root = element(
      'section',
      { class: 'preview', 'aria-label': 'Preview' },
      this.#video,
      this.#message,
      this.#level,
      element('div', { class: 'preview-controls' }, this.#microphoneButton.root, this.#cameraButton.root),
    );
    this.cameras.addEventListener('change', () => this.#choose('camera', this.cameras.value));
    this.microphones.addEventListener('change', () => this.#choose('microphone', this.microphones.value));
    this.#draw();
  }

  /** Asks for both devices; goes on without what it does not get. */
  async start(): Promise<void> {
    const problems = [await this.#openMicrophone(), await this.#openCamera()].filter((problem) => problem !== '');
    await this.#fillChoices();
    this.#draw(problems.join(' '));
  }

  async setQuality(quality: QualityName): Promise<void> {
    this.quality = quality;
    if (this.#camera !== undefined) {
      this.#draw(await this.#openCamera());
    }
  }

  /** Ends the preview and hands over what it opened. */
  take(): Omit<Entry, 'name' | 'codec'> {
    this.#meter?.close();
    clearInterval(this.#meterTimer);
    return {
      quality: this.quality,
      cameraId: this.cameras.value || undefined,
      microphoneId: this.microphones.value || undefined,
      camera: this.#camera,
      microphone: this.#microphone,
      muted: this.#muted,
    };
  }

  async #choose(which: Preferred, id: string): Promise<void> {
    remember(which, id);
    this.#draw(which === 'camera' ? await this.#openCamera() : await this.#openMicrophone());
  }

  async #toggleCamera(): Promise<void> {
    if (this.#camera === undefined) {
      this.#draw(await this.#openCamera());
      return;
    }
    this.#camera.stop();
    this.#camera = undefined;
    this.#draw();
  }

  #toggleMicrophone(): void {
    this.#muted = !this.#muted;
    this.#draw();
  }

  async #openCamera(): Promise<string> {
    try {
      const track = await openCamera(this.cameras.value || recall('camera') || undefined, this.quality);
      this.#camera?.stop();
      this.#camera = track;
      return '';
    } catch (error) {
      return describeDeviceError(error, 'camera');
    }
  }

  async #openMicrophone(): Promise<string> {
    try {
      const track = await openMicrophone(this.microphones.value || recall('microphone') || undefined);
      this.#microphone?.stop();
      this.#microphone = track;
      this.#measure(track);
      return '';
    } catch (error) {
      return describeDeviceError(error, 'microphone');
    }
  }

  #measure(track: MediaStreamTrack): void {
    this.#meter?.close();
    clearInterval(this.#meterTimer);
    const meter = new LevelMeter(track);
    this.#meter = meter;
    this.#meterTimer = window.setInterval(() => {
      const level = this.#muted ? 0 : Math.min(1, Math.sqrt(meter.level() * 4));
      this.#level.style.setProperty('--level', level.toFixed(2));
    }, 80);
  }

  async #fillChoices(): Promise<void> {
    fill(this.cameras, await listDevices('videoinput'), this.#camera, 'No camera');
    fill(this.microphones, await listDevices('audioinput'), this.#microphone, 'No microphone');
  }

  #draw(problem = ''): void {
    const off = this.#camera === undefined;
    this.#video.srcObject = this.#camera === undefined ? null : new MediaStream([this.#camera]);
    this.root.classList.toggle('preview-dark', off);
    setText(this.#message, problem || (off ? 'Your camera is off' : ''));
    this.#cameraButton.show(
      off ? { icon: 'cameraOff', label: 'Turn camera on', tone: 'off' } : { icon: 'camera', label: 'Turn camera off' },
      !off,
    );
    const silent = this.#muted || this.#microphone === undefined;
    this.#microphoneButton.show(
      silent ? { icon: 'microphoneOff', label: 'Unmute', tone: 'off' } : { icon: 'microphone', label: 'Mute' },
      !silent,
    );
  }
}

function fill(select: HTMLSelectElement, choices: DeviceChoice[], track: MediaStreamTrack | undefined, none: string): void {
  const options = choices.map(({ id, label }) => element('option', { value: id }, label));
  select.replaceChildren(...(options.length > 0 ? options : [element('option', { value: '' }, none)]));
  select.disabled = options.length === 0;
  const current = track?.getSettings().deviceId;
  if (choices.some(({ id }) => id === current)) {
    select.value = current!;
  }
}
