import { defaultWorkerBin } from './worker_bin.js';

export { createWorker, observer } from './create_worker.js';
export { setLogEventListeners } from './logger.js';
export { parseScalabilityMode } from './scalability_mode.js';
export { getSupportedRtpCapabilities } from './supported_rtp_capabilities.js';
export { version } from './version.js';

export * as errors from './errors.js';
export * as extras from './extras.js';
export * as ortc from './ortc.js';
export type * as types from './types.js';

/** The binary that createWorker() starts unless its settings name another. */
export const workerBin: string = defaultWorkerBin();
