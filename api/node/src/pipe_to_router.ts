import type { Consumer } from './consumer.js';
import type { DataConsumer } from './data_consumer.js';
import type { DataProducer } from './data_producer.js';
import { NotFoundError } from './errors.js';
import type { PipeTransport } from './pipe_transport.js';
import type { PipeTransportOptions } from './pipe_transport_types.js';
import type { Producer } from './producer.js';
import type { PipeToRouterResult, PipeTransportPair } from './router_types.js';

/** What a router needs to be to be one end of a pipe. */
export type PipeEnd = {
  readonly id: string;
  createPipeTransport(options: PipeTransportOptions): Promise<PipeTransport>;
};

/** A pipe between two routers: both of its transports, or neither. Closing one closes the other. */
export async function openPipe(
  near: PipeEnd,
  far: PipeEnd,
  options: PipeTransportOptions,
): Promise<PipeTransportPair> {
  const created = await Promise.allSettled([
    near.createPipeTransport(options),
    far.createPipeTransport(options),
  ]);
  const transports = created.flatMap(result =>
    result.status === 'fulfilled' ? [result.value] : [],
  );

  try {
    const failure = created.find(result => result.status === 'rejected');
    if (failure) throw failure.reason;

    const [nearEnd, farEnd] = transports as [PipeTransport, PipeTransport];

    await Promise.all([connectTo(nearEnd, farEnd), connectTo(farEnd, nearEnd)]);
    closeTogether(nearEnd, farEnd);

    // One of them may have closed while the other was connected.
    if (nearEnd.closed || farEnd.closed) throw new NotFoundError('a pipe transport closed');

    return { [near.id]: nearEnd, [far.id]: farEnd };
  } catch (error) {
    transports.forEach(transport => transport.close());
    throw error;
  }
}

/** Closing one end of a pipe closes the other. */
export function closeTogether(near: PipeTransport, far: PipeTransport): void {
  near.observer.on('close', () => far.close());
  far.observer.on('close', () => near.close());
}

async function connectTo(transport: PipeTransport, other: PipeTransport): Promise<void> {
  await transport.connect({
    ip: other.tuple.localAddress,
    port: other.tuple.localPort,
    srtpParameters: other.srtpParameters,
  });
}

/** Sends a producer through an open pipe; from then on closing and pausing go through it too. */
export async function pipeProducer(
  producer: Producer,
  near: PipeTransport,
  far: PipeTransport,
  id: string | undefined,
): Promise<PipeToRouterResult> {
  let pipeConsumer: Consumer | undefined;
  let piped: Producer | undefined;

  try {
    pipeConsumer = await near.consume({ producerId: producer.id });
    piped = await far.produce({
      id,
      kind: pipeConsumer.kind,
      rtpParameters: pipeConsumer.rtpParameters,
      paused: pipeConsumer.producerPaused,
      appData: producer.appData,
    });

    if (producer.closed) throw new NotFoundError('the producer closed meanwhile');

    if (piped.paused !== producer.paused) {
      await (producer.paused ? piped.pause() : piped.resume());
    }

    follow(pipeConsumer, piped);

    return { pipeConsumer, pipeProducer: piped };
  } catch (error) {
    pipeConsumer?.close();
    piped?.close();
    throw error;
  }
}

/** The same for a data producer. */
export async function pipeDataProducer(
  producer: DataProducer,
  near: PipeTransport,
  far: PipeTransport,
  id: string | undefined,
): Promise<PipeToRouterResult> {
  let pipeDataConsumer: DataConsumer | undefined;
  let pipeDataProducer: DataProducer | undefined;

  try {
    const consumer = await near.consumeData({ dataProducerId: producer.id });
    pipeDataConsumer = consumer;
    const piped = await far.produceData({
      id,
      sctpStreamParameters: consumer.sctpStreamParameters,
      label: consumer.label,
      protocol: consumer.protocol,
      appData: producer.appData,
    });
    pipeDataProducer = piped;

    if (producer.closed) throw new NotFoundError('the data producer closed meanwhile');

    consumer.observer.on('close', () => piped.close());
    piped.observer.on('close', () => consumer.close());

    return { pipeDataConsumer, pipeDataProducer };
  } catch (error) {
    pipeDataConsumer?.close();
    pipeDataProducer?.close();
    throw error;
  }
}

function follow(pipeConsumer: Consumer, piped: Producer): void {
  // Its process may be gone before it could be paused, and then nobody cares.
  const ignore = (): void => {};

  pipeConsumer.observer.on('close', () => piped.close());
  // What nobody wants there is not sent through the pipe, and not wanted here.
  piped.observer.on('wantedlayerschange', wanted => {
    void pipeConsumer.setWantedLayers(wanted).catch(ignore);
  });
  pipeConsumer.observer.on('pause', () => void piped.pause().catch(ignore));
  pipeConsumer.observer.on('resume', () => void piped.resume().catch(ignore));
  piped.observer.on('close', () => pipeConsumer.close());
}
