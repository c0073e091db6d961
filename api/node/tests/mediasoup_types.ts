/**
 * Holds the declarations of this package against mediasoup's own, when it is
 * compiled: a name or a type that deviates does not compile. There is nothing to
 * run. What sluice does not have is listed by name, so that the lists shrink
 * with every addition and nothing can be forgotten.
 */
import type * as mediasoup from 'mediasoup';
import type * as theirs from 'mediasoup/types';
import type * as theirErrors from 'mediasoup/errors';
import type * as theirExtras from 'mediasoup/extras';
import type * as theirOrtc from 'mediasoup/ortc';
import type * as sluice from 'sluice';
import type * as ours from 'sluice/types';
import type * as ourErrors from 'sluice/errors';
import type * as ourExtras from 'sluice/extras';
import type * as ourOrtc from 'sluice/ortc';
import type { Assert, Assignable, IsAny, Optional, Same } from './type_comparison.js';

/** What a module that is not an ES module has besides its names. */
type Interop = 'default' | 'module.exports';

/** Names of theirs that ours lacks. */
type Missing<Theirs, Ours> = Exclude<keyof Theirs, keyof Ours | Interop>;

type Emitter = theirExtras.EnhancedEventEmitter;

/** The members of a class that are its own, and not those of an event emitter. */
type Own<T> = Omit<T, keyof Emitter>;

/** The names of its events. */
type EventNames<T extends { on(name: never, listener: never): unknown }> = Parameters<T['on']>[0];

// The checks themselves work.
export type Checks = [
  Assert<Same<{ a: 1 } & { b?: 2 }, { a: 1; b?: 2 }>>,
  // @ts-expect-error -- A type that differs.
  Assert<Same<{ a: 1 }, { a: 2 }>>,
  // @ts-expect-error -- An optional field that should not be.
  Assert<Same<{ a: 1 }, { a?: 1 }>>,
  // @ts-expect-error -- A field too many.
  Assert<Same<{ a: 1; b: 2 }, { a: 1 }>>,
  // @ts-expect-error -- An argument that differs.
  Assert<Same<{ a(x: 1): void }, { a(x: 2): void }>>,
  // @ts-expect-error -- A result that differs.
  Assert<Same<() => Promise<1>, () => Promise<2>>>,
  // @ts-expect-error -- mediasoup's declarations were not found.
  Assert<Same<any, { a: 1 }>>,
  Assert<Same<IsAny<theirs.Router>, false>>,
  Assert<Same<IsAny<theirs.WebRtcTransportOptions>, false>>,
];

/** Statistics and dumps that mediasoup always has and sluice may leave out. */
type OptionalStats = 'probationBytesSent' | 'probationSendBitrate';

type OptionalDump =
  | 'maxSendMessageSize'
  | 'maxReceiveMessageSize';

