// The sluice process, and the ports that the media of all rooms goes through.
import { createWorker, type types } from 'sluice';
import type { Config } from './config.js';
import { listenInfos } from './listen_infos.js';

export type MediaConfig = Pick<Config, 'workers' | 'logLevel' | 'listenIp' | 'announcedAddress' | 'rtcPort' | 'portRange'>;

export interface Media {
  worker: types.Worker;
  webRtcServer: types.WebRtcServer;
}

/** Rejects with a readable error if the process does not start or a port is taken; nothing is left then. */
export async function startMedia(config: MediaConfig): Promise<Media> {
  const { workers, logLevel } = config;
  const worker = await createWorker({ logLevel, ...(workers !== undefined && { workers }) });
  try {
    return { worker, webRtcServer: await worker.createWebRtcServer({ listenInfos: listenInfos(config) }) };
  } catch (error) {
    worker.close();
    throw error;
  }
}
