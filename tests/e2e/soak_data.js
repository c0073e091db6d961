// Volume through data channels: tests/e2e/run soak_data.js MINUTES. Four pages send to each other, small messages and large
// ones, now and then while packets get lost; everything that is reliable arrives once, whole and in order.
import { readFileSync } from 'node:fs';
import { BrowserClient } from './lib/bare/browser_client.js';
import { connectAll, others, sendReliably } from './lib/bare/expectations.js';
import { BareRoom } from './lib/bare/room.js';
import { launchBrowser } from './lib/browser.js';
import { canLosePackets, losePackets, stopLosingPackets } from './lib/loss.js';

const minutes = Number(process.argv[2] ?? 10);
const PLANS = [
  ['small', { count: 10_000, bytes: 100 }],
  ['medium', { count: 500, bytes: 3_000 }],
  ['large', { count: 4, bytes: 262_144 }],
];

const room = await BareRoom.open({ transportOptions: { enableSctp: true } });
const browser = await launchBrowser();
try {
  const clients = await Promise.all(['Ada', 'Ben', 'Cleo', 'Dan'].map((name) => BrowserClient.join(room, name, browser)));
  await connectAll(clients, { small: {}, medium: {}, large: {} });
  const deadline = Date.now() + minutes * 60_000;
  let bytes = 0;
  for (let round = 1; Date.now() < deadline; round += 1) {
    const started = Date.now();
    const lossy = canLosePackets && round % 5 === 0;
    lossy && losePackets(2);
    let sent = 0;
    for (const [label, plan] of PLANS) {
      for (const client of clients) {
        await sendReliably(client, label, plan, others(clients, client));
        sent += plan.count * plan.bytes;
      }
    }
    lossy && stopLosingPackets();
    bytes += sent;
    const memory = Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${room.worker.pid}/status`, 'utf8'))[1]) / 1024);
    const seconds = (Date.now() - started) / 1000;
    console.log(`round ${round}${lossy ? ' with loss' : ''}: ${seconds.toFixed(1)} s, ${Math.round(bytes / 1e6)} MB to three each; sluice uses ${memory} MiB`);
  }
} finally {
  await browser.close();
  await room.close();
}