// Plain data: the same in every field.
export type Data = [
  Assert<Same<ours.AppData, theirs.AppData>>,
  Assert<Same<ours.MediaKind, theirs.MediaKind>>,
  Assert<Same<ours.RtpCapabilities, theirs.RtpCapabilities>>,
  Assert<Same<ours.RouterRtpCapabilities, theirs.RouterRtpCapabilities>>,
  Assert<Same<ours.RtpCodecCapability, theirs.RtpCodecCapability>>,
  Assert<Same<ours.RouterRtpCodecCapability, theirs.RouterRtpCodecCapability>>,
  Assert<Same<ours.RtpHeaderExtension, theirs.RtpHeaderExtension>>,
  Assert<Same<ours.RtpHeaderExtensionDirection, theirs.RtpHeaderExtensionDirection>>,
  Assert<Same<ours.RtpHeaderExtensionUri, theirs.RtpHeaderExtensionUri>>,
  Assert<Same<ours.RtpHeaderExtensionParameters, theirs.RtpHeaderExtensionParameters>>,
  Assert<Same<ours.RtpParameters, theirs.RtpParameters>>,
  Assert<Same<ours.RtpCodecParameters, theirs.RtpCodecParameters>>,
  Assert<Same<ours.RtpEncodingParameters, theirs.RtpEncodingParameters>>,
  Assert<Same<ours.RtcpFeedback, theirs.RtcpFeedback>>,
  Assert<Same<ours.RtcpParameters, theirs.RtcpParameters>>,
  Assert<Same<ours.RtpStreamRecvStats, Optional<theirs.RtpStreamRecvStats, OptionalStats>>>,
  Assert<Same<ours.RtpStreamSendStats, Optional<theirs.RtpStreamSendStats, OptionalStats>>>,
  Assert<Same<ours.ScalabilityMode, theirs.ScalabilityMode>>,
  Assert<Same<ours.SctpParameters, theirs.SctpParameters>>,
  Assert<Same<ours.SctpState, theirs.SctpState>>,
  Assert<Same<ours.SctpNegotiatedCapabilities, theirs.SctpNegotiatedCapabilities>>,
  Assert<Same<ours.TransportListenInfo, theirs.TransportListenInfo>>,
  Assert<Same<ours.TransportListenIp, theirs.TransportListenIp>>,
  Assert<Same<ours.TransportPortRange, theirs.TransportPortRange>>,
  Assert<Same<ours.TransportSocketFlags, theirs.TransportSocketFlags>>,
  Assert<Same<ours.TransportProtocol, theirs.TransportProtocol>>,
  Assert<Same<ours.TransportTuple, theirs.TransportTuple>>,
  Assert<Same<ours.TransportType, theirs.TransportType>>,
  Assert<Same<ours.TransportTraceEventData, theirs.TransportTraceEventData>>,
  Assert<Same<ours.IceParameters, theirs.IceParameters>>,
  Assert<Same<ours.IceCandidate, theirs.IceCandidate>>,
  Assert<Same<ours.IceRole, theirs.IceRole>>,
  Assert<Same<ours.IceState, theirs.IceState>>,
  Assert<Same<ours.DtlsParameters, theirs.DtlsParameters>>,
  Assert<Same<ours.DtlsFingerprint, theirs.DtlsFingerprint>>,
  Assert<Same<ours.DtlsRole, theirs.DtlsRole>>,
  Assert<Same<ours.DtlsState, theirs.DtlsState>>,
  Assert<Same<ours.WebRtcTransportDump, Optional<theirs.WebRtcTransportDump, OptionalDump>>>,
  Assert<Same<ours.WebRtcTransportStat, Optional<theirs.WebRtcTransportStat, OptionalStats>>>,
  Assert<Same<ours.PlainTransportDump, Optional<theirs.PlainTransportDump, OptionalDump>>>,
  Assert<Same<ours.PlainTransportStat, Optional<theirs.PlainTransportStat, OptionalStats>>>,
  Assert<Same<ours.PipeTransportDump, Optional<theirs.PipeTransportDump, OptionalDump>>>,
  Assert<Same<ours.PipeTransportStat, Optional<theirs.PipeTransportStat, OptionalStats>>>,
  Assert<Same<ours.DirectTransportDump, Optional<theirs.DirectTransportDump, OptionalDump>>>,
  Assert<Same<ours.DirectTransportStat, Optional<theirs.DirectTransportStat, OptionalStats>>>,
  Assert<Same<ours.SrtpParameters, theirs.SrtpParameters>>,
  Assert<Same<ours.SrtpCryptoSuite, theirs.SrtpCryptoSuite>>,
  Assert<Same<ours.RouterDump, theirs.RouterDump>>,
  Assert<Same<ours.WebRtcServerDump, theirs.WebRtcServerDump>>,
  Assert<Same<ours.WebRtcServerListenInfo, theirs.WebRtcServerListenInfo>>,
  Assert<Same<ours.IpPort, theirs.IpPort>>,
  Assert<Same<ours.IceUserNameFragment, theirs.IceUserNameFragment>>,
  Assert<Same<ours.ProducerType, theirs.ProducerType>>,
  Assert<Same<ours.ProducerScore, theirs.ProducerScore>>,
  Assert<Same<ours.ProducerVideoOrientation, theirs.ProducerVideoOrientation>>,
  Assert<Same<ours.ProducerTraceEventData, theirs.ProducerTraceEventData>>,
  Assert<Same<ours.ProducerDump, theirs.ProducerDump>>,
  Assert<Same<ours.ProducerStat, Optional<theirs.ProducerStat, OptionalStats>>>,
  Assert<Same<ours.ConsumerType, theirs.ConsumerType>>,
  Assert<Same<ours.ConsumerScore, theirs.ConsumerScore>>,
  Assert<Same<ours.ConsumerLayers, theirs.ConsumerLayers>>,
  Assert<Same<ours.ConsumerTraceEventData, theirs.ConsumerTraceEventData>>,
  Assert<Same<ours.ConsumerDump, Optional<theirs.ConsumerDump, OptionalDump>>>,
  Assert<Same<ours.ConsumerStat, Optional<theirs.ConsumerStat, OptionalStats>>>,
  Assert<Same<ours.SctpStreamParameters, theirs.SctpStreamParameters>>,
  Assert<Same<ours.DataProducerType, theirs.DataProducerType>>,
  Assert<Same<ours.DataProducerDump, theirs.DataProducerDump>>,
  Assert<Same<ours.DataProducerStat, theirs.DataProducerStat>>,
  Assert<Same<ours.DataConsumerType, theirs.DataConsumerType>>,
  Assert<Same<ours.DataConsumerDump, theirs.DataConsumerDump>>,
  Assert<Same<ours.DataConsumerStat, theirs.DataConsumerStat>>,
  Assert<Same<ours.RtpObserverType, theirs.RtpObserverType>>,
  Assert<Same<ours.WorkerLogLevel, theirs.WorkerLogLevel>>,
  Assert<Same<ours.WorkerLogTag, theirs.WorkerLogTag>>,
  Assert<Same<ours.WorkerResourceUsage, theirs.WorkerResourceUsage>>,
  Assert<Same<ours.WorkerUpdateableSettings, theirs.WorkerUpdateableSettings>>,
  Assert<Same<Missing<theirs.WorkerDump, ours.WorkerDump>, 'channelMessageHandlers'>>,
  Assert<Assignable<ours.WorkerDump, Omit<theirs.WorkerDump, 'channelMessageHandlers'>>>,
];

