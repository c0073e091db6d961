// A client in Node on one of the libraries: one connection to send on and one to receive on, as pages have.
import { Receipt, sendNumbered } from './traffic.js';

export class NodeClient {
  #channels = new Map();
  #receipts = new Map();

  /** `connect(room)` gives a connection of a library: {transportId, open({id, label, …}), close()}. */
  static async join(room, name, connect) {
    const client = new NodeClient();
    client.room = room;
    client.name = name;
    [client.sending, client.receiving] = await Promise.all([connect(room), connect(room)]);
    return client;
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
    const transportId = this.receiving.transportId;
    const { id, sctpStreamParameters } = await this.room.consumeData({ transportId, dataProducerId, ...options });
    const receipt = new Receipt();
    const { streamId, ...reliability } = sctpStreamParameters;
    const channel = this.receiving.open({ label, streamId, ...reliability, onMessage: (data) => receipt.add(data) });
    this.#receipts.set(label, receipt);
    await channel.opened;
    return id;
  }

  send(label, plan) {
    return sendNumbered(this.#channels.get(label), plan);
  }

  sendEmpty(label) {
    this.#channels.get(label).send('');
    this.#channels.get(label).send(new Uint8Array(0));
  }

  unpublish(label) {
    this.#channels.get(label).close();
  }

  transportIds() {
    return [this.sending.transportId, this.receiving.transportId];
  }

  receipt(label) {
    return this.#receipts.get(label).report();
  }

  async close() {
    await Promise.all([this.sending.close(), this.receiving.close()]);
  }
}
