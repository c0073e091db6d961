// What this browser remembers between calls. Works (without memory) where storage is forbidden.
type Preference = 'name' | 'quality' | 'camera' | 'microphone';

export function recall(preference: Preference): string | null {
  try {
    return localStorage.getItem(`sluice.${preference}`);
  } catch {
    return null;
  }
}

export function remember(preference: Preference, value: string): void {
  try {
    localStorage.setItem(`sluice.${preference}`, value);
  } catch {
    // Private windows may forbid it.
  }
}
