import { aitm } from './aitm';
import { cgc } from './cgc';
import { chainedTargets } from './chained-targets';
import { crossStitch } from './cross-stitch';
import { dselectk } from './dselectk';
import { esmm } from './esmm';
import { film } from './film';
import { grouped } from './grouped';
import { hardSharing } from './hard-sharing';
import { linearMtl } from './linear-mtl';
import { lowRankHeads } from './low-rank-heads';
import { ltb } from './ltb';
import { mmoe } from './mmoe';
import { mtan } from './mtan';
import { nddr } from './nddr';
import { planned } from './planned';
import { ple } from './ple';
import { sharedDecision } from './shared-decision';
import { sharedOutput } from './shared-output';
import { singleTask } from './single-task';
import { sluice } from './sluice';
import { softSharing } from './soft-sharing';
import { stackedTargets } from './stacked-targets';

/** The type of {@link architectures}. */
export interface Architectures {
  readonly singleTask: typeof singleTask;
  readonly hardSharing: typeof hardSharing;
  readonly softSharing: typeof softSharing;
  readonly sharedOutput: typeof sharedOutput;
  readonly sharedDecision: typeof sharedDecision;
  readonly lowRankHeads: typeof lowRankHeads;
  readonly crossStitch: typeof crossStitch;
  readonly nddr: typeof nddr;
  readonly mtan: typeof mtan;
  readonly mmoe: typeof mmoe;
  readonly cgc: typeof cgc;
  readonly ple: typeof ple;
  readonly dselectk: typeof dselectk;
  readonly film: typeof film;
  readonly sluice: typeof sluice;
  readonly ltb: typeof ltb;
  readonly planned: typeof planned;
  readonly grouped: typeof grouped;
  readonly aitm: typeof aitm;
  readonly esmm: typeof esmm;
  readonly linearMtl: typeof linearMtl;
  readonly stackedTargets: typeof stackedTargets;
  readonly chainedTargets: typeof chainedTargets;
}

/** Every sharing architecture by name. `info` tells what each is; `fromOptions` makes one from a record of options. */
export const architectures: Architectures = {
  singleTask,
  hardSharing,
  softSharing,
  sharedOutput,
  sharedDecision,
  lowRankHeads,
  crossStitch,
  nddr,
  mtan,
  mmoe,
  cgc,
  ple,
  dselectk,
  film,
  sluice,
  ltb,
  planned,
  grouped,
  aitm,
  esmm,
  linearMtl,
  stackedTargets,
  chainedTargets,
};
