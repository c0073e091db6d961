import type { AppData } from './app_data.js';
import { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import { Worker } from './worker.js';
import { defaultWorkerBin } from './worker_bin.js';
import { WorkerProcess } from './worker_process.js';
import { checkWorkerSettings, processFlags, type WorkerSettings } from './worker_settings.js';

export type ObserverEvents = { newworker: [Worker] };

export type Observer = EnhancedEventEmitter<ObserverEvents>;

/** Tells about every worker that is created. */
export const observer: Observer = new EnhancedEventEmitter<ObserverEvents>();

/**
 * Starts a sluice process. Rejects with TypeError if the settings are wrong, with
 * Error if the process does not start.
 */
export async function createWorker<WorkerAppData extends AppData = AppData>(
  settings: WorkerSettings<WorkerAppData> = {},
): Promise<Worker<WorkerAppData>> {
  checkWorkerSettings(settings);

  const bin = settings.workerBin ?? defaultWorkerBin();
  const process = new WorkerProcess(bin, processFlags(settings));

  await process.started();
  const worker = new Worker(process, settings);
  observer.safeEmit('newworker', worker);

  return worker;
}
