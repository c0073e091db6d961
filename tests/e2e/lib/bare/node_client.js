// A client in Node on one of the libraries: one connection to send on and one to receive on, as pages have.
import { Receipt, sendNumbered } from './traffic.js';

export class NodeClient {
  #channels = new Map();
  #receipts = new Map();
  #receiving = [];

  /**
   * `connect(room)` gives a connection of a library: {transportId, open({id, label, …}), close()}. What the library cannot do:
   * `apart`: each channel that is received has a connection to itself; not `sendsEmpty`: sendEmpty() sends nothing.
   */
  static async join(room, name, connect, { apart = false, sendsEmpty = true } = {}) {
    const client = new NodeClient();
    Object.assign(client, { room, name, connect, apart, sendsEmpty });
    [client.sending] = await Promise.all([connect(room), client.#connectToReceive()]);
    return client;
  }

  async #connectToReceive() {
    this.#receiving.push(await this.connect(this.room));
    return this.#receiving.at(-1);
  }

  async publish(label, { ordered = true, ...reliability } = {}) {
    const sctpStreamParameters = { streamId: this.#channels.size, ordered, ...reliability };
    const channel = this.sending.open({ label, ...sctpStreamParameters });
    await channel.opened;
    this.#channels.set(label, channel);
    const { id } = await this.room.produceData({ transportId: this.sending.transportId, label, sctpStreamParameters });
    return id;
  }

  async subscribe(dataProducerId, label, options = {}) {
    const first = this.#receipts.size === 0;
    const receiving = this.apart && !first ? await this.#connectToReceive() : this.#receiving[0];
    const transportId = receiving.transportId;
    const { id, sctpStreamParameters } = await this.room.consumeData({ transportId, dataProducerId, ...options });
    const receipt = new Receipt();
    const { streamId, ...reliability } = sctpStreamParameters;
    const channel = receiving.open({ label, streamId, ...reliability, onMessage: (data) => receipt.add(data) });
    this.#receipts.set(label, receipt);
    await channel.opened;
    return id;
  }

  send(label, plan) {
    return sendNumbered(this.#channels.get(label), plan);
  }

  sendEmpty(label) {
    if (!this.sendsEmpty) {
      return;
    }
    this.#channels.get(label).send('');
    this.#channels.get(label).send(new Uint8Array(0));
  }

  unpublish(label) {
    this.#channels.get(label).close();
  }

  transportIds() {
    return [this.sending, ...this.#receiving].map((connection) => connection.transportId);
  }

  receipt(label) {
    return this.#receipts.get(label).report();
  }

  async close() {
    await Promise.all([this.sending, ...this.#receiving].map((connection) => connection.close()));
  }
}
