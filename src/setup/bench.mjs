/** `npm run bench`: sets up what is missing, then runs test/bench/run.mjs with the arguments given. */
import path from 'node:path';
import { main } from './options.mjs';
import { setUp } from './setup.mjs';
import { projectAt, run, stopChildrenOnSignal } from './steps.mjs';

await main(import.meta.url, async () => {
  stopChildrenOnSignal();
  const project = projectAt();
  await setUp(project, { notebooks: false });
  const script = path.join(project.root, 'test', 'bench', 'run.mjs');
  const { code } = await run(process.execPath, [script, ...process.argv.slice(2)], {
    cwd: project.root,
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
    echo: true,
  });
  return code === 0 ? 0 : 1;
});