type KeysOf<T> = T extends unknown ? keyof T : never;

// Options: whatever mediasoup takes is taken, but for what is listed.
export type Options = [
  Assert<Same<Omit<ours.WorkerSettings, 'workers' | 'limits'>, theirs.WorkerSettings>>,
  Assert<Same<ours.RouterOptions, theirs.RouterOptions>>,
  Assert<Same<ours.AudioLevelObserverOptions, theirs.AudioLevelObserverOptions>>,
  Assert<Same<ours.ActiveSpeakerObserverOptions, theirs.ActiveSpeakerObserverOptions>>,
  Assert<
    Same<
      ours.ProducerOptions,
      Omit<theirs.ProducerOptions, 'enableMediasoupPacketIdHeaderExtension'>
    >
  >,
  Assert<Same<ours.ConsumerOptions, theirs.ConsumerOptions>>,
  Assert<Same<ours.PipeConsumerOptions, theirs.PipeConsumerOptions>>,
  Assert<Same<ours.PipeTransportOptions, theirs.PipeTransportOptions>>,
  Assert<Same<ours.DirectTransportOptions, theirs.DirectTransportOptions>>,
  Assert<Same<ours.DataProducerOptions, theirs.DataProducerOptions>>,
  Assert<Same<ours.DataConsumerOptions, theirs.DataConsumerOptions>>,
  Assert<
    Same<KeysOf<theirs.WebRtcTransportOptions>, KeysOf<ours.WebRtcTransportOptions>>
  >,
  Assert<
    Assignable<
      Exclude<ours.WebRtcTransportOptions, { webRtcServer: ours.WebRtcServer }>,
      theirs.WebRtcTransportOptions
    >
  >,
  Assert<
    Assignable<
      Exclude<theirs.WebRtcTransportOptions, { webRtcServer: theirs.WebRtcServer }>,
      ours.WebRtcTransportOptions
    >
  >,
  Assert<Same<ours.PlainTransportOptions, theirs.PlainTransportOptions>>,
  Assert<Same<ours.WebRtcServerOptions, theirs.WebRtcServerOptions>>,
];

