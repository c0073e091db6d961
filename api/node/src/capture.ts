/** What a capture holds and when it ends by itself. */
export type CaptureOptions = {
  /**
   * A new file in the worker's `captureDirectory`: letters, digits, '.', '_' and '-', no '.' first. One is
   * made up by default.
   */
  fileName?: string;
  /** Of the file. At most, and by default, `limits.captureBytes` of the worker. */
  maxBytes?: number;
  /** In ms. At most, and by default, `limits.captureSeconds` of the worker. */
  maxDuration?: number;
  /** Bytes kept of each RTP or RTCP packet. Default all. */
  snapLength?: number;
  /** What is received, what is sent, or both. Default 'both'. */
  direction?: 'both' | 'in' | 'out';
};

/**
 * Why a capture ended: it was stopped, its size or its time were at their limit, the file could not be
 * written (a full disk), or the transport was closed.
 */
export type CaptureEndReason = 'stopped' | 'size' | 'duration' | 'disk' | 'closed';

export type CaptureEnd = {
  fileName: string;
  reason: CaptureEndReason;
  /** Of the file. */
  bytes: number;
  packets: number;
  /** Those that are missing because the disk was too slow. */
  packetsDropped: number;
};
