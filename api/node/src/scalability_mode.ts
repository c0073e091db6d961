/** The layers that a scalabilityMode ("L3T3_KEY") stands for. */
export type ScalabilityMode = {
  spatialLayers: number;
  temporalLayers: number;
  ksvc: boolean;
};

const pattern = /^[LS]([1-9]\d?)T([1-9]\d?)(_KEY)?/;

/** A mode that is absent or not understood is one spatial and one temporal layer. */
export function parseScalabilityMode(scalabilityMode?: string): ScalabilityMode {
  const match = pattern.exec(scalabilityMode ?? '');

  return {
    spatialLayers: Number(match?.[1] ?? 1),
    temporalLayers: Number(match?.[2] ?? 1),
    ksvc: match?.[3] !== undefined,
  };
}
