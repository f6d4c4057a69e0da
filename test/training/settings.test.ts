import { expect, test } from 'vitest';
import { adamw, sgd } from '../../src/training/optimizer';
import { checkSettings, identityOf, recordOf, settingNames } from '../../src/training/settings';

test('settings are filled in', () => {
  expect(checkSettings('fit', {})).toMatchObject({
    epochs: 100,
    batchSize: 64,
    learningRate: 1e-3,
    schedule: 'constant',
    stopping: 'joint',
    validation: 0,
    start: 'constant',
    mode: 'auto',
    memoryBudget: 2 ** 30,
  });
  expect(checkSettings('fit', { optimizer: sgd() }).learningRate).toBe(1e-2);
  expect(checkSettings('fit', { patience: 3 }).validation).toBe(0.15);
  expect(checkSettings('fit', { stopping: 'perTask' }).validation).toBe(0.15);
});

test.each<[object, string]>([
  [{ epochs: 1.5 }, 'fit: epochs must be an integer of at least 1, got 1.5'],
  [{ learningRate: 0 }, 'fit: learningRate must be a number above 0, got 0'],
  [{ validation: 1 }, 'fit: validation must be a number in [0, 1), got 1'],
  [{ schedule: 'cosin' }, `fit: schedule must be 'constant' or 'cosine', got "cosin" (did you mean "cosine"?)`],
  [{ patience: 2, validation: 0 }, 'fit: patience needs validation rows; set validation above 0, got 0'],
  [{ stopping: 'perTask', validation: 0 }, 'fit: stopping "perTask" needs validation rows; set validation above 0, got 0'],
  [{ optimizer: 'adam' }, 'fit: optimizer must be made by adam(), adamw() or sgd(), got "adam"'],
  [{ clipNorm: -1 }, 'fit: clipNorm must be a number above 0, got -1'],
  [{ onProgress: 1 }, 'fit: onProgress must be a function, got 1'],
  [{ signal: {} }, 'fit: signal must be an AbortSignal, got an object with keys (none)'],
])('refuses %j', (settings, message) => {
  expect(() => checkSettings('fit', settings)).toThrow(message);
});

// The names under which runs are kept are made of this text: another order or another name would have all of them trained anew.
test('the identity of a run names these settings in this order', () => {
  expect(JSON.stringify(identityOf(checkSettings('fit', {})))).toBe(
    '{"epochs":100,"batchSize":64,"learningRate":0.001,"schedule":"constant","patience":null,"clipNorm":null,"start":"constant","mode":"auto"}',
  );
  const all = checkSettings('fit', {
    patience: 3,
    stopping: 'perTask',
    clipNorm: 2,
    taskSampling: 'uniform',
    schedule: 'cosine',
    validation: 0.2,
  });
  expect(JSON.stringify(identityOf(all))).toBe(
    '{"epochs":100,"batchSize":64,"learningRate":0.001,"schedule":"cosine","patience":3,"stopping":"perTask","clipNorm":2,"taskSampling":{"shares":"uniform","batches":"mixed"},"start":"constant","mode":"auto"}',
  );
});

test('results say the settings that decide numbers, an optimizer by its name and options', () => {
  const record = recordOf(checkSettings('fit', { optimizer: adamw() }));
  expect(Object.keys(record)).toEqual(
    'epochs batchSize optimizer optimizerOptions learningRate schedule patience stopping validation clipNorm start'.split(' '),
  );
  expect(record).toMatchObject({ optimizer: 'adamw', patience: null, stopping: 'joint' });
  expect(settingNames).toContain('memoryBudget');
});
