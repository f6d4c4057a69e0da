import { expect, test } from 'vitest';
import { mlp } from '../../src/models/encoders/mlp';
import { architectures, methodFromJSON, methodToJSON } from '../../src/models/registry';
import type { Task } from '../../src/tasks/task';

const tasks: Task[] = ['a', 'b'].map((name) => ({ name, kind: 'binary', column: name, classes: ['0', '1'], outputs: 1 }));
const trunk = mlp([6, 4], { activation: 'tanh', dropout: 0.1 });

test.each(Object.keys(architectures))('%s is rebuilt from its JSON with the same parameters', (name) => {
  const { info, fromOptions } = architectures[name as keyof typeof architectures];
  const method = fromOptions(info.encoder === undefined ? {} : { [info.encoder]: trunk });
  const rebuilt = methodFromJSON(JSON.parse(JSON.stringify(methodToJSON(method))));
  const of = (m: typeof method) => m.architecture.build({ input: { shape: [3] }, tasks }).parameters.map((p) => [p.name, p.shape, p.role]);
  expect(of(rebuilt)).toEqual(of(method));
  expect(methodToJSON(rebuilt)).toEqual(methodToJSON(method));
});

test('methodFromJSON refuses what it does not know', () => {
  expect(() => methodFromJSON({ architecture: 'mine', options: {} })).toThrow(/architecture "mine"/);
  expect(() => methodFromJSON({ architecture: 'hardSharing', options: { trunk: { encoder: 'mine', options: {} } } })).toThrow(
    /encoder "mine"/,
  );
});