/** Events and members that mediasoup does not have. */
type Ours = 'captureend';
type OfCaptures = 'startCapture' | 'stopCapture';
/** Events whose arguments are objects of this package. */
type WithObjects =
  | '@newproducer'
  | '@producerclose'
  | '@newdataproducer'
  | '@dataproducerclose'
  | 'newproducer'
  | 'newconsumer'
  | 'newdataproducer'
  | 'newdataconsumer';
/** Of sluice alone: what subscribers want of a producer. */
type WantedEvent = 'wantedlayerschange';
type WithProducers =
  'volumes' | 'dominantspeaker' | 'addproducer' | 'removeproducer' | 'newrtpobserver';

type SameEvents<O, T> = Same<Omit<O, WithObjects | Ours>, Omit<T, WithObjects>>;

export type Events = [
  Assert<Same<ours.WorkerEvents, Omit<theirs.WorkerEvents, '@success' | '@failure'>>>,
  Assert<Same<Missing<theirs.WorkerObserverEvents, ours.WorkerObserverEvents>, never>>,
  Assert<Same<ours.WorkerObserverEvents['newwebrtcserver'], [ours.WebRtcServer]>>,
  Assert<Same<ours.WebRtcServerEvents, theirs.WebRtcServerEvents>>,
  Assert<Same<keyof ours.WebRtcServerObserverEvents, keyof theirs.WebRtcServerObserverEvents>>,
  Assert<
    Same<ours.WebRtcServerObserverEvents['webrtctransporthandled'], [ours.WebRtcTransport]>
  >,
  Assert<Same<EventNames<ours.WebRtcServer>, EventNames<theirs.WebRtcServer>>>,
  Assert<Same<ours.WorkerObserverEvents['newrouter'], [ours.Router]>>,
  Assert<Same<Omit<ours.RouterEvents, 'speakerschange'>, theirs.RouterEvents>>,
  Assert<Same<Missing<theirs.RouterObserverEvents, ours.RouterObserverEvents>, never>>,
  Assert<Same<ours.RouterObserverEvents['newrtpobserver'], [ours.RtpObserver]>>,
  Assert<
    Same<
      Omit<ours.AudioLevelObserverObserverEvents, WithProducers>,
      Omit<theirs.AudioLevelObserverObserverEvents, WithProducers>
    >
  >,
  Assert<
    Same<
      Omit<ours.ActiveSpeakerObserverObserverEvents, WithProducers>,
      Omit<theirs.ActiveSpeakerObserverObserverEvents, WithProducers>
    >
  >,
  Assert<Same<keyof ours.AudioLevelObserverVolume, keyof theirs.AudioLevelObserverVolume>>,
  Assert<Same<ours.RtpObserverObserverEvents['addproducer'], [ours.Producer]>>,
  Assert<Same<ours.RtpObserverObserverEvents['removeproducer'], [ours.Producer]>>,
  Assert<Same<EventNames<ours.AudioLevelObserver>, EventNames<theirs.AudioLevelObserver>>>,
  Assert<Same<EventNames<ours.ActiveSpeakerObserver>, EventNames<theirs.ActiveSpeakerObserver>>>,
  Assert<
    Same<
      EventNames<ours.AudioLevelObserver['observer']>,
      EventNames<theirs.AudioLevelObserver['observer']>
    >
  >,
  Assert<
    Same<
      EventNames<ours.ActiveSpeakerObserver['observer']>,
      EventNames<theirs.ActiveSpeakerObserver['observer']>
    >
  >,
  Assert<SameEvents<ours.WebRtcTransportEvents, theirs.WebRtcTransportEvents>>,
  Assert<SameEvents<ours.WebRtcTransportObserverEvents, theirs.WebRtcTransportObserverEvents>>,
  Assert<SameEvents<ours.PlainTransportEvents, theirs.PlainTransportEvents>>,
  Assert<SameEvents<ours.PlainTransportObserverEvents, theirs.PlainTransportObserverEvents>>,
  Assert<SameEvents<ours.DirectTransportEvents, theirs.DirectTransportEvents>>,
  Assert<SameEvents<ours.DirectTransportObserverEvents, theirs.DirectTransportObserverEvents>>,
  Assert<
    Same<Exclude<EventNames<ours.DirectTransport>, Ours>, EventNames<theirs.DirectTransport>>
  >,
  Assert<Same<ours.TransportEvents['@newproducer'], [ours.Producer]>>,
  Assert<Same<ours.TransportObserverEvents['newproducer'], [ours.Producer]>>,
  Assert<Same<ours.TransportObserverEvents['newconsumer'], [ours.Consumer]>>,
  Assert<Same<ours.TransportObserverEvents['newdataproducer'], [ours.DataProducer]>>,
  Assert<Same<ours.TransportObserverEvents['newdataconsumer'], [ours.DataConsumer]>>,
  Assert<Same<ours.DataProducerEvents, theirs.DataProducerEvents>>,
  Assert<Same<ours.DataProducerObserverEvents, theirs.DataProducerObserverEvents>>,
  Assert<Same<ours.DataConsumerEvents, theirs.DataConsumerEvents>>,
  Assert<Same<ours.DataConsumerObserverEvents, theirs.DataConsumerObserverEvents>>,
  Assert<Same<Omit<ours.ProducerEvents, WantedEvent>, theirs.ProducerEvents>>,
  Assert<Same<Omit<ours.ProducerObserverEvents, WantedEvent>, theirs.ProducerObserverEvents>>,
  Assert<Same<ours.ConsumerEvents, theirs.ConsumerEvents>>,
  Assert<Same<ours.ConsumerObserverEvents, theirs.ConsumerObserverEvents>>,
  Assert<Same<EventNames<ours.Producer>, EventNames<theirs.Producer> | WantedEvent>>,
  Assert<Same<EventNames<ours.Consumer>, EventNames<theirs.Consumer>>>,
  Assert<Same<Exclude<EventNames<ours.Router>, 'speakerschange'>, EventNames<theirs.Router>>>,
  Assert<
    Same<Exclude<EventNames<ours.WebRtcTransport>, Ours>, EventNames<theirs.WebRtcTransport>>
  >,
  Assert<Same<Exclude<EventNames<ours.PlainTransport>, Ours>, EventNames<theirs.PlainTransport>>>,
  Assert<
    Same<EventNames<ours.Worker>, Exclude<EventNames<theirs.Worker>, '@success' | '@failure'>>
  >,
  Assert<Same<EventNames<typeof sluice.observer>, EventNames<typeof mediasoup.observer>>>,
];

