import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balancers, crmogm, famo, nashmtl, stch, type Weighting, weightings } from '../../src/balancing';
import type { Context, GramianBalancer, JacobianBalancer, Matrix, State, WeightsMethod } from '../../src/balancing/balancing';
import { gramianOf } from '../../src/balancing/solvers/linear-algebra';
import { random } from '../../src/random/random';
import { expectClose } from './matrices';

/*
 * A task without a label in a batch: whatever stands in its loss and its gradient, a step is that of the method on the other tasks alone,
 * and what the method remembers of the task stays.
 */

const TASKS = 4;
const PARAMETERS = 7;

interface Step {
  readonly losses: readonly number[];
  readonly jacobian: Matrix;
  readonly nextLosses: readonly number[];
}

function stepsOf(seed: number, count: number): Step[] {
  const draws = random(seed, 'absent tasks');
  const row = (): number[] => Array.from({ length: PARAMETERS }, () => draws.normal());
  const losses = (): number[] => Array.from({ length: TASKS }, () => 0.2 + draws.uniform());
  return Array.from({ length: count }, () => ({ losses: losses(), jacobian: Array.from({ length: TASKS }, row), nextLosses: losses() }));
}

const at = <T>(values: readonly T[], places: readonly number[]): T[] => places.map((t) => values[t]!);
/** What must not be read: no loss, and a gradient that would change everything. */
const spoiled = ({ losses, jacobian, nextLosses }: Step, present: readonly boolean[]): Step => ({
  losses: losses.map((loss, t) => (present[t] ? loss : Number.NaN)),
  nextLosses: nextLosses.map((loss, t) => (present[t] ? loss : Number.NaN)),
  jacobian: jacobian.map((row, t) => (present[t] ? row : row.map((g) => 1e3 * g))),
});

const fixed = weightings.fixed({ weights: [1, 2, 3, 4] });
const perTask = {
  stchLog: stch({ variant: 'log', warmup: 0, weights: [1, 2, 3, 4] }),
  famoBounded: famo({ minLosses: [0.1, 0.05, 0, 0.1] }),
};
const wrapped = {
  crmogmOfFamo: crmogm({ method: famo() }),
  crmogmOfStch: crmogm({ method: perTask.stchLog }),
  nashEvery: nashmtl({ every: 3 }),
};
const made = Object.entries({ ...balancers, ...weightings }).flatMap(([name, make]) => (name === 'fixed' ? [] : [[name, make()] as const]));
type Any = Weighting | GramianBalancer | JacobianBalancer;
const methods: (readonly [string, Any])[] = [...made, ['fixed', fixed], ...Object.entries(perTask), ...Object.entries(wrapped)];
const weighing = methods.flatMap(([name, method]) => (method.needs === 'jacobian' ? [] : [[name, method as WeightsMethod] as const]));
const rules = methods.flatMap(([name, method]) => (method.needs === 'jacobian' ? [[name, method] as const] : []));
/** Methods whose options have a number a task, with those of some tasks. */
const withOptionsAt: Record<string, (places: readonly number[]) => WeightsMethod> = {
  fixed: (places) => weightings.fixed({ weights: at([1, 2, 3, 4], places) }),
  stchLog: (places) => stch({ variant: 'log', warmup: 0, weights: at([1, 2, 3, 4], places) }),
  famoBounded: (places) => famo({ minLosses: at([0.1, 0.05, 0, 0.1], places) }),
  crmogmOfStch: (places) => crmogm({ method: stch({ variant: 'log', warmup: 0, weights: at([1, 2, 3, 4], places) }) }),
};

interface Session {
  readonly weights: (step: Step, index: number, present?: readonly boolean[]) => number[];
  readonly state: () => State;
}

/** A method over some tasks, step by step as the engine runs it. */
function sessionOf(method: WeightsMethod, tasks: number, places: readonly number[]): Session {
  let state = method.init(tasks, 5);
  const history = [
    [0.9, 0.8, 0.7, 0.6],
    [0.5, 0.6, 0.6, 0.4],
  ].map((row) => at(row, places));
  return {
    weights({ losses, jacobian, nextLosses }, index, present) {
      const input = { losses, gramian: gramianOf(jacobian), epoch: 2, step: index, epochLosses: history, ...(present ? { present } : {}) };
      const result = method.step(input, state);
      state = method.after ? method.after({ ...input, nextLosses }, result.state) : result.state;
      return result.weights;
    },
    state: () => state,
  };
}

const every = [0, 1, 2, 3];
const someTasks = fc.array(fc.boolean(), { minLength: TASKS, maxLength: TASKS });

