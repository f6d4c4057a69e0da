import { expect, test } from 'vitest';
import { allAlone, allTogether, checkPlan, parsePlan, sharingPlan } from '../../src/grouping/sharing-plan';

test('sharingPlan: short and full form, round trip through JSON', () => {
  const plan = sharingPlan([['a', 'b'], { serve: ['c'], train: ['c', 'a'], name: 'helped' }, { serve: ['d'] }]);
  expect(plan.groups).toEqual([
    { serve: ['a', 'b'], train: ['a', 'b'] },
    { serve: ['c'], train: ['c', 'a'], name: 'helped' },
    { serve: ['d'], train: ['d'] },
  ]);
  expect(parsePlan(JSON.stringify(plan))).toEqual(plan);
  expect(checkPlan(plan, ['d', 'c', 'b', 'a'])).toEqual(plan);
});

test('allTogether and allAlone', () => {
  expect(allTogether(['a', 'b'])).toEqual(sharingPlan([['a', 'b']]));
  expect(allAlone(['a', 'b'])).toEqual(sharingPlan([['a'], ['b']]));
});

test('checkPlan names the unknown task and the nearest one, and unserved tasks', () => {
  expect(() => checkPlan(sharingPlan([['happy', 'sadd']]), ['happy', 'sad'])).toThrow(
    'sharing plan: groups[0] names unknown task \'sadd\' (did you mean "sad"?); tasks: happy, sad.',
  );
  expect(() => checkPlan(sharingPlan([{ serve: ['happy'], train: ['happy', 'zzzzzz'] }]), ['happy'])).toThrow(
    /unknown task 'zzzzzz'; tasks/,
  );
  expect(() => checkPlan(sharingPlan([['happy']]), ['happy', 'sad', 'calm'])).toThrow(
    "no group serves 'sad', 'calm'; add a group such as ['sad']",
  );
  expect(() => checkPlan({} as never, ['a'])).toThrow(TypeError);
});

test('sharingPlan refuses malformed groups', () => {
  expect(() => sharingPlan('ab' as never)).toThrow(TypeError);
  expect(() => sharingPlan([['a', 3 as never]])).toThrow(/groups\[0\] must be an array of task names/);
  expect(() => sharingPlan([{ serve: ['a'], trian: ['b'] } as never])).toThrow(TypeError);
  expect(() => sharingPlan([['a'], []])).toThrow('groups[1] serves no task');
  expect(() => sharingPlan([['a', 'a']])).toThrow("names task 'a' twice");
  expect(() => sharingPlan([{ serve: ['a'], train: ['b'], name: 'g' }])).toThrow("groups[0] ('g') serves task 'a' without training it");
  expect(() => sharingPlan([['a'], ['b', 'a']])).toThrow("task 'a' is served by groups[0] and groups[1]");
  expect(() => parsePlan('{"group":[]}')).toThrow(TypeError);
  expect(() => parsePlan('{')).toThrow(SyntaxError);
});
