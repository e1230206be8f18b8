// node-fetch for grammY and Telegraf: the simulated network. The function itself is put in place by globals.ts.
module.exports = (...input) => globalThis.simulatedNodeFetch(...input);
module.exports.default = module.exports;
