// Checks every message of a page before anything acts on it. Unknown fields are dropped; the insides of
// ORTC objects (rtpParameters, …) are left to sluice, which validates them itself.
import { z } from 'zod';
import { MAX_NAME_LENGTH, type Method, type Methods } from '../shared/protocol.js';
import { RequestError } from './request_error.js';

const id = z.string().min(1).max(64);
const nothing = z.object({}).transform((): Record<string, never> => ({}));
const kind = z.enum(['audio', 'video']);
// Passed through as it is: an object with at least these members.
const rtpCapabilities = z.looseObject({
  codecs: z.array(z.looseObject({ mimeType: z.string() })).max(100),
  headerExtensions: z.array(z.looseObject({ uri: z.string() })).max(100).optional(),
});
const rtpParameters = z.looseObject({
  codecs: z.array(z.looseObject({ mimeType: z.string() })).min(1).max(20),
});
const dtlsParameters = z.looseObject({
  role: z.enum(['auto', 'client', 'server']).optional(),
  fingerprints: z.array(z.looseObject({ algorithm: z.string(), value: z.string() })).min(1).max(10),
});

const sctpStreamParameters = z.object({
  streamId: z.number().int().min(0).max(65535),
  ordered: z.boolean().optional(),
  maxPacketLifeTime: z.number().int().min(0).max(65535).optional(),
  maxRetransmits: z.number().int().min(0).max(65535).optional(),
});

/** Someone's name as others will see it: no control characters, no runs of spaces. */
const personName = z
  .string()
  .max(400)
  .transform((text) => text.replace(/[\p{C}\s]+/gu, ' ').trim().slice(0, MAX_NAME_LENGTH))
  .refine((text) => text.length > 0, 'is empty');

const schemas = {
  hello: nothing,
  join: z.object({ name: personName, rtpCapabilities, resumeToken: z.string().max(64).optional() }),
  createTransport: z.object({ direction: z.enum(['send', 'receive']) }),
  connectTransport: z.object({ transportId: id, dtlsParameters }),
  restartIce: z.object({ transportId: id }),
  produce: z.object({
    transportId: id,
    kind,
    source: z.enum(['microphone', 'camera', 'screen']),
    paused: z.boolean(),
    rtpParameters,
  }),
  pauseProducer: z.object({ producerId: id }),
  resumeProducer: z.object({ producerId: id }),
  closeProducer: z.object({ producerId: id }),
  consume: z.object({ transportId: id, producerId: id }),
  produceData: z.object({ transportId: id, label: z.enum(['chat', 'files']), sctpStreamParameters }),
  consumeData: z.object({ transportId: id, dataProducerId: id }),
  resumeConsumer: z.object({ consumerId: id }),
  setPreferredLayer: z.object({ consumerId: id, spatialLayer: z.number().int().min(0).max(255) }),
  leave: nothing,
} satisfies Record<Method, z.ZodType>;

const envelope = z.object({
  id: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  method: z.string().max(64),
  params: z.unknown(),
});

export type Request = { [M in Method]: { id: number; method: M; params: Methods[M]['params'] } }[Method];

function isMethod(name: string): name is Method {
  return Object.hasOwn(schemas, name);
}

function describe(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'invalid' : `${['params', ...issue.path].join('.')}: ${issue.message}`;
}

/** The id to answer to and what was asked, or the error to answer with. A bad envelope throws. */
export function parseRequest(text: string): { id: number; request: Request | RequestError } {
  const { id: requestId, method, params } = parseEnvelope(text);
  if (!isMethod(method)) {
    return { id: requestId, request: new RequestError('bad_request', `there is no method "${method}"`) };
  }
  const checked = schemas[method].safeParse(params ?? {});
  if (!checked.success) {
    return { id: requestId, request: new RequestError('bad_request', describe(checked.error)) };
  }
  return { id: requestId, request: { id: requestId, method, params: checked.data } as unknown as Request };
}

function parseEnvelope(text: string): z.infer<typeof envelope> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new RequestError('bad_request', 'not JSON');
  }
  const checked = envelope.safeParse(json);
  if (!checked.success) {
    throw new RequestError('bad_request', 'not a request: {id, method, params}');
  }
  return checked.data;
}
