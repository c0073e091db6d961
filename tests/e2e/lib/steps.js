// Tests of one scene, in order: a failed step saves what it leaves behind, and those after it are skipped.
import { test } from 'node:test';

/** Nothing takes so long unless it hangs. */
const TIMEOUT_MS = 180_000;

/** `scene` is a function, because the scene opens in `before`. */
export function stepsOf(scene) {
  let failed = false;
  return (name, options, run = options) =>
    test(name, { timeout: TIMEOUT_MS, ...(run !== options && options) }, async (context) => {
      if (failed) {
        context.skip('an earlier step failed');
        return;
      }
      try {
        await run();
      } catch (error) {
        failed = true;
        await scene()?.save(name);
        throw error;
      }
    });
}
