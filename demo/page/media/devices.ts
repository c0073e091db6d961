// Cameras and microphones: which there are, and opening one.

export interface DeviceChoice {
  id: string;
  label: string;
}

export interface Quality {
  label: string;
  width: number;
  height: number;
  frameRate: number;
  bitrate: number;
}

export const QUALITIES = {
  low: { label: 'Low, 360p', width: 640, height: 360, frameRate: 15, bitrate: 500_000 },
  standard: { label: 'Standard, 540p', width: 960, height: 540, frameRate: 30, bitrate: 1_200_000 },
  high: { label: 'High, 720p', width: 1280, height: 720, frameRate: 30, bitrate: 2_000_000 },
} satisfies Record<string, Quality>;

export type QualityName = keyof typeof QUALITIES;

export function isQualityName(name: string | null): name is QualityName {
  return name !== null && Object.hasOwn(QUALITIES, name);
}

/** Browsers offer cameras and microphones only to pages from localhost or over HTTPS. */
export function devicesAllowed(): boolean {
  return navigator.mediaDevices !== undefined;
}

export async function listDevices(kind: 'audioinput' | 'videoinput'): Promise<DeviceChoice[]> {
  if (!devicesAllowed()) {
    return [];
  }
  const found = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === kind);
  const noun = kind === 'audioinput' ? 'Microphone' : 'Camera';
  return found
    .filter(({ deviceId }) => deviceId !== '')
    .map(({ deviceId, label }, index) => ({ id: deviceId, label: label || `${noun} ${index + 1}` }));
}

export async function openCamera(deviceId: string | undefined, quality: QualityName): Promise<MediaStreamTrack> {
  const { width, height, frameRate } = QUALITIES[quality];
  return open({
    video: {
      width: { ideal: width },
      height: { ideal: height },
      frameRate: { ideal: frameRate, max: frameRate },
      ...(deviceId !== undefined && { deviceId: { ideal: deviceId } }),
    },
  });
}

export async function openMicrophone(deviceId: string | undefined): Promise<MediaStreamTrack> {
  return open({
    audio: {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      ...(deviceId !== undefined && { deviceId: { ideal: deviceId } }),
    },
  });
}

export async function openScreen(): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false });
  const track = firstTrack(stream);
  track.contentHint = 'detail';
  return track;
}

/** What went wrong with a device, for a person to read. */
export function describeDeviceError(error: unknown, what: 'camera' | 'microphone' | 'screen'): string {
  switch (error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
      return `The browser was not allowed to use the ${what}.`;
    case 'NotFoundError':
      return `There is no ${what}.`;
    case 'NotReadableError':
      return `The ${what} is used by another program.`;
    default:
      return devicesAllowed() ? `The ${what} does not start.` : `This page needs HTTPS (or localhost) to use a ${what}.`;
  }
}

async function open(constraints: MediaStreamConstraints): Promise<MediaStreamTrack> {
  return firstTrack(await navigator.mediaDevices.getUserMedia(constraints));
}

function firstTrack(stream: MediaStream): MediaStreamTrack {
  const track = stream.getTracks()[0];
  if (track === undefined) {
    throw new DOMException('no track', 'NotFoundError');
  }
  return track;
}
