// The whole server: HTTP, signalling and the sluice process behind them.
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { CLOSE_MEDIA_LOST } from '../shared/protocol.js';
import { ConfigError, type Config } from './config.js';
import { Rooms, type RoomsOptions } from './rooms.js';
import { SignallingServer } from './signalling_server.js';
import { createWebApp } from './web_app.js';

export interface DemoServer {
  /** Where a browser on this machine finds it. */
  readonly url: string;
  readonly rooms: Rooms;
  close(): Promise<void>;
}

export async function startDemoServer(
  config: Config,
  options: Pick<RoomsOptions, 'graceMs'> = {},
): Promise<DemoServer> {
  const http = createServer(config, createWebApp());
  const rooms = new Rooms({
    config,
    ...options,
    onMediaLost: (error) => {
      console.error(`demo: the sluice process died (${error.message}); rooms start again with a new one`);
      signalling.disconnectAll(CLOSE_MEDIA_LOST, 'media process lost');
    },
  });
  const signalling = new SignallingServer(http, rooms, config);
  try {
    await listen(http, config);
    await rooms.worker();
  } catch (error) {
    signalling.close();
    http.close();
    throw error;
  }
  const { port } = http.address() as AddressInfo;
  return {
    url: `${config.tlsCert === undefined ? 'http' : 'https'}://localhost:${port}`,
    rooms,
    close: async () => {
      signalling.close();
      await rooms.close();
      await new Promise<void>((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      });
    },
  };
}

function createServer(config: Config, app: Express): Server {
  const { tlsCert, tlsKey } = config;
  if (tlsCert === undefined || tlsKey === undefined) {
    return createHttpServer(app);
  }
  try {
    return createHttpsServer({ cert: readFileSync(tlsCert), key: readFileSync(tlsKey) }, app);
  } catch (error) {
    throw new ConfigError(`the TLS certificate or key cannot be used: ${(error as Error).message}`);
  }
}

function listen(http: Server, { port, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      const taken = `port ${port} is taken: stop the program that uses it, or choose another with PORT=${port + 1}`;
      reject(error.code === 'EADDRINUSE' ? new ConfigError(taken) : error);
    });
    http.listen({ port, ...(host !== undefined && { host }) }, resolve);
  });
}
