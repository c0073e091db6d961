/**
 * Whether something is valid as RtpCapabilities: the rules by which the sluice
 * process reads them. Absent and null are the same; unknown fields do not matter.
 */
export function checkRtpCapabilities(caps: unknown): void {
  const { codecs, headerExtensions } = objectOf(caps, 'rtpCapabilities');

  eachOf(codecs, 256, 'codecs', checkCodec);
  eachOf(headerExtensions, 256, 'headerExtensions', checkHeaderExtension);
}

type Fields = Record<string, unknown>;

function checkCodec(codec: Fields): void {
  const { mimeType, parameters, channels, preferredPayloadType, rtcpFeedback } = codec;
  const isAudio = /^audio\//i.test(String(mimeType));

  check(isText(mimeType, 1, 128) && /^(audio|video)\/[^]/i.test(mimeType), 'mimeType');
  check(isInteger(codec['clockRate'], 1, 0xffffffff), 'clockRate');
  check(!isAudio || channels == null || isInteger(channels, 1, 255), 'channels');
  check(preferredPayloadType == null || isInteger(preferredPayloadType, 0, 127), 'payload type');
  checkParameters(objectOf(parameters ?? {}, 'parameters'));
  eachOf(rtcpFeedback, 64, 'rtcpFeedback', checkFeedback);
}

function checkParameters(parameters: Fields): void {
  for (const [name, value] of Object.entries(parameters)) {
    check(typeof value === 'string' || typeof value === 'number', `parameter ${name}`);
  }

  check(parameters['apt'] === undefined || isInteger(parameters['apt'], 0, 127), 'parameter apt');
}

function checkFeedback({ type, parameter }: Fields): void {
  check(isText(type, 1, 64), 'type of rtcpFeedback');
  check(parameter == null || isText(parameter, 0, 64), 'parameter of rtcpFeedback');
}

const directions: unknown[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

function checkHeaderExtension(extension: Fields): void {
  const { kind, uri, preferredId, preferredEncrypt, direction } = extension;

  check(kind === 'audio' || kind === 'video', 'kind of a header extension');
  check(isText(uri, 1, 256), 'uri of a header extension');
  check(isInteger(preferredId, 1, 255), `preferredId of ${uri}`);
  check(preferredEncrypt == null || typeof preferredEncrypt === 'boolean', 'preferredEncrypt');
  check(direction == null || directions.includes(direction), `direction of ${uri}`);
}

function objectOf(value: unknown, name: string): Fields {
  check(typeof value === 'object' && value !== null && !Array.isArray(value), name);

  return value as Fields;
}

function eachOf(
  values: unknown,
  limit: number,
  name: string,
  checkOne: (value: Fields) => void,
): void {
  const list = values ?? [];

  check(Array.isArray(list) && list.length <= limit, name);
  (list as unknown[]).forEach(value => checkOne(objectOf(value, `entry of ${name}`)));
}

function isText(value: unknown, min: number, max: number): value is string {
  if (typeof value !== 'string') return false;

  const length = Buffer.byteLength(value);

  return length >= min && length <= max;
}

function isInteger(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function check(isValid: boolean, what: string): void {
  if (!isValid) throw new TypeError(`invalid RTP capabilities: ${what}`);
}
