// Credentials for a TURN service, made for one peer and for a limited time: the shared-secret scheme that coturn calls
// use-auth-secret (draft-uberti-behave-turn-rest-00). The service needs no list of users, only the same secret.
import { createHmac } from 'node:crypto';
import type { IceServer } from '../shared/protocol.js';

export interface TurnService {
  /** Such as turn:turn.example:3478?transport=udp; a page tries all of them. */
  urls: string[];
  secret: string;
  /** A page needs them whenever it gathers candidates, and gets new ones each time. */
  ttlSeconds: number;
}

/** What a page passes to its RTCPeerConnection; empty without a service. `nowMs` is the time since 1970. */
export function iceServersFor(turn: TurnService | undefined, peerId: string, nowMs: number): IceServer[] {
  if (turn === undefined) {
    return [];
  }
  const expiry = Math.floor(nowMs / 1000) + turn.ttlSeconds;
  const username = `${expiry}:${peerId}`;
  return [{ urls: turn.urls, username, credential: createHmac('sha1', turn.secret).update(username).digest('base64') }];
}
