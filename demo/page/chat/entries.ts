// What a conversation consists of, as the views draw it.

interface Common {
  readonly id: number;
  /** Whose it is; a name as it was then. */
  readonly author: string;
  readonly local: boolean;
  readonly time: Date;
}

export interface TextEntry extends Common {
  readonly kind: 'text';
  readonly text: string;
}

export type FileState = 'moving' | 'done' | 'cancelled' | 'failed';

export interface FileEntry extends Common {
  readonly kind: 'file';
  readonly name: string;
  readonly size: number;
  state: FileState;
  /** 0 to 1: how much has arrived here or, of an own file, at the slowest receiver. */
  progress: number;
  /** Of an own file: how many have it, of how many who were in the room. */
  delivered: number;
  readonly receivers: number;
  /** Where a received file can be saved from; gone again when too many came after it. */
  url?: string;
}

export type Entry = TextEntry | FileEntry;

export function formatSize(bytes: number): string {
  if (bytes < 1000) {
    return `${bytes} bytes`;
  }
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
