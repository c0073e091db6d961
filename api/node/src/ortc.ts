import { h264Profile } from './h264_profile.js';
import { checkRtpCapabilities } from './rtp_capabilities_check.js';
import type { RtpCapabilities, RtpCodecParameters, RtpParameters } from './rtp_parameters.js';

/** What two descriptions of a codec are compared by. */
type Codec = Pick<RtpCodecParameters, 'mimeType' | 'clockRate' | 'channels' | 'parameters'>;

/**
 * Whether an endpoint with these capabilities can decode one of the codecs. The
 * sluice process decides the same way; this answers without asking it. Throws
 * TypeError if the capabilities are invalid.
 */
export function canConsume(consumableParams: RtpParameters, caps: RtpCapabilities): boolean {
  checkRtpCapabilities(caps);
  const capCodecs = caps.codecs ?? [];

  return consumableParams.codecs
    .filter(isMedia)
    .some(codec => capCodecs.some(capCodec => isSameCodec(codec, capCodec)));
}

/** What is decoded by itself: neither retransmission (RFC 4588) nor redundancy (RFC 2198). */
function isMedia({ mimeType }: Codec): boolean {
  return !/^((audio|video)\/rtx|audio\/red)$/i.test(mimeType);
}

function isSameCodec(a: Codec, b: Codec): boolean {
  const mimeType = a.mimeType.toLowerCase();

  return (
    mimeType === b.mimeType.toLowerCase() &&
    a.clockRate === b.clockRate &&
    (mimeType.startsWith('video/') || (a.channels ?? 1) === (b.channels ?? 1)) &&
    isSameFormat(mimeType, a, b)
  );
}

/** Compares the parameters without which the one cannot decode what the other encodes. */
function isSameFormat(mimeType: string, a: Codec, b: Codec): boolean {
  const isSame = (name: string): boolean => integer(a, name) === integer(b, name);
  const isSameOrZero = (name: string): boolean => {
    const value = integer(a, name, 0);

    return value !== undefined && value === integer(b, name, 0);
  };

  switch (mimeType) {
    case 'audio/multiopus':
      return isSame('num_streams') && isSame('coupled_streams');
    case 'video/h264':
      return isSameOrZero('packetization-mode') && isSameH264Profile(a, b);
    case 'video/h265':
      return isSameH265Profile(a, b);
    case 'video/vp9':
      return isSameOrZero('profile-id');
    case 'video/av1':
      return isSameOrZero('profile');
    default:
      return true;
  }
}

/** An integer parameter, also where it is spelled as a string; `otherwise` where it is not there. */
function integer({ parameters }: Codec, name: string, otherwise?: number): number | undefined {
  const value = parameters?.[name] ?? otherwise;
  const isDigits = typeof value === 'string' && /^-?\d+$/.test(value);

  return isDigits || Number.isInteger(value) ? Number(value) : undefined;
}

function isSameH264Profile(a: Codec, b: Codec): boolean {
  const profile = h264Profile(profileLevelId(a));

  return profile !== undefined && profile === h264Profile(profileLevelId(b));
}

/** RFC 7798 §7.1: Main profile, main tier and one stream, unless it says otherwise. */
function isSameH265Profile(a: Codec, b: Codec): boolean {
  const isSame = (name: string, otherwise: number): boolean => {
    const value = integer(a, name, otherwise);

    return value !== undefined && value === integer(b, name, otherwise);
  };

  return (
    isSame('profile-space', 0) &&
    isSame('profile-id', 1) &&
    isSame('tier-flag', 0) &&
    transmissionMode(a) !== undefined &&
    transmissionMode(a) === transmissionMode(b)
  );
}

function transmissionMode({ parameters }: Codec): string | undefined {
  const value = (parameters?.['tx-mode'] ?? 'SRST') as unknown;

  return typeof value === 'string' ? value.toLowerCase() : undefined;
}

/** SDP parsers make a number of a profile-level-id without letters. */
function profileLevelId({ parameters }: Codec): string | undefined {
  const value = parameters?.['profile-level-id'] as string | number | undefined;

  return value === undefined || value === '' ? undefined : String(value).padStart(6, '0');
}
