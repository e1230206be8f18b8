// npm run simulate: histories of a whole shop, each from one seed. See docs/simulation.md.
import './install.ts';
import { applyPlant } from './plants/apply-plant.ts';
import { getPlant } from './plants/catalogue.ts';
import { readOptions, usage } from './run/options.ts';

const words = process.argv.slice(2);
const isWorker = words[0] === '--worker';
const options = readOptions(isWorker ? words.slice(1) : words);
if (options === undefined) {
  console.error(usage);
  process.exit(64);
}
// What follows loads the product, which a planted fault changes on its way.
if (options.plant !== undefined) await applyPlant(getPlant(options.plant));
const { replay, runFarm, serveFarm } = await import('./run/commands.ts');
const say = (text: string): void => console.log(text);
if (isWorker) serveFarm(options);
else process.exit(await (options.isReplay ? replay(options, say) : runFarm(options, words, say)));
