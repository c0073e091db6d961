// One person's camera, or one shared screen: picture or avatar, name, muted mark, speaking ring, figures.
import type { Media, Member } from '../call/member.js';
import { describeFigures, VideoStats } from '../media/video_stats.js';
import { avatar } from './avatar.js';
import { element, setText } from './dom.js';
import { icon } from './icons.js';

export class Tile {
  readonly root: HTMLElement;
  readonly #video: HTMLVideoElement;
  readonly #name = element('span', { class: 'tile-name' });
  readonly #muted = element('span', { class: 'tile-muted', title: 'Muted' }, icon('microphoneOff'));
  readonly #figures = element('div', { class: 'tile-figures', hidden: true });
  readonly #stream = new MediaStream();
  readonly #resize = new ResizeObserver(() => this.#tellSize());
  #stats = new VideoStats();
  #media: Media | undefined;

  constructor(
    member: Member,
    readonly role: 'camera' | 'screen',
  ) {
    // One's own voice is not played back, and the own camera shows as in a mirror.
    this.#video = element('video', { autoplay: true, playsinline: true, muted: member.local });
    this.#video.muted = member.local;
    this.root = element(
      'article',
      { class: `tile tile-${role}`, 'data-member': member.id, 'data-role': role },
      avatar(member.name),
      this.#video,
      element('div', { class: 'tile-caption' }, this.#muted, this.#name),
      this.#figures,
    );
    this.root.classList.toggle('tile-mirrored', member.local && role === 'camera');
    for (const event of ['loadeddata', 'resize', 'emptied']) {
      this.#video.addEventListener(event, () => this.#draw());
    }
    this.#resize.observe(this.root);
  }

  update(member: Member): void {
    const video = member[this.role];
    const audio = this.role === 'camera' ? member.microphone : undefined;
    const picture = video !== undefined && !video.paused ? video.track : undefined;
    this.#setTracks([picture, member.local ? undefined : audio?.track]);
    this.#media = picture === undefined ? undefined : video;
    this.#draw();
    this.#tellSize();
    this.#muted.hidden = this.role === 'screen' || (audio !== undefined && !audio.paused);
    const who = member.local ? `${member.name} (you)` : member.name;
    const label = this.role === 'screen' ? `${who}: screen` : who;
    setText(this.#name, label);
    this.root.setAttribute('aria-label', `${label}${this.#muted.hidden ? '' : ', muted'}`);
  }

  setSpeaking(speaking: boolean): void {
    this.root.classList.toggle('tile-speaking', speaking && this.role === 'camera');
  }

  async showFigures(shown: boolean): Promise<void> {
    const media = this.#media;
    if (!shown || media === undefined) {
      this.#figures.hidden = true;
      this.#stats = new VideoStats();
      return;
    }
    const report = await media.getStats().catch(() => undefined);
    const figures = report && this.#stats.update(report);
    this.#figures.hidden = figures === undefined;
    if (figures !== undefined) {
      this.#figures.replaceChildren(...describeFigures(figures).map((line) => element('div', {}, line)));
    }
  }

  remove(): void {
    this.#resize.disconnect();
    this.#video.srcObject = null;
    this.root.remove();
  }

  /** What is received is to be as large as it is shown. */
  #tellSize(): void {
    const { clientHeight } = this.root;
    if (clientHeight > 0) {
      this.#media?.showAt?.(clientHeight * devicePixelRatio);
    }
  }

  /** Until the first frame is there the avatar stands in. */
  #draw(): void {
    this.root.classList.toggle('tile-dark', this.#media === undefined || this.#video.videoWidth === 0);
  }

  #setTracks(wanted: (MediaStreamTrack | undefined)[]): void {
    const before = this.#stream.getTracks();
    for (const track of before) {
      if (!wanted.includes(track)) {
        this.#stream.removeTrack(track);
      }
    }
    for (const track of wanted) {
      if (track !== undefined && !before.includes(track)) {
        this.#stream.addTrack(track);
      }
    }
    if (this.#video.srcObject === null && this.#stream.getTracks().length > 0) {
      this.#video.srcObject = this.#stream;
      void this.#video.play().catch(() => undefined);
    }
  }
}
