// The tiles of a call: an even grid, or with a shared screen one large tile and the others beside it.
import type { Member } from '../call/member.js';
import { element } from './dom.js';
import { bestGrid } from './grid_layout.js';
import { Tile } from './tile.js';

const GAP = 12;
const NARROW = 640;

export class Stage {
  readonly root = element('main', { class: 'stage', 'aria-label': 'Participants' });
  readonly #spotlight = element('div', { class: 'spotlight' });
  readonly #grid = element('div', { class: 'grid' });
  readonly #tiles = new Map<string, Tile>();
  readonly #resize = new ResizeObserver(() => this.#layOut());

  constructor() {
    this.root.append(this.#spotlight, this.#grid);
    this.#resize.observe(this.root);
    this.#resize.observe(this.#grid);
  }

  update(members: Member[]): void {
    const wanted = new Set<string>();
    for (const member of members) {
      wanted.add(this.#show(member, 'camera'));
      if (member.screen !== undefined) {
        wanted.add(this.#show(member, 'screen'));
      }
    }
    for (const [key, tile] of this.#tiles) {
      if (!wanted.has(key)) {
        tile.remove();
        this.#tiles.delete(key);
      }
    }
    this.#layOut();
  }

  setSpeaking(speaking: Set<string>): void {
    for (const tile of this.#tiles.values()) {
      tile.setSpeaking(speaking.has(tile.root.dataset['member'] ?? ''));
    }
  }

  async showFigures(shown: boolean): Promise<void> {
    await Promise.all([...this.#tiles.values()].map((tile) => tile.showFigures(shown)));
  }

  close(): void {
    this.#resize.disconnect();
    this.#tiles.forEach((tile) => tile.remove());
  }

  #show(member: Member, role: 'camera' | 'screen'): string {
    const key = `${member.id}/${role}`;
    let tile = this.#tiles.get(key);
    if (tile === undefined) {
      tile = new Tile(member, role);
      this.#tiles.set(key, tile);
      (role === 'screen' ? this.#spotlight : this.#grid).append(tile.root);
    }
    tile.update(member);
    return key;
  }

  #layOut(): void {
    const presenting = this.#spotlight.childElementCount > 0;
    this.root.classList.toggle('stage-presenting', presenting);
    this.#spotlight.hidden = !presenting;
    const { clientWidth: width, clientHeight: height } = this.#grid;
    const aspect = !presenting && width < NARROW && this.#grid.childElementCount > 2 ? 1 : 16 / 9;
    const { tileWidth, tileHeight } = bestGrid(this.#grid.childElementCount, width, height, GAP, aspect);
    this.#grid.style.setProperty('--tile-width', `${tileWidth}px`);
    this.#grid.style.setProperty('--tile-height', `${tileHeight}px`);
  }
}
