// Turns the encodings of one video off and on, as the others in the room need them. Changes are made one at a time,
// the latest wins.

export class EncodingSwitch {
  #wanted: boolean[] | undefined;
  #busy = false;

  constructor(private readonly sender: RTCRtpSender | undefined) {}

  /** By encoding. */
  set(wanted: boolean[]): void {
    this.#wanted = wanted;
    if (!this.#busy) {
      void this.#apply();
    }
  }

  async #apply(): Promise<void> {
    this.#busy = true;
    for (let wanted = this.#take(); wanted !== undefined; wanted = this.#take()) {
      await this.#change(wanted).catch((error) => console.warn('could not turn encodings off or on:', error));
    }
    this.#busy = false;
  }

  #take(): boolean[] | undefined {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    return wanted;
  }

  async #change(wanted: boolean[]): Promise<void> {
    const parameters = this.sender?.getParameters();
    if (parameters === undefined || parameters.encodings.every(({ active }, index) => active === (wanted[index] ?? false))) {
      return;
    }
    parameters.encodings.forEach((encoding, index) => (encoding.active = wanted[index] ?? false));
    await this.sender?.setParameters(parameters);
  }
}
