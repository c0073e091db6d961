// Making elements.

type Attributes = Record<string, string | boolean | undefined>;
type Child = Node | string;

/** `false` and `undefined` leave an attribute out, `true` sets it empty. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? '' : value);
    }
  }
  made.append(...children);
  return made;
}

export function onClick<T extends HTMLElement>(target: T, action: () => unknown): T {
  target.addEventListener('click', () => void action());
  return target;
}

/** Sets text only if it differs, so that screen readers and layout are left in peace. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}
