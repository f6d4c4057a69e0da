// Type-checked against the packed package by the notebook's own compiler: what a user writes must mean what it says there.
import * as tl from 'taskloom';

/** True only when T is `any`, which is what this compiler makes, without a word, of a declaration that it cannot read. */
type IsAny<T> = 0 extends 1 & T ? true : false;
type Readable<T> = IsAny<T> extends true ? never : T;

export async function study(): Promise<tl.Verdict[]> {
  const table = { size: [1, 2, 3, 4], warm: [0, 1, null, 1], price: [1.5, 2.5, 3.5, Number.NaN] };
  const data = tl.taskData(table, { tasks: { warm: tl.binary(), price: tl.regression() }, inputs: 'rest' });
  const trunk = tl.mlp([16, 8]);
  const options: tl.CompareOptions = { methods: { single: tl.singleTask(trunk), hard: tl.hardSharing(trunk) }, seeds: 2, epochs: 3 };
  const comparison: Readable<tl.Comparison> = await tl.compare(data, options);
  tl.show(comparison);
  tl.show(comparison.plot.gains());
  const model: Readable<tl.Model> = await tl.fit(data, tl.hardSharing(trunk));
  await model.save('runs/a');
  const weights: number[] = tl.balancers.pcgrad().combine([
    [1, 0],
    [-1, 1],
  ]);
  // @ts-expect-error The result is not any: a wrong use of it is an error.
  const wrong: string = weights[0];
  void wrong;
  return comparison.verdicts();
}

export async function reading(): Promise<string> {
  const columns = tl.readCsv('table.csv', { header: false, missing: ['?'] });
  const model: Readable<tl.Model> = await tl.load('runs/a');
  const predicted: Readable<tl.Frame> = model.predict(columns);
  const names: string[] = predicted.columns;
  return names.join();
}

export function answers(comparison: tl.Comparison): string {
  const gain: number = comparison.deltaM().hard!.total.value;
  const [low, high]: readonly [number, number] = comparison.verdicts()[0]!.ci;
  const word: 'positive' | 'negative' | 'none' | 'not enough evidence' = comparison.verdicts()[0]!.verdict;
  const again: Readable<tl.Comparison> = tl.fromJSON(JSON.parse(JSON.stringify(comparison)));
  const page: string = again.report({ title: 'A study' });
  return `${gain} ${low} ${high} ${word} ${page}`;
}

export function balancing(): Readable<tl.plots.Figure> {
  const toy: Readable<tl.TwoObjectives> = tl.balancing.toys.twoObjectives();
  const descent: Readable<tl.Descent> = toy.descend(tl.nashmtl(), toy.starts[0]!, { steps: 10 });
  const { cosines } = tl.balancing.gradientDiagnostics([
    [1, -1],
    [-1, 2],
  ]);
  const conflict: number = cosines[0]![1]!;
  const architectures: string[] = Object.values(tl.architectures).map(({ info }) => info.name);
  return tl.plots.trajectories(
    { paths: [{ name: architectures[0]!, points: descent.path }], front: toy.paretoSet },
    { title: String(conflict) },
  );
}
