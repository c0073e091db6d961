// node dist/server/main.js: starts the room server and says where it is.
import { ConfigError, readConfig, USAGE } from './config.js';
import { startDemoServer } from './demo_server.js';

if (process.argv.includes('--help')) {
  process.stdout.write(USAGE);
  process.exit(0);
}

try {
  const server = await startDemoServer(readConfig(process.argv.slice(2), process.env));
  console.log(`sluice demo is ready: ${server.url}`);
  let stopping = false;
  const stop = () => {
    if (!stopping) {
      stopping = true;
      void server.close().then(() => process.exit(0));
    }
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
} catch (error) {
  const expected = error instanceof ConfigError;
  console.error(expected ? `demo: ${error.message}` : `demo: could not start: ${(error as Error).message}`);
  process.exit(expected ? 2 : 1);
}
