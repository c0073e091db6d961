// A room with one page that sends and one that receives, in one Chromium.
import { launchBrowser } from '../browser.js';
import { BrowserClient } from './browser_client.js';
import { BareRoom } from './room.js';

export class Pair {
  /** `flags` are Chromium's. */
  static async open(flags = []) {
    const pair = new Pair();
    try {
      pair.room = await BareRoom.open();
      pair.browser = await launchBrowser(flags);
      pair.publisher = await BrowserClient.join(pair.room, 'publisher', pair.browser);
      pair.subscriber = await BrowserClient.join(pair.room, 'subscriber', pair.browser);
      return pair;
    } catch (error) {
      await pair.close();
      throw error;
    }
  }

  async close() {
    await this.browser?.close();
    await this.room?.close();
  }
}