/**
 * Whether Ours has the members of Theirs, but for NotThere, and no others. Those
 * ByHand take or return objects of the packages themselves and are compared below.
 */
type SameMembers<Ours, Theirs, ByHand, NotThere = never> =
  Same<Missing<Own<Theirs>, Own<Ours>>, NotThere> extends true
    ? Same<
        Omit<Own<Ours>, ByHand & PropertyKey>,
        Omit<Own<Theirs>, (ByHand | NotThere) & PropertyKey>
      >
    : 'not the names that are said not to be there';

/** The objects of mediasoup that a type mentions, replaced by those of sluice. */
type Replaced<T> = Counterpart extends infer Pair
  ? Pair extends [infer Theirs, infer Ours]
    ? T extends Theirs
      ? Ours
      : never
    : never
  : never;

type Counterpart =
  | [theirs.Router, ours.Router]
  | [theirs.WebRtcServer, ours.WebRtcServer]
  | [theirs.WebRtcTransport, ours.WebRtcTransport]
  | [theirs.PlainTransport, ours.PlainTransport]
  | [theirs.PipeTransport, ours.PipeTransport]
  | [theirs.DirectTransport, ours.DirectTransport]
  | [theirs.Producer, ours.Producer]
  | [theirs.Consumer, ours.Consumer]
  | [theirs.AudioLevelObserver, ours.AudioLevelObserver]
  | [theirs.ActiveSpeakerObserver, ours.ActiveSpeakerObserver]
  | [theirs.DataProducer, ours.DataProducer]
  | [theirs.DataConsumer, ours.DataConsumer];

