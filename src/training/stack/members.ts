import type { State } from '../../balancing/balancing';
import type { Task } from '../../tasks/task';
import type { EpochVerdict, Stopping } from './stopping';
import type { Checkpoint } from './task-checkpoints';

/** One model of a stack. */
export interface Member {
  /** Names the run in messages. */
  readonly label: string;
  readonly seed: number;
  /** Resident rows. */
  readonly train: Int32Array;
  /** Those of them that have a label, per task of the network; needed for `taskSampling`. */
  readonly labeled?: readonly Int32Array[];
  readonly validation: Int32Array;
  /** Resident rows whose outputs are wanted after training. */
  readonly predict: Int32Array;
  /** Columns of the label matrix that the model learns. */
  readonly columns: readonly number[];
  /** Initial parameters, one model's values each. */
  readonly initial: readonly Float32Array[];
  readonly classWeights?: Float32Array;
  readonly learningRate: number;
  /** `[tasks]` fixed weights of the losses, of a method that balances nothing. @default all 1 */
  readonly taskWeights?: readonly number[];
  /** Places of the tasks whose outputs are wanted. @default all tasks */
  readonly serve?: readonly number[];
}

/** Conflict between the tasks' gradients at one step of one model. */
export interface GradientRecord {
  readonly step: number;
  /**
   * `[tasks, tasks]` products of the gradients as the method reads them (GradNorm: of the last shared layer); of layers that are balanced by
   * themselves the sum.
   */
  readonly gramian: readonly (readonly number[])[];
}

/** Parameters as they were after an epoch (from 1). */
export interface Snapshot {
  readonly epoch: number;
  readonly parameters: readonly Float32Array[];
}

/** One model's training. */
export interface TrainedMember {
  /** Final (with validation rows: best) parameters. */
  readonly parameters: readonly Float32Array[];
  /** Outputs on the member's `predict` rows, `[rows, outputs]`. */
  readonly outputs: Float32Array;
  /**
   * Mean training loss per epoch and task over the steps that had a label of the task (that of the epoch before where there was none, NaN
   * before the first).
   */
  readonly trainLosses: readonly (readonly number[])[];
  /** Validation loss per epoch and task; empty without validation rows. */
  readonly validationLosses: readonly (readonly number[])[];
  /** Epoch whose parameters were kept, from 1. */
  readonly bestEpoch: number;
  /** With per-task stopping the tasks' best epochs, from which `outputs` are; undefined where all are from `parameters`. */
  readonly checkpoints?: readonly Checkpoint[];
  /** Epochs trained. */
  readonly epochs: number;
  /** Task weights used (with weights per layer: their means), a row per recorded step. */
  readonly weights: readonly { readonly step: number; readonly values: readonly number[] }[];
  readonly gradients: readonly GradientRecord[];
  /** After the epochs asked for, as far as the model was trained. */
  readonly snapshots: readonly Snapshot[];
  /** The balancing method's state at the end; with a state per layer `{ layers }`. */
  readonly balancingState?: State;
  /** Why the run failed; its parameters are then the last finite ones. */
  readonly failure?: string;
  /** True where training was stopped from outside before its end. */
  readonly interrupted: boolean;
}

/** What a model's training says of its balancing. */
export type BalanceRecord = Pick<TrainedMember, 'weights' | 'gradients' | 'balancingState'>;

/** What is known of one model while it trains. */
export class MemberProgress {
  readonly trainLosses: number[][] = [];
  readonly validationLosses: number[][] = [];
  readonly snapshots: Snapshot[] = [];
  failure: string | undefined;
  stopped = false;
  /** Those that were kept, once it is finished. */
  parameters: Float32Array[] = [];
  outputs: Float32Array = new Float32Array(0);

  constructor(
    private readonly member: Pick<Member, 'label' | 'validation'>,
    private readonly tasks: readonly Pick<Task, 'name'>[],
    readonly stopping: Stopping,
  ) {}

  /** Whether it takes steps: it may have stopped before the stack has. */
  get training(): boolean {
    return !this.stopped && this.failure === undefined;
  }

  /**
   * Notes why the run failed.
   * @param epoch from 0
   */
  diverged(epoch: number, what: string): void {
    this.failure =
      `Training ${this.member.label} diverged in epoch ${epoch + 1}: ${what}; ` +
      'lower learningRate, set clipNorm, or look for extreme values in the inputs and labels';
  }

  /**
   * Notes that some of the tasks' losses are not finite.
   * @param of what they are losses of, for the message
   */
  divergedAt(epoch: number, losses: readonly number[], of = 'loss'): void {
    const wrong = losses.flatMap((loss, t) => (Number.isFinite(loss) ? [] : [`"${this.tasks[t]!.name}" (${loss})`]));
    this.diverged(epoch, `the ${of} of task ${wrong.join(', ')} is not finite`);
  }

  /**
   * Takes in the losses of an epoch, and stops the model where it failed or has trained long enough.
   * @param epoch from 0
   * @param seen mean training losses per task; undefined where no step had a label of the task
   * @param validation losses per task, NaN where the rows have no label, infinite where a loss is not finite; undefined: nothing to stop by
   */
  endEpoch(epoch: number, seen: readonly (number | undefined)[], validation: readonly number[] | undefined): EpochVerdict | undefined {
    const before = this.trainLosses.at(-1);
    const means = seen.map((mean, t) => mean ?? before?.[t] ?? Number.NaN);
    this.trainLosses.push(means);
    if (this.failure === undefined && seen.some((mean) => mean !== undefined && !Number.isFinite(mean))) this.divergedAt(epoch, means);
    if (this.failure === undefined && validation && this.member.validation.length > 0) this.validationLosses.push([...validation]);
    if (this.failure === undefined && validation?.includes(Number.POSITIVE_INFINITY)) {
      const known = validation.map((loss) => (Number.isNaN(loss) ? 0 : loss));
      this.divergedAt(epoch, known, 'validation loss');
    }
    const verdict = this.failure === undefined && validation ? this.stopping.see(epoch + 1, validation) : undefined;
    this.stopped = this.failure !== undefined || verdict?.stops === true;
    return verdict;
  }

  checkpoints(): Checkpoint[] | undefined {
    return this.stopping.perTask?.list({ epoch: this.stopping.bestEpoch, parameters: this.parameters });
  }

  result(
    { validates, interrupted }: { readonly validates: boolean; readonly interrupted: boolean },
    balance: BalanceRecord,
  ): TrainedMember {
    const { parameters, outputs, trainLosses, validationLosses, snapshots, failure } = this;
    const checkpoints = this.checkpoints();
    return {
      parameters,
      outputs,
      trainLosses,
      validationLosses,
      bestEpoch: validates ? this.stopping.bestEpoch : trainLosses.length,
      ...(checkpoints === undefined ? {} : { checkpoints }),
      epochs: trainLosses.length,
      ...balance,
      snapshots,
      ...(failure === undefined ? {} : { failure }),
      interrupted: interrupted && !this.stopped,
    };
  }
}
