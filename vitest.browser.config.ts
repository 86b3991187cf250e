// The journeys of people through the console, in a real browser: `npm run test:browser`.

import base from './vitest.config.js';

export default { ...base, test: { ...base.test, include: ['test/browser/**/*.browser.ts'], maxWorkers: 1 } };
