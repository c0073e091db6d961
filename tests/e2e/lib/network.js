// An address besides loopback, inside the network namespace that tests/e2e/run makes: Firefox sends no media to 127.0.0.1.
import { execFileSync } from 'node:child_process';

export const hasOwnNetwork = process.env.SLUICE_E2E_NETNS === '1';

const ADDRESS = '10.77.0.1';

/** Returns an address of this machine that everything in the namespace reaches. */
export function addAddress() {
  ip('link add sluice0 type veth peer name sluice1');
  ip(`address add ${ADDRESS}/24 dev sluice0`);
  ip('link set sluice1 up');
  ip('link set sluice0 up');
  ip('route add default via 10.77.0.2');
  return ADDRESS;
}

/** Runs nft; returns what it prints. */
export function nft(command) {
  return run('nft', [command]);
}

function ip(command) {
  run('ip', command.split(' '));
}

function run(program, parameters) {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  return execFileSync(program, parameters, { encoding: 'utf8', env });
}
