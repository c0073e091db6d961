// How many columns make the tiles of a grid as large as they can be.

export interface Grid {
  columns: number;
  tileWidth: number;
  tileHeight: number;
}

/** Tiles keep `aspect` (width / height) and stand `gap` pixels apart. */
export function bestGrid(tiles: number, width: number, height: number, gap: number, aspect = 16 / 9): Grid {
  let best: Grid = { columns: 1, tileWidth: 0, tileHeight: 0 };
  for (let columns = 1; columns <= tiles; columns += 1) {
    const rows = Math.ceil(tiles / columns);
    const cellWidth = (width - gap * (columns - 1)) / columns;
    const cellHeight = (height - gap * (rows - 1)) / rows;
    const tileWidth = Math.floor(Math.max(0, Math.min(cellWidth, cellHeight * aspect)));
    if (tileWidth > best.tileWidth) {
      best = { columns, tileWidth, tileHeight: Math.floor(tileWidth / aspect) };
    }
  }
  return best;
}