/** Whether a method that creates an object takes Options and returns the corresponding object. */
type SameCreate<
  Options,
  Ours extends (options: never) => Promise<unknown>,
  Theirs extends (options: never) => Promise<unknown>,
> =
  Same<Awaited<ReturnType<Ours>>, Replaced<Awaited<ReturnType<Theirs>>>> extends true
    ? Same<Parameters<Ours>, WithOptions<Parameters<Theirs>, Options>>
    : 'creates something else';

/** The arguments, which are options or optional options, with these options. */
type WithOptions<Arguments extends unknown[], Options> = Arguments extends [unknown]
  ? [options: Options]
  : [options?: Options];

/** What a call without arguments resolves with. */
type Result<Method extends () => Promise<unknown>> = Awaited<ReturnType<Method>>;

type MissingOfTransport =
  | 'setMaxOutgoingBitrate'
  | 'setMinOutgoingBitrate'
  | 'enableTraceEvent';

type MissingOfRouter = 'updateMediaCodecs';

export type Classes = [
  Assert<
    SameMembers<
      ours.Worker,
      theirs.Worker,
      'observer' | 'createRouter' | 'createWebRtcServer' | 'dump'
    >
  >,
  Assert<SameMembers<ours.WebRtcServer, theirs.WebRtcServer, 'observer' | 'handleWebRtcTransport'>>,
  Assert<Same<Parameters<ours.WebRtcServer['handleWebRtcTransport']>, [ours.WebRtcTransport]>>,
  Assert<
    SameCreate<
      ours.WebRtcServerOptions,
      ours.Worker['createWebRtcServer'],
      theirs.Worker['createWebRtcServer']
    >
  >,
  Assert<
    SameMembers<
      ours.Router,
      theirs.Router,
      | 'observer'
      | 'createWebRtcTransport'
      | 'createPlainTransport'
      | 'createPipeTransport'
      | 'createDirectTransport'
      | 'pipeToRouter'
      | 'createActiveSpeakerObserver'
      | 'createAudioLevelObserver',
      MissingOfRouter
    >
  >,
  Assert<SameMembers<ours.AudioLevelObserver, theirs.AudioLevelObserver, 'observer'>>,
  Assert<SameMembers<ours.ActiveSpeakerObserver, theirs.ActiveSpeakerObserver, 'observer'>>,
  Assert<
    SameCreate<
      ours.AudioLevelObserverOptions,
      ours.Router['createAudioLevelObserver'],
      theirs.Router['createAudioLevelObserver']
    >
  >,
  Assert<
    SameCreate<
      ours.ActiveSpeakerObserverOptions,
      ours.Router['createActiveSpeakerObserver'],
      theirs.Router['createActiveSpeakerObserver']
    >
  >,
  Assert<
    SameMembers<
      ours.Transport,
      theirs.Transport,
      OfCaptures | 'observer' | 'produce' | 'consume' | 'produceData' | 'consumeData',
      MissingOfTransport
    >
  >,
  Assert<
    SameMembers<
      ours.WebRtcTransport,
      theirs.WebRtcTransport,
      OfCaptures | 'observer' | 'produce' | 'consume' | 'produceData' | 'consumeData' | 'dump' | 'getStats',
      MissingOfTransport
    >
  >,
  Assert<
    SameMembers<
      ours.PlainTransport,
      theirs.PlainTransport,
      OfCaptures | 'observer' | 'produce' | 'consume' | 'dump' | 'getStats',
      MissingOfTransport
    >
  >,
  Assert<
    SameMembers<Omit<ours.Producer, 'wantedLayers'>, theirs.Producer, 'observer' | 'getStats'>
  >,
  Assert<
    SameMembers<
      Omit<ours.Consumer, 'setWantedLayers'>,
      theirs.Consumer,
      'observer' | 'dump' | 'getStats'
    >
  >,
  Assert<Same<Result<ours.Worker['dump']>, ours.WorkerDump>>,
  Assert<Same<Result<ours.WebRtcTransport['dump']>, ours.WebRtcTransportDump>>,
  Assert<Same<Result<ours.WebRtcTransport['getStats']>, ours.WebRtcTransportStat[]>>,
  Assert<
    SameMembers<
      ours.PipeTransport,
      theirs.PipeTransport,
      OfCaptures | 'observer' | 'produce' | 'consume' | 'produceData' | 'consumeData' | 'dump' | 'getStats',
      MissingOfTransport
    >
  >,
  Assert<
    SameCreate<
      ours.PipeTransportOptions,
      ours.Router['createPipeTransport'],
      theirs.Router['createPipeTransport']
    >
  >,
  Assert<
    SameCreate<
      ours.PipeConsumerOptions,
      ours.PipeTransport['consume'],
      theirs.PipeTransport['consume']
    >
  >,
  Assert<
    SameMembers<
      ours.DirectTransport,
      theirs.DirectTransport,
      OfCaptures | 'observer' | 'produce' | 'consume' | 'produceData' | 'consumeData' | 'dump' | 'getStats',
      MissingOfTransport
    >
  >,
  Assert<
    SameCreate<
      ours.DirectTransportOptions,
      ours.Router['createDirectTransport'],
      theirs.Router['createDirectTransport']
    >
  >,
  Assert<Same<Result<ours.DirectTransport['dump']>, ours.DirectTransportDump>>,
  Assert<Same<Result<ours.DirectTransport['getStats']>, ours.DirectTransportStat[]>>,
  Assert<Same<Result<ours.PlainTransport['dump']>, ours.PlainTransportDump>>,
  Assert<Same<Result<ours.PlainTransport['getStats']>, ours.PlainTransportStat[]>>,
  Assert<Same<Result<ours.Producer['getStats']>, ours.ProducerStat[]>>,
  Assert<Same<Result<ours.Consumer['dump']>, ours.ConsumerDump>>,
  Assert<Same<Result<ours.Consumer['getStats']>, (ours.ConsumerStat | ours.ProducerStat)[]>>,
  Assert<
    SameCreate<ours.RouterOptions, ours.Worker['createRouter'], theirs.Worker['createRouter']>
  >,
  Assert<
    SameCreate<
      ours.WebRtcTransportOptions,
      ours.Router['createWebRtcTransport'],
      theirs.Router['createWebRtcTransport']
    >
  >,
  Assert<
    SameCreate<
      ours.PlainTransportOptions,
      ours.Router['createPlainTransport'],
      theirs.Router['createPlainTransport']
    >
  >,
  Assert<SameCreate<ours.ProducerOptions, ours.Transport['produce'], theirs.Transport['produce']>>,
  Assert<SameCreate<ours.ConsumerOptions, ours.Transport['consume'], theirs.Transport['consume']>>,
  Assert<SameMembers<ours.DataProducer, theirs.DataProducer, 'observer'>>,
  Assert<SameMembers<ours.DataConsumer, theirs.DataConsumer, 'observer'>>,
  Assert<
    SameCreate<
      ours.DataProducerOptions,
      ours.Transport['produceData'],
      theirs.Transport['produceData']
    >
  >,
  Assert<
    SameCreate<
      ours.DataConsumerOptions,
      ours.Transport['consumeData'],
      theirs.Transport['consumeData']
    >
  >,
  // @ts-expect-error -- What is not there must be listed.
  Assert<SameMembers<ours.Router, theirs.Router, 'observer', never>>,
  // @ts-expect-error -- What is there must not be listed.
  Assert<SameMembers<ours.Router, theirs.Router, 'observer', MissingOfRouter | 'canConsume'>>,
];

