/** Saves two models by turns into one folder until it is killed, a line per save. Arguments: folder. */
require('../study/support/typescript.cjs');
const { hardSharing } = require('../../src/models/sharing/hard-sharing.ts');
const { mlp } = require('../../src/models/encoders/mlp.ts');
const { fit: train } = require('../../src/training/fit.ts');
const { tinyData } = require('../study/support/tiny-study.ts');

(async () => {
  const models = [];
  for (const size of [3, 40]) models.push(await train(tinyData(), hardSharing(mlp([size])), { epochs: 1 }));
  for (let i = 0; ; i++) {
    await models[i % 2].save(process.argv[2]);
    process.stdout.write(`${i}\n`);
  }
})();
