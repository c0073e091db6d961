/** Data of the application, carried by every object and never read by sluice. */
export type AppData = { [key: string]: unknown };

/** Throws TypeError unless the given `appData` option is absent or an object. */
export function checkAppData(appData: unknown): void {
  if (appData && typeof appData !== 'object') {
    throw new TypeError('if given, appData must be an object');
  }
}