/** A data object with an application's own appData, as in mediasoup. */
type MyData = { room: string };

export type AppDataArgument = [
  Assert<Same<ours.Worker<MyData>['appData'], MyData>>,
  Assert<Same<ours.WebRtcServer<MyData>['appData'], MyData>>,
  Assert<Same<ours.Router<MyData>['appData'], MyData>>,
  Assert<Same<ours.Transport<MyData>['appData'], MyData>>,
  Assert<Same<ours.WebRtcTransport<MyData>['appData'], MyData>>,
  Assert<Same<ours.PlainTransport<MyData>['appData'], MyData>>,
  Assert<Same<ours.PipeTransport<MyData>['appData'], MyData>>,
  Assert<Same<ours.DirectTransport<MyData>['appData'], MyData>>,
  Assert<Same<ours.Producer<MyData>['appData'], MyData>>,
  Assert<Same<ours.Consumer<MyData>['appData'], MyData>>,
  Assert<Same<ours.DataProducer<MyData>['appData'], MyData>>,
  Assert<Same<ours.DataConsumer<MyData>['appData'], MyData>>,
  Assert<Same<ours.AudioLevelObserver<MyData>['appData'], MyData>>,
  Assert<Same<ours.ActiveSpeakerObserver<MyData>['appData'], MyData>>,
];

