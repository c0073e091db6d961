// Icons, drawn on a 24 by 24 grid with strokes in the text's colour.

const PATHS = {
  microphone: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3Z M5.5 11a6.5 6.5 0 0 0 13 0 M12 17.5V21',
  microphoneOff: 'M9 9v2a3 3 0 0 0 4.6 2.5 M15 10.5V6a3 3 0 0 0-5.7-1.3 M5.5 11a6.5 6.5 0 0 0 9.8 5.6 M18.2 13.2a6.5 6.5 0 0 0 .3-2.2 M12 17.5V21 M4 4l16 16',
  camera: 'M4.5 6.5h9a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2Z M15.5 10.5l6-3v9l-6-3',
  cameraOff: 'M9.5 6.5h4a2 2 0 0 1 2 2v4 M15.5 15.5a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2h.5 M15.5 10.5l6-3v9l-4-2 M4 4l16 16',
  screen: 'M4 4.5h16a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 15V6A1.5 1.5 0 0 1 4 4.5Z M12 13.5v-6 M9.5 10l2.5-2.5 2.5 2.5 M8.5 20h7',
  statistics: 'M4 20V10 M10 20V4 M16 20v-8 M21 20H3',
  leave: 'M3.4 15.4c-.9-.9-1.2-2-.8-3C4.3 9.7 8 8.5 12 8.5s7.7 1.2 9.4 3.9c.4 1 .1 2.1-.8 3l-1 .6c-.5.3-1 .2-1.4-.1l-2.2-1.7c-.4-.3-.5-.7-.4-1.2l.2-1.2a12 12 0 0 0-7.6 0l.2 1.2c.1.5 0 .9-.4 1.2l-2.2 1.7c-.4.3-.9.4-1.4.1Z',
  link: 'M10 14a4.5 4.5 0 0 0 6.4 0l3-3a4.5 4.5 0 0 0-6.4-6.4l-1 1 M14 10a4.5 4.5 0 0 0-6.4 0l-3 3a4.5 4.5 0 0 0 6.4 6.4l1-1',
  restart: 'M20 5v5h-5 M4 19v-5h5 M19.3 10A8 8 0 0 0 5.6 7.3L4 9 M4.7 14a8 8 0 0 0 13.7 2.7L20 15',
  chat: 'M4.5 4.5h15a2 2 0 0 1 2 2v8.5a2 2 0 0 1-2 2H11l-4.5 3.7V17h-2a2 2 0 0 1-2-2V6.5a2 2 0 0 1 2-2Z M7.5 9h9 M7.5 12.5h6',
  send: 'M4 12 3.5 4.5 21 12 3.5 19.5 4 12Z M4 12h8',
  attach: 'M19.5 11.5l-7.8 7.8a4.6 4.6 0 0 1-6.5-6.5l8.3-8.3a3.1 3.1 0 0 1 4.4 4.4l-8.2 8.2a1.55 1.55 0 0 1-2.2-2.2l7.3-7.3',
  close: 'M6 6l12 12 M18 6 6 18',
  file: 'M6.5 3h7.5l4.5 4.5V20a1.2 1.2 0 0 1-1.2 1.2H6.5A1.2 1.2 0 0 1 5.3 20V4.2A1.2 1.2 0 0 1 6.5 3Z M14 3v4.5h4.5',
  people: 'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z M2.5 19.5c.5-3.5 3-5.5 6.5-5.5s6 2 6.5 5.5 M15.5 4.8a3.5 3.5 0 0 1 0 6.4 M18 14.6c2 .8 3.2 2.5 3.5 4.9',
} as const;

export type IconName = keyof typeof PATHS;

const SVG = 'http://www.w3.org/2000/svg';

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/** The mark of sluice: a gate half lifted over running water. */
export function logo(): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 32 32');
  svg.setAttribute('class', 'logo');
  svg.setAttribute('aria-hidden', 'true');
  const shapes: [string, string][] = [
    ['logo-gate', 'M5 3v18 M27 3v18 M10 4h12v11H10Z M10 9.5h12'],
    ['logo-water', 'M3 22c3.25-3 6.5-3 9.75 0s6.5 3 9.75 0 4.5-2.5 6.5-1 M3 28c3.25-3 6.5-3 9.75 0s6.5 3 9.75 0 4.5-2.5 6.5-1'],
  ];
  for (const [name, d] of shapes) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('class', name);
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}