describe.for(weighing)('%s', ([name, method]) => {
  const alone = (places: readonly number[]): WeightsMethod => withOptionsAt[name]?.(places) ?? method;

  it('without a task that never has a label is the method without the task', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.constantFrom(...every), (seed, missing) => {
        const places = every.filter((t) => t !== missing);
        const present = every.map((t) => t !== missing);
        const [whole, part] = [sessionOf(method, TASKS, every), sessionOf(alone(places), TASKS - 1, places)];
        for (const [i, step] of stepsOf(seed, 5).entries()) {
          const weights = whole.weights(spoiled(step, present), i, present);
          const own = part.weights(
            { losses: at(step.losses, places), jacobian: at(step.jacobian, places), nextLosses: at(step.nextLosses, places) },
            i,
          );
          expect(weights[missing]).toBe(0);
          expectClose(at(weights, places), own, 1e-9 * Math.max(1, ...own.map(Math.abs)));
        }
      }),
      { numRuns: 12 },
    );
  });

  it('reads nothing of absent tasks, in any pattern, and remembers what it knew of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.array(someTasks, { minLength: 1, maxLength: 8 }), (seed, patterns) => {
        const [clean, dirty] = [sessionOf(method, TASKS, every), sessionOf(method, TASKS, every)];
        for (const [i, step] of stepsOf(seed, patterns.length).entries()) {
          const present = patterns[i]!;
          const before = clean.state();
          const weights = clean.weights(step, i, present);
          expect(dirty.weights(spoiled(step, present), i, present)).toEqual(weights);
          expect(weights.every((weight, t) => Number.isFinite(weight) && (present[t] || weight === 0))).toBe(true);
          if (!present.includes(true)) expect(clean.state()).toEqual(before);
        }
        expect(dirty.state()).toEqual(clean.state());
      }),
      { numRuns: 12 },
    );
  });

  // Random methods draw by the number of steps, which are twice as many here.
  it.skipIf(['rlw'].includes(name))('for two pairs of tasks in turn is the method for each pair', () => {
    const pairs = [
      [0, 2],
      [1, 3],
    ];
    const whole = sessionOf(method, TASKS, every);
    const parts = pairs.map((places) => sessionOf(alone(places), 2, places));
    for (const [i, step] of stepsOf(3, 12).entries()) {
      const places = pairs[i % 2]!;
      const present = every.map((t) => places.includes(t));
      // A pair's own steps are counted for it alone; solving only now and then goes by all steps.
      if (name === 'nashEvery') break;
      const weights = whole.weights(spoiled(step, present), i, present);
      const own = parts[i % 2]!.weights(
        { losses: at(step.losses, places), jacobian: at(step.jacobian, places), nextLosses: at(step.nextLosses, places) },
        i,
      );
      expectClose(at(weights, places), own, 1e-9 * Math.max(1, ...own.map(Math.abs)));
    }
  });
});

describe.for(rules)('%s', ([name, method]) => {
  const context = ({ losses }: Step, present?: readonly boolean[]): Context => ({ losses, ...(present ? { present } : {}) });

  it('without a task that never has a label is the method without the task', () => {
    for (const missing of every) {
      const places = every.filter((t) => t !== missing);
      const present = every.map((t) => t !== missing);
      const [whole, part] = [method.start(TASKS), method.start(TASKS - 1)];
      for (const step of stepsOf(missing, 6)) {
        const bad = spoiled(step, present);
        const update = whole.combine(bad.jacobian, context(bad, present));
        expectClose(update, part.combine(at(step.jacobian, places), { losses: at(step.losses, places) }), 1e-9);
      }
    }
  });

  it('reads nothing of absent tasks, in any pattern', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.array(someTasks, { minLength: 1, maxLength: 8 }), (seed, patterns) => {
        const [clean, dirty] = [method.start(TASKS), method.start(TASKS)];
        for (const [i, step] of stepsOf(seed, patterns.length).entries()) {
          const present = patterns[i]!;
          const bad = spoiled(step, present);
          const update = clean.combine(step.jacobian, context(step, present));
          expect(dirty.combine(bad.jacobian, context(bad, present))).toEqual(update);
          expect(update.every(Number.isFinite)).toBe(true);
          if (!present.includes(true)) expect(Math.max(...update.map(Math.abs))).toBe(0);
        }
        expect(dirty.state()).toEqual(clean.state());
      }),
      { numRuns: 12 },
    );
  });

  it.skipIf(name === 'graddrop')('for two pairs of tasks in turn is the method for each pair', () => {
    const pairs = [
      [0, 2],
      [1, 3],
    ];
    const whole = method.start(TASKS);
    const parts = pairs.map(() => method.start(2));
    for (const [i, step] of stepsOf(4, 12).entries()) {
      const places = pairs[i % 2]!;
      const present = every.map((t) => places.includes(t));
      const bad = spoiled(step, present);
      const update = whole.combine(bad.jacobian, context(bad, present));
      expectClose(update, parts[i % 2]!.combine(at(step.jacobian, places), { losses: at(step.losses, places) }), 1e-9);
    }
  });
});

it('a scalarized value counts the present tasks', () => {
  const method = weightings.gls() as Weighting;
  expect(method.value([4, Number.NaN, 9], { present: [true, false, true] })).toBeCloseTo(6, 12);
  expect(method.weights([4, Number.NaN, 9], { present: [true, false, true] })).toEqual(
    [0, 1, 2].map((t) => (t === 1 ? 0 : expect.closeTo(t === 0 ? 6 / 8 : 6 / 18, 12))),
  );
  expect(() => method.weights([4, 5], { present: [true] })).toThrow(/present must be an array with true or false for each of the 2 tasks/);
});
