/** Numbers as sentences have them. */

/** Two significant digits, four decimals near 0. */
export const short = (value: number): string =>
  Math.abs(value) < 5e-4 ? String(Number(value.toFixed(4))) : String(Number(value.toPrecision(2)));

export const signed = (value: number): string => `${value > 0 ? '+' : ''}${short(value)}`;

/** ` [low, high]`; empty where there is none. */
export const interval = (ci: readonly [number, number]): string => (Number.isFinite(ci[0]) ? ` [${signed(ci[0])}, ${signed(ci[1])}]` : '');

export const pText = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${Number(p.toPrecision(2))}`);

export const percent = (share: number): string =>
  share < 0.01 ? 'less than 1 %' : share > 0.99 ? 'more than 99 %' : `${Math.round(100 * share)} %`;
