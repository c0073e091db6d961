import * as sluice from './sluice.js';

export * from './sluice.js';

/** Everything once more, for `import sluice from 'sluice'`. */
export default sluice;
