// Type-checked against the packed package by the notebook's own compiler: what a user writes must mean what it says there.
import * as tl from 'taskloom';

export const surface: typeof tl = tl;
