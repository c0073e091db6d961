// Room names: what the address bar, the server and the page agree on.

const PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

export function isRoomName(text: string): boolean {
  return PATTERN.test(text);
}

/** What a person typed, made into a room name; empty if nothing usable is left. */
export function toRoomName(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replace(/^-+|-+$/g, '');
}

const MOODS = ['amber', 'bright', 'calm', 'clear', 'deep', 'early', 'gentle', 'green', 'quiet', 'silver', 'swift', 'warm'];
const PLACES = ['basin', 'bay', 'brook', 'canal', 'creek', 'delta', 'fjord', 'harbour', 'lagoon', 'lake', 'river', 'weir'];

/** A name that can be read out over the phone; `random` returns numbers in [0, 1). */
export function makeRoomName(random: () => number = Math.random): string {
  const pick = (words: string[]) => words[Math.floor(random() * words.length)]!;
  const number = 100 + Math.floor(random() * 900);
  return `${pick(MOODS)}-${pick(PLACES)}-${number}`;
}
