import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { numberOption } from '../../options/spec';
import { type ArchitectureFactory, defineArchitecture } from '../define-architecture';
import { encoderOption, optionalEncoderOption } from '../encoder-option';
import { spreadContext } from '../network/copies';
import { shapeRows, summarize, summaryWidth } from '../network/features';
import { checkGateInput } from '../network/gates';
import type { ForwardContext, Network, Problem, Values } from '../network/network';
import { towersOf } from '../network/towers';
import type { CgcOptions } from './cgc';
import { type ExpertLevel, expertLevel, type LevelInput, type LevelWeights } from './expert-level';
import { extractionPaper } from './extraction-paper';
import { stemOf } from './stem';

/** Options of {@link ple}. */
export interface PleOptions extends CgcOptions {
  /** Number of levels. @default 2 */
  readonly levels?: number;
}

/** Levels of shared and specific experts: what `cgc` and `ple` have in common. */
export function buildExtraction(who: string, { input, tasks }: Problem, options: Required<PleOptions>): Network {
  const { expert, shared, specific, levels: depth, tower, stem, gateDropout } = options;
  if (shared + specific === 0) throw new RangeError(`${who}: shared and specific are both 0; expected at least one expert`);
  const bottom = stemOf(stem, input);
  checkGateInput(who, bottom.output);
  const levels: ExpertLevel[] = [];
  for (let l = 0; l < depth; l++) {
    const below = levels[l - 1];
    levels.push(
      expertLevel(tasks, {
        scope: depth === 1 ? '' : `level/${l}/`,
        expert,
        specific,
        shared,
        input: below ? { shape: below.features.shape } : bottom.output,
        gateWidth: below ? summaryWidth(below.features) : bottom.width,
        last: l === depth - 1,
        ownGates: l >= depth - 2,
        gateDropout,
      }),
    );
  }
  const top = towersOf(tower, levels[depth - 1]!.features, tasks);
  const run = (values: Values, h: Tensor, context: ForwardContext, seen: (weights: LevelWeights, level: number) => void): Tensor => {
    let inputs: LevelInput = { common: h };
    let summaries: LevelInput = { common: bottom.summary(h, context) };
    for (const [l, level] of levels.entries()) {
      const weights = level.weigh(values, summaries);
      seen(weights, l);
      const { own, shared: common } = level.apply(values, inputs, weights, context);
      if (!common) return own;
      const { features } = level;
      inputs = { own: shapeRows(own, features.shape), shared: shapeRows(common, features.shape) };
      summaries = {
        own: summarize(features, own, spreadContext(context, tasks.length)),
        shared: summarize(features, common, context),
      };
    }
    throw new Error('the last level has no shared gate');
  };
  const decode = (values: Values, h: Tensor, context: ForwardContext): Tensor =>
    top.apply(
      values,
      run(values, h, context, () => {}),
      context,
    );
  return {
    parameters: [...bottom.parameters, ...levels.flatMap((level) => level.parameters), ...top.parameters],
    forward: (values, x, context) => decode(values, bottom.apply(values, x, context), context),
    ...bottom.representation(decode),
    diagnose(values, x, context) {
      const means: Record<string, Tensor> = {};
      run(values, bottom.apply(values, x, context), context, (weights, l) => {
        means[depth === 1 ? 'gates' : `gates/${l}`] = tf.mean(weights.own, 3);
        if (weights.shared) means[`gates/${l}/shared`] = tf.mean(weights.shared, 3);
      });
      return means;
    },
  };
}

/**
 * Progressive layered extraction: levels of {@link cgc}, with a shared gate over all experts between them, as in the paper (Tang, Liu,
 * Zhao, Gong 2020, RecSys). Each level's gates look at what that level reads.
 *
 * Parameters, below `level/<l>/`: `specific/...` (in the last level `specific/<task>/<i>/...`, as only one task's loss reaches them there),
 * `shared/...` `[shared, ...]`, `gate/<task>` `[width, specific + shared]`, and but for the last level the shared gate `gate`
 * `[width, tasks * specific + shared]`; then towers and heads.
 *
 * Diagnosis: `gates/<l>` `[stack, tasks, specific + shared]` and `gates/<l>/shared` `[stack, 1, tasks * specific + shared]`, mean weights.
 */
export const ple: ArchitectureFactory<[options: PleOptions]> = defineArchitecture({
  name: 'ple',
  title: 'Progressive layered extraction',
  paper: extractionPaper,
  encoder: 'expert',
  options: {
    expert: encoderOption('the encoder that each expert is, at every level'),
    levels: numberOption(2, 'number of levels', { min: 1, integer: true }),
    shared: numberOption(1, 'experts that all tasks share, at every level', { min: 0, integer: true }),
    specific: numberOption(1, "experts of each task's own, at every level", { min: 0, integer: true }),
    tower: optionalEncoderOption("a network of each task's own before its head"),
    stem: optionalEncoderOption('lower layers that all experts and gates read'),
    gateDropout: numberOption(0, 'share of gate weights dropped while training', { min: 0, below: 1 }),
  },
  read: (options: PleOptions) => options,
  build: (problem, options) => buildExtraction('ple', problem, options),
});
