import { alignedmtl } from './alignedmtl';
import { cagrad } from './cagrad';
import { chebyshev } from './chebyshev';
import { config } from './config';
import { cosmos } from './cosmos';
import { crmogm } from './crmogm';
import { dbmtl } from './dbmtl';
import { dualproj } from './dualproj';
import { dwa } from './dwa';
import { equal } from './equal';
import { excessmtl } from './excessmtl';
import { fairgrad } from './fairgrad';
import { famo } from './famo';
import { fixed } from './fixed';
import { gls } from './gls';
import { graddrop } from './graddrop';
import { gradnorm } from './gradnorm';
import { gradvac } from './gradvac';
import { imtl } from './imtl';
import { imtlg } from './imtlg';
import { imtll } from './imtll';
import { mean } from './mean';
import { mgda } from './mgda';
import { moco } from './moco';
import { modo } from './modo';
import { nashmtl } from './nashmtl';
import { pbi } from './pbi';
import { pcgrad } from './pcgrad';
import { rlw } from './rlw';
import { scaleInvariant } from './scale-invariant';
import { sdmgrad } from './sdmgrad';
import { stch } from './stch';
import { sum } from './sum';
import { uncertainty } from './uncertainty';
import { upgrad } from './upgrad';

/** The type of {@link weightings}. */
export interface Weightings {
  readonly equal: typeof equal;
  readonly fixed: typeof fixed;
  readonly scaleInvariant: typeof scaleInvariant;
  readonly uncertainty: typeof uncertainty;
  readonly dwa: typeof dwa;
  readonly gls: typeof gls;
  readonly rlw: typeof rlw;
  readonly imtll: typeof imtll;
  readonly stch: typeof stch;
  readonly famo: typeof famo;
  readonly gradnorm: typeof gradnorm;
  readonly cosmos: typeof cosmos;
  readonly pbi: typeof pbi;
  readonly chebyshev: typeof chebyshev;
  readonly excessmtl: typeof excessmtl;
}

/** The type of {@link balancers}. */
export interface Balancers {
  readonly sum: typeof sum;
  readonly mean: typeof mean;
  readonly mgda: typeof mgda;
  readonly pcgrad: typeof pcgrad;
  readonly gradvac: typeof gradvac;
  readonly graddrop: typeof graddrop;
  readonly imtl: typeof imtl;
  readonly imtlg: typeof imtlg;
  readonly cagrad: typeof cagrad;
  readonly nashmtl: typeof nashmtl;
  readonly fairgrad: typeof fairgrad;
  readonly alignedmtl: typeof alignedmtl;
  readonly dbmtl: typeof dbmtl;
  readonly moco: typeof moco;
  readonly modo: typeof modo;
  readonly sdmgrad: typeof sdmgrad;
  readonly upgrad: typeof upgrad;
  readonly dualproj: typeof dualproj;
  readonly config: typeof config;
  readonly crmogm: typeof crmogm;
  readonly excessmtl: typeof excessmtl;
}

/** Every loss weighting by name. ExcessMTL is listed here for what it does, but needs the gradients: it is also a balancer. */
export const weightings: Weightings = {
  equal,
  fixed,
  scaleInvariant,
  uncertainty,
  dwa,
  gls,
  rlw,
  imtll,
  stch,
  famo,
  gradnorm,
  cosmos,
  pbi,
  chebyshev,
  excessmtl,
};

/** Every gradient aggregator by name. */
export const balancers: Balancers = {
  sum,
  mean,
  mgda,
  pcgrad,
  gradvac,
  graddrop,
  imtl,
  imtlg,
  cagrad,
  nashmtl,
  fairgrad,
  alignedmtl,
  dbmtl,
  moco,
  modo,
  sdmgrad,
  upgrad,
  dualproj,
  config,
  crmogm,
  excessmtl,
};
