/** Multiplies matrices of ever new shapes and prints the megabytes taken after so many: of a process of its own, as tests share theirs. */
process.env.TF_CPP_MIN_LOG_LEVEL = '3';
process.env.TF_ENABLE_ONEDNN_OPTS = '1';
process.env.TF_NUM_INTRAOP_THREADS = '1';
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
const tf = require('@tensorflow/tfjs-node');

const taken = [process.memoryUsage().rss / 2 ** 20];
let done = 0;
for (const until of process.argv.slice(2).map(Number)) {
  // 61 x 47 pairs of sizes come before any again, the largest of them early.
  for (; done < until; done++) {
    tf.tidy(() => tf.matMul(tf.ones([2, 3 + (done % 61), 9]), tf.ones([2, 9, 5 + (done % 47)])).dataSync());
  }
  globalThis.gc();
  taken.push(process.memoryUsage().rss / 2 ** 20);
}
console.log(JSON.stringify(taken));
