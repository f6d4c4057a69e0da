import { beforeAll, describe, expect, test } from 'vitest';
import { loadBackend } from '../../src/backend/backend';
import { graddrop, uncertainty, upgrad } from '../../src/balancing';
import { datasets } from '../../src/data/datasets';
import { type TaskData, taskData } from '../../src/data/task-data';
import { mlp } from '../../src/models/encoders/mlp';
import type { Method } from '../../src/models/method';
import { architectures } from '../../src/models/registry';
import { fit as fitModel } from '../../src/training/fit';
import { canWeighAtRepresentation } from '../../src/training/steps/chain';
import { solvedArchitectures } from './every-architecture';

/*
 * Every architecture learns a real data set (593 songs, six binary labels), in every way that the engine has to balance tasks: the plain sum,
 * weights from the losses, weights from the products of the gradients, the same at the representation, and a rule on the gradients
 * themselves. Op by op: 24 steps are not worth a graph, and that a graph gives the same is tested elsewhere.
 */

let data: TaskData;
beforeAll(async () => {
  await loadBackend();
  const { columns, options } = await datasets.emotions();
  data = taskData(columns, options);
});

const ways: Readonly<Record<string, (method: Method) => Method>> = {
  'the plain sum': (method) => method,
  uncertainty: (method) => method.with(uncertainty()),
  upgrad: (method) => method.with(upgrad()),
  'upgrad at the representation': (method) => method.with(upgrad(), { gradients: 'representation' }),
  graddrop: (method) => method.with(graddrop()),
};

const trunk = mlp([8, 8]);
/** Fewer folds and chains; a strength that is given saves the search for it. */
const quick: Readonly<Record<string, number>> = { lambda: 0.01, folds: 2, chains: 2 };

function methodOf(name: string): Method {
  const { info, fromOptions } = architectures[name as keyof typeof architectures];
  if (info.encoder !== undefined) return fromOptions({ [info.encoder]: trunk });
  return fromOptions(Object.fromEntries(Object.entries(quick).filter(([option]) => info.options.some((own) => own.name === option))));
}

/** Whether the network of all tasks (of one, where each has its own) has one representation below linear heads. */
function isChain({ architecture }: Method): boolean {
  const apart = architecture.separate || architecture.partition !== undefined;
  const tasks = apart ? data.tasks.slice(0, 1) : data.tasks;
  return canWeighAtRepresentation(architecture.build({ input: { shape: [72] }, tasks }));
}

test('what has one representation below linear heads', () => {
  for (const name of ['singleTask', 'hardSharing', 'grouped']) expect(isChain(methodOf(name)), name).toBe(true);
  for (const name of ['mmoe', 'crossStitch', 'softSharing']) expect(isChain(methodOf(name)), name).toBe(false);
});

/** Mean loss per epoch over all tasks, whose networks may be several. */
async function curve(method: Method): Promise<number[]> {
  const { history } = await fitModel(data, method, { epochs: 8, batchSize: 200, learningRate: 0.02, mode: 'eager' });
  const epochs = history.parts[0]!.trainLosses.length;
  return Array.from(
    { length: epochs },
    (_, e) => history.parts.reduce((sum, { trainLosses }) => sum + trainLosses[e]!.reduce((a, b) => a + b, 0), 0) / data.tasks.length,
  );
}

describe.each(Object.keys(architectures))('%s', (name) => {
  test.each(Object.keys(ways))('with %s', async (way) => {
    const run = async (): Promise<number[]> => curve(ways[way]!(methodOf(name)));
    if (solvedArchitectures.includes(name)) {
      if (way !== 'the plain sum') {
        const by = way.replace(/ .*/, '');
        await expect(run()).rejects.toThrow(
          `${name}.with: it is solved by an algorithm of its own, so there are no gradient steps for ${by} to balance`,
        );
        return;
      }
      // Its one epoch is the solution; weights of zero have a loss of ln 2 on average.
      const [loss] = await run();
      expect(loss).toBeGreaterThan(0);
      expect(loss).toBeLessThan(0.9 * Math.LN2);
      return;
    }
    if (way.endsWith('representation') && !isChain(methodOf(name))) {
      await expect(run()).rejects.toThrow(
        'gradients: "representation" needs one representation below linear heads, as hardSharing with an mlp has; use gradients: "parameters" here',
      );
      return;
    }
    const losses = await run();
    for (const loss of losses) expect(loss).toBeGreaterThan(0);
    // The first epoch is close to the start, the loss of the best constant: what is below it was learned from the inputs.
    expect(losses.at(-1)).toBeLessThan(0.97 * losses[0]!);
  });
});
