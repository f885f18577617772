/** Makes the pictures of the documentation anew: `make pictures`. */
const base = require('./playwright.config.js');

module.exports = {
  ...base,
  testDir: './pictures',
  use: { ...base.use, viewport: { width: 1400, height: 860 } }
};
