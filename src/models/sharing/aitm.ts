import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { relu } from '../../backend/ops';
import { choiceOption, numberOption } from '../../options/spec';
import { type ArchitectureFactory, defineArchitecture } from '../define-architecture';
import { encoderOption, optionalEncoderOption } from '../encoder-option';
import { ownCopies, ownedBy, spread, spreadContext, unfold } from '../network/copies';
import { dense } from '../network/dense';
import { encode, entries, featuresOf, meanRow, sizeOf } from '../network/features';
import { heads } from '../network/heads';
import { glorotUniform } from '../network/initial';
import type { Encoder, ForwardContext, Parameter, Values } from '../network/network';
import { checkOrderedTasks } from './ordered-tasks';
import { stemOf } from './stem';

/** Options of {@link aitm}. */
export interface AitmOptions {
  /** Value, key and query maps: `own` of each transfer, or one set `shared` by all (of two tasks there is one transfer). @default 'own' */
  readonly attention?: 'own' | 'shared';
  /** The encoder that each task has. */
  readonly tower: Encoder;
  /** Lower layers that all towers read; null: none. @default null */
  readonly stem?: Encoder | null;
  /** Factor of the calibrator. @default 0.6 */
  readonly calibrator?: number;
}

/**
 * Adaptive information transfer: for steps of which each follows the one before (impression, click, application, approval). Task t
 * attends to its own tower and to what the task before passes on, z_t = sum_u w_u V(u) over u in {own tower, info}, w = softmax of K(u) .
 * Q(u) / sqrt(width), info = relu(z_{t-1} P + b) (Xi, Chen, Yan, Zhang, Zhu, Zhuang, Chen 2021, 2105.08489).
 *
 * Added to the loss: the calibrator, `calibrator` times the mean over rows of sum_t max(p_{t+1} - p_t, 0): a later step is never more
 * probable than the one it needs.
 *
 * Tasks are binary, in the order of the steps. Parameters: `stem/...`, `tower/<task>/...`, per task after the first
 * `transfer/<task>/pass/...`, `transfer/<task>/value`, `key`, `query` `[width, width]`, the heads. What later tasks' losses reach counts
 * as shared.
 *
 * Published code disagrees on the maps: the authors' holds one set for all transfers, torch-rechub one per transfer, which is the more general
 * form and the default here; `attention: 'shared'` is the authors', with the parameters `transfer/value`, `key`, `query`. The calibrator's
 * factor is that of the authors' code for two tasks; their code for more has .3, torch-rechub no calibrator.
 *
 * Diagnosis: `transfer`, the mean weight that each task gives to what it is passed (0 for the first), `[stack, tasks]`.
 */
export const aitm: ArchitectureFactory<[options: AitmOptions]> = defineArchitecture({
  name: 'aitm',
  title: 'Adaptive information transfer multi-task framework',
  paper: {
    authors: 'Xi, Chen, Yan, Zhang, Zhu, Zhuang, Chen',
    year: 2021,
    title:
      'Modeling the Sequential Dependence among Audience Multi-step Conversions with Multi-task Learning in Targeted Display Advertising',
    arxiv: '2105.08489',
  },
  encoder: 'tower',
  options: {
    tower: encoderOption('the encoder that each task has'),
    stem: optionalEncoderOption('lower layers that all towers read'),
    attention: choiceOption('own', ['own', 'shared'], 'value, key and query maps of each transfer, or one set for all'),
    calibrator: numberOption(0.6, 'factor of the calibrator', { min: 0 }),
  },
  read: (options: AitmOptions) => options,
  build({ input, tasks }, { tower, stem, attention, calibrator }) {
    checkOrderedTasks('aitm', tasks);
    const T = tasks.length;
    const owner = (task: number): number | 'shared' => (task === T - 1 ? task : 'shared');
    const bottom = stemOf(stem, input);
    const towers = ownCopies(
      (scope) => tower.build(bottom.output, scope),
      tasks.map(({ name }) => `tower/${name}`),
      owner,
    );
    const { shape, sequence } = featuresOf(towers.layers);
    if (sequence) throw new TypeError('aitm: the tower must put out one vector a row, not one per position');
    const width = sizeOf(shape);
    const square = [width, width];
    const mapsOf = (scope: string, of: number | 'shared'): Parameter[] =>
      ['value', 'key', 'query'].map((part) =>
        ownedBy({ name: `${scope}/${part}`, shape: square, role: 'shared', decay: true, initial: glorotUniform(width, width, square) }, of),
      );
    const common = attention === 'shared' ? mapsOf('transfer', T === 2 ? owner(1) : 'shared') : undefined;
    const transfers = tasks.slice(1).map(({ name }, i) => {
      const scope = `transfer/${name}`;
      const pass = dense(`${scope}/pass`, width, width, 'shared', 'he');
      const maps = common ?? mapsOf(scope, owner(i + 1));
      const own = pass.parameters.map((parameter) => ownedBy(parameter, owner(i + 1)));
      return { pass, maps, parameters: [...own, ...(common ? [] : maps)] };
    });
    const top = heads({ shape: [width], sequence: false }, tasks);
    const run = (values: Values, h: Tensor, context: ForwardContext): { z: Tensor; weights: Tensor[] } => {
      const q = encode(towers.layers, towers.values(values), spread(h, T), spreadContext(context, T));
      const own = entries(unfold(q, T), 1);
      const z = [own[0]!];
      const weights: Tensor[] = [];
      for (const [i, { pass, maps }] of transfers.entries()) {
        const info = relu(pass.apply(values, z[i]!));
        const seen = [own[i + 1]!, info].map((u) => maps.map(({ name }) => tf.matMul(u as Tensor3D, values[name] as Tensor3D) as Tensor));
        const scores = seen.map(([, key, query]) => tf.div(tf.sum(tf.mul(key!, query!), 2), Math.sqrt(width)));
        const shares = tf.softmax(tf.stack(scores, 2));
        const [first, second] = tf.split(shares, 2, 2) as [Tensor, Tensor];
        z.push(tf.add(tf.mul(seen[0]![0]!, first), tf.mul(seen[1]![0]!, second)));
        weights.push(tf.mean(second, [1, 2]));
      }
      return { z: tf.reshape(tf.stack(z, 1), q.shape), weights };
    };
    const decode = (values: Values, h: Tensor, context: ForwardContext): Tensor => top.applyEach(values, run(values, h, context).z);
    return {
      parameters: [
        ...bottom.parameters,
        ...towers.parameters,
        ...transfers.flatMap(({ parameters }) => parameters),
        ...(common ?? []),
        ...top.parameters,
      ],
      forward: (values, x, context) => decode(values, bottom.apply(values, x, context), context),
      ...bottom.representation(decode),
      ...(calibrator > 0 && {
        penalty(values, x, context) {
          if (!x || !context) return tf.mul(tf.sum(values[top.parameters[0]!.name]!, [1, 2]), 0);
          const p = tf.sigmoid(decode(values, bottom.apply(values, x, context), context)) as Tensor3D;
          const [stack, batch] = p.shape;
          const rise = tf.sub(tf.slice(p, [0, 0, 1], [stack, batch, T - 1]), tf.slice(p, [0, 0, 0], [stack, batch, T - 1]));
          return tf.mul(meanRow(tf.sum(relu(rise), 2), context), calibrator);
        },
      }),
      diagnose(values, x, context) {
        const { weights } = run(values, bottom.apply(values, x, context), context);
        return { transfer: tf.stack([tf.zerosLike(weights[0]!), ...weights], 1) };
      },
    };
  },
});
