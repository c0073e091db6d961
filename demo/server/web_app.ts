// The HTTP side: the page, its script and style, and a health check.
import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import { isRoomName, toRoomName } from '../shared/room_name.js';

const ASSETS = fileURLToPath(new URL('../assets/', import.meta.url));

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; media-src 'self' blob:; " +
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'Permissions-Policy': 'camera=(self), microphone=(self), display-capture=(self)',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

export function createWebApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use((_request, response, next) => {
    response.set(HEADERS);
    next();
  });
  app.get('/healthz', (_request, response) => {
    response.json({ ok: true });
  });
  app.use('/assets', express.static(ASSETS, { index: false }));
  app.get('/', (request, response) => {
    const room = toRoomName(String(request.query['room'] ?? ''));
    if (room !== '') {
      response.redirect(302, `/${room}`);
      return;
    }
    response.sendFile('index.html', { root: ASSETS });
  });
  app.get('/:room', (request, response, next) => {
    const { room } = request.params;
    if (room.includes('.')) {
      // favicon.ico, robots.txt, … are no rooms.
      next();
      return;
    }
    if (isRoomName(room)) {
      response.sendFile('index.html', { root: ASSETS });
      return;
    }
    response.redirect(302, `/${toRoomName(room)}`);
  });
  app.use((_request, response) => {
    response.status(404).type('text').send('There is nothing here.');
  });
  return app;
}
