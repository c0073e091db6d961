// What the toolbar's buttons do to the own camera, microphone and screen.
import type { Call } from '../call/call.js';
import { SignallingError } from '../call/signalling.js';
import { describeDeviceError, openCamera, openMicrophone, openScreen } from '../media/devices.js';
import type { Entry } from './join_view.js';

export class LocalControls {
  #busy = false;

  constructor(
    private readonly call: Call,
    private readonly entry: Entry,
    private readonly complain: (text: string) => void,
  ) {}

  /** Publishes what the join screen opened. */
  start(): void {
    const { microphone, camera, muted } = this.entry;
    const { publisher } = this.call;
    if (microphone !== undefined) {
      this.#inBackground(publisher.publish('microphone', microphone, muted));
    }
    if (camera !== undefined) {
      this.#inBackground(publisher.publish('camera', camera));
    }
  }

  get microphoneOn(): boolean {
    return this.call.publisher.get('microphone')?.paused === false;
  }

  get cameraOn(): boolean {
    return this.call.publisher.get('camera')?.paused === false;
  }

  get sharing(): boolean {
    return this.call.publisher.get('screen') !== undefined;
  }

  toggleMicrophone(): Promise<void> {
    return this.#once('microphone', async ({ publisher }) => {
      if (publisher.get('microphone') === undefined) {
        await publisher.publish('microphone', await openMicrophone(this.entry.microphoneId));
      } else {
        await publisher.setPaused('microphone', this.microphoneOn);
      }
    });
  }

  toggleCamera(): Promise<void> {
    return this.#once('camera', async ({ publisher }) => {
      if (this.cameraOn) {
        await publisher.release('camera');
      } else {
        await publisher.publish('camera', await openCamera(this.entry.cameraId, this.entry.quality));
      }
    });
  }

  toggleScreen(): Promise<void> {
    return this.#once('screen', async ({ publisher }) => {
      if (this.sharing) {
        await publisher.stop('screen');
        return;
      }
      const track = await openScreen();
      // The browser's own "stop sharing" button.
      track.addEventListener('ended', () => this.#inBackground(publisher.stop('screen')));
      await publisher.publish('screen', track);
    });
  }

  /** One change at a time: a second press while a device opens does nothing. */
  async #once(what: 'camera' | 'microphone' | 'screen', change: (call: Call) => Promise<void>): Promise<void> {
    if (this.#busy) {
      return;
    }
    this.#busy = true;
    try {
      await change(this.call);
    } catch (error) {
      this.#report(error, what);
    } finally {
      this.#busy = false;
    }
  }

  #report(error: unknown, what: 'camera' | 'microphone' | 'screen'): void {
    if (error instanceof SignallingError) {
      // While the room server is away the change is made here and repeated to it on return.
      return;
    }
    console.warn(`${what}:`, error);
    if (!(what === 'screen' && error instanceof DOMException && error.name === 'NotAllowedError')) {
      this.complain(describeDeviceError(error, what));
    }
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error) => console.warn('publishing:', error));
  }
}
