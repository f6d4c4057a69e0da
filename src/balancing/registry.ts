import * as aggregators from './aggregators/index';
import * as lossWeightings from './weightings/index';

/** Every gradient aggregator by name. */
export const balancers: Readonly<typeof aggregators> = { ...aggregators };

/** Every loss weighting by name. ExcessMTL is listed here for what it does, but needs the gradients: it is also a balancer. */
export const weightings: Readonly<typeof lossWeightings> = { ...lossWeightings };
