// In which sizes a camera is sent, and which of them a tile needs.
import type { RtpEncodingParameters } from 'mediasoup-client/types';

/** Heights of the layers of a camera, lowest first, as far as it has them: each is twice the one before. */
const HEIGHTS = [180, 360, 720];
/** A picture may be stretched so much before the next layer is asked for. */
const STRETCH = 1.25;
/** Those codecs carry their layers inside one stream. */
const SCALABLE = ['vp9', 'av1'];

/** A camera of this many lines in up to three sizes; each lower one is allowed a third of the bitrate. */
export function cameraEncodings(height: number, maxBitrate: number, codec: string | undefined): RtpEncodingParameters[] {
  const layers = Math.min(HEIGHTS.length, 1 + Math.max(0, Math.round(Math.log2(height / HEIGHTS[0]!))));
  if (codec !== undefined && SCALABLE.includes(codec.toLowerCase())) {
    return [{ maxBitrate, scalabilityMode: layers > 1 ? `L${layers}T3_KEY` : 'L1T3' }];
  }
  return Array.from({ length: layers }, (_, layer) => ({
    scaleResolutionDownBy: 2 ** (layers - 1 - layer),
    maxBitrate: Math.round(maxBitrate / 3 ** (layers - 1 - layer)),
    ...(layers > 1 && { scalabilityMode: 'L1T3' }),
  }));
}

/** How many layers there are to choose from, by the mode of what is received. */
export function layersOf(scalabilityMode: string | undefined): number {
  return Number(/^[LS](\d)/.exec(scalabilityMode ?? '')?.[1] ?? 1);
}

/** The lowest layer that looks good at this many lines on the screen. */
export function layerFor(layers: number, lines: number): number {
  const enough = HEIGHTS.findIndex((height) => height * STRETCH >= lines);
  return Math.min(enough === -1 ? HEIGHTS.length : enough, layers - 1);
}
