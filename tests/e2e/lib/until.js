// Waiting for what must become true.

/** Polls `check` until it answers something truthy; its last answer or error explains a failure. */
export async function until(what, check, { timeout = 30_000, interval = 100 } = {}) {
  const deadline = Date.now() + timeout;
  let last;
  while (Date.now() < deadline) {
    try {
      last = await check();
      if (last) {
        return last;
      }
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
  const detail = last instanceof Error ? last.message : JSON.stringify(last);
  throw new Error(`not within ${timeout / 1000} s: ${what} (last: ${detail})`);
}
