/**
 * The namespaces that the DEBUG environment variable switches on, in the syntax
 * of the npm package debug: patterns separated by commas or spaces, `*` matches
 * anything, a leading `-` excludes. "sluice*" prints all, "*ERROR* *WARN*" the
 * errors and the warnings.
 */
export class DebugFilter {
  readonly #included: RegExp[] = [];
  readonly #excluded: RegExp[] = [];

  constructor(patterns: string) {
    for (const pattern of patterns.split(/[\s,]+/).filter(Boolean)) {
      const excluded = pattern.startsWith('-');
      const list = excluded ? this.#excluded : this.#included;
      list.push(toRegExp(excluded ? pattern.slice(1) : pattern));
    }
  }

  matches(namespace: string): boolean {
    const isMatch = (pattern: RegExp): boolean => pattern.test(namespace);

    return this.#included.some(isMatch) && !this.#excluded.some(isMatch);
  }
}

function toRegExp(pattern: string): RegExp {
  const parts = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));

  return new RegExp(`^${parts.join('.*')}$`);
}
