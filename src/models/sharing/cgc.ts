import { numberOption } from '../../options/spec';
import { type ArchitectureFactory, defineArchitecture } from '../define-architecture';
import { encoderOption, optionalEncoderOption } from '../encoder-option';
import type { Encoder } from '../network/network';
import { extractionPaper } from './extraction-paper';
import { buildExtraction } from './ple';

/** Options of {@link cgc}. */
export interface CgcOptions {
  /** The encoder that each expert is. */
  readonly expert: Encoder;
  /** Experts that all tasks share. @default 1 */
  readonly shared?: number;
  /** Experts of each task's own. @default 1 */
  readonly specific?: number;
  /** A network of each task's own between its mixture and its head; null: none. @default null */
  readonly tower?: Encoder | null;
  /** Lower layers that all experts and gates read; null: none. @default null */
  readonly stem?: Encoder | null;
  /** Share of gate weights dropped while training. @default 0 */
  readonly gateDropout?: number;
}

/**
 * Customized gate control: each task's gate mixes its own experts with the shared ones (Tang, Liu, Zhao, Gong 2020, "Progressive Layered
 * Extraction (PLE): A Novel Multi-Task Learning (MTL) Model for Personalized Recommendations", RecSys). It is {@link ple} with one level.
 *
 * Parameters: `specific/<task>/<i>/...`, which only their task's loss reaches, `shared/...` `[shared, ...]`, `gate/<task>` `[width,
 * specific + shared]` without bias, towers and heads. Without specific experts this is {@link mmoe}; without shared ones, networks apart.
 *
 * Diagnosis: `gates`, mean weight per task over its own and then the shared experts, `[stack, tasks, specific + shared]`.
 */
export const cgc: ArchitectureFactory<[options: CgcOptions]> = defineArchitecture({
  name: 'cgc',
  title: 'Customized gate control',
  paper: extractionPaper,
  encoder: 'expert',
  options: {
    expert: encoderOption('the encoder that each expert is'),
    shared: numberOption(1, 'experts that all tasks share', { min: 0, integer: true }),
    specific: numberOption(1, "experts of each task's own", { min: 0, integer: true }),
    tower: optionalEncoderOption("a network of each task's own before its head"),
    stem: optionalEncoderOption('lower layers that all experts and gates read'),
    gateDropout: numberOption(0, 'share of gate weights dropped while training', { min: 0, below: 1 }),
  },
  read: (options: CgcOptions) => options,
  build: (problem, options) => buildExtraction('cgc', problem, { ...options, levels: 1 }),
});
