/** A study in a process of its own, to be killed: prints a line per kept run. Arguments: directory. */
require('./typescript.cjs');
const { watch, mkdirSync } = require('node:fs');
const { join } = require('node:path');
const { compare } = require('../../../src/study/compare.ts');
const { studyOptions, tinyData } = require('./tiny-study.ts');

const directory = process.argv[2];
mkdirSync(join(directory, 'runs'), { recursive: true });
watch(join(directory, 'runs'), (_, name) => {
  if (name?.endsWith('.json')) process.stdout.write(`${name}\n`);
});
compare(tinyData(), { ...studyOptions(), directory }).then(() => process.exit(0));
