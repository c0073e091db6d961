// Messages of the application through sluice and back, by the SDK: how many a second at most, and how long
// requests take to be answered while 10,000 a second pass.
//
//   SLUICE_BIN=build/release/api/sluice node bench/api/direct_rate.mjs [size in bytes]
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { createWorker } from '../../api/node/dist/index.js';

const size = Number(process.argv[2] ?? 1000);
const worker = await createWorker();
const mediaCodecs = [{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48000, channels: 2 }];
const router = await worker.createRouter({ mediaCodecs });
const transport = await router.createDirectTransport();
const producer = await transport.produceData();
const consumer = await transport.consumeData({ dataProducerId: producer.id });
const message = Buffer.alloc(size, 0x5a);
let received = 0;

consumer.on('message', payload => {
  if (payload.readUInt32BE(0) !== received) throw new Error(`lost message ${received}`);
  ++received;
});

let sent = 0;
function send() {
  message.writeUInt32BE(sent++);
  producer.send(message);
}

async function allReceived() {
  while (received < sent) await nextTurn();
}

function percentile(values, share) {
  return values.sort((a, b) => a - b)[Math.floor((values.length - 1) * share)].toFixed(1);
}

async function measureMost(count) {
  const begin = performance.now();

  while (sent < count) {
    for (let i = 0; i < 100; ++i) send();
    while (sent - received > 2000) await nextTurn();
  }
  await allReceived();
  const seconds = (performance.now() - begin) / 1000;
  console.log(`at most ${Math.round(count / seconds)} messages of ${size} bytes a second`);
}

/** 10,000 a second, in portions; beside them a room is made and closed all the time. */
async function measureRequests(seconds) {
  const latencies = [];
  const before = (await worker.getResourceUsage()).ru_utime;
  const [begin, first] = [performance.now(), sent];
  const end = begin + seconds * 1000;
  const ask = async () => {
    while (performance.now() < end) {
      const asked = performance.now();
      const other = await worker.createRouter({ mediaCodecs });
      await transport.dump();
      latencies.push((performance.now() - asked) / 2);
      other.close();
      await sleep(5);
    }
  };
  const asking = ask();

  while (performance.now() < end) {
    while (sent - first < (performance.now() - begin) * 10) send();
    await sleep(1);
  }
  await asking;
  await allReceived();
  const usage = await worker.getResourceUsage();
  const share = (usage.ru_utime - before) / (seconds * 10);
  console.log(
    `at ${Math.round((sent - first) / seconds)} a second: ${latencies.length} pairs of requests, ` +
      `answered in ${percentile(latencies, 0.5)} ms (median), ${percentile(latencies, 0.99)} ms (99 %), ` +
      `${percentile(latencies, 1)} ms (longest); the process used ${share.toFixed(0)} % of a core (user)`,
  );
}

await measureMost(100_000);
await measureRequests(10);
worker.close();