type Errors = 'UnsupportedError' | 'WorkerClosedError' | 'NotFoundError';

type MissingOrtc =
  | 'validateAndNormalizeRtpCapabilities'
  | 'validateAndNormalizeRtpParameters'
  | 'validateAndNormalizeSctpStreamParameters'
  | 'generateRouterRtpCapabilities'
  | 'getProducerRtpParametersMapping'
  | 'getConsumableRtpParameters'
  | 'getConsumerRtpParameters'
  | 'getPipeConsumerRtpParameters'
  | 'serializeRtpMapping';

type FunctionName = 'setLogEventListeners' | 'getSupportedRtpCapabilities' | 'parseScalabilityMode';

// The modules.
export type Modules = [
  Assert<Same<Missing<typeof mediasoup, typeof sluice>, never>>,
  Assert<Same<Pick<typeof sluice, FunctionName>, Pick<typeof mediasoup, FunctionName>>>,
  Assert<Same<typeof sluice.version, typeof mediasoup.version>>,
  Assert<Same<typeof sluice.workerBin, typeof mediasoup.workerBin>>,
  Assert<Same<Awaited<ReturnType<typeof sluice.createWorker>>, ours.Worker>>,
  Assert<Same<Exclude<keyof typeof theirErrors, Interop>, Errors>>,
  Assert<Same<Missing<typeof theirErrors, typeof ourErrors>, never>>,
  Assert<
    Same<
      ConstructorParameters<(typeof ourErrors)[Errors]>,
      ConstructorParameters<(typeof theirErrors)[Errors]>
    >
  >,
  Assert<Same<Missing<typeof theirOrtc, typeof ourOrtc>, MissingOrtc>>,
  Assert<Same<typeof ourOrtc.canConsume, typeof theirOrtc.canConsume>>,
  Assert<Same<Missing<typeof theirExtras, typeof ourExtras>, never>>,
  Assert<
    Same<
      keyof ourExtras.EnhancedEventEmitter<{ a: [number] }>,
      keyof theirExtras.EnhancedEventEmitter<{ a: [number] }>
    >
  >,
  Assert<Same<Parameters<Mine['emit']>, Parameters<Theirs['emit']>>>,
  Assert<Same<Parameters<Mine['safeEmit']>, Parameters<Theirs['safeEmit']>>>,
  Assert<Same<Parameters<Mine['on']>, Parameters<Theirs['on']>>>,
  Assert<Same<Parameters<Mine['once']>, Parameters<Theirs['once']>>>,
];

type Mine = ourExtras.EnhancedEventEmitter<{ a: [number]; b: [] }>;
type Theirs = theirExtras.EnhancedEventEmitter<{ a: [number]; b: [] }>;
