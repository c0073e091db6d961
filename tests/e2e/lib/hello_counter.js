// Counts DTLS hellos of clients that do not fit into one datagram. Only inside the network namespace of tests/e2e/run.
import { nft } from './network.js';

/** Offsets in bits from the UDP header: a handshake record (RFC 6347 §4.1) with a later part of a ClientHello (§4.2.2). */
const LATER_PART = '@th,64,8 22 @th,168,8 1 @th,216,24 > 0';

export function startCountingSplitHellos() {
  nft('add table inet sluice_hello');
  nft('add chain inet sluice_hello arriving { type filter hook input priority 0; }');
  nft(`add rule inet sluice_hello arriving meta l4proto udp ${LATER_PART} counter`);
}

export function splitHellos() {
  return Number(/counter packets (\d+)/.exec(nft('list table inet sluice_hello'))[1]);
}
