import type { Random } from '../random/random';

/** What {@link stratify} reads of a stratum: the rows that have it. */
export type Strata = readonly ArrayLike<number>[];

/**
 * Divides rows among parts so that every stratum is divided in the parts' proportions as well as can be.
 *
 * Iterative stratification: the stratum with the fewest undivided rows goes first; each of its rows goes to the part that lacks most of it
 * (ties: the part with most room, then chance). Where we deviate: the sizes of the parts are exact, a full part takes no more rows (the paper
 * lets sizes drift). The rarest stratum is divided to within less than one row of its share in each part, rounding of the sizes aside.
 * @param rows how many rows there are
 * @param strata for each stratum its rows; rows in no stratum fill the parts at random
 * @param sizes rows of each part; they add up to `rows`
 * @returns part of each row, `[rows]`
 * @see Sechidis, Tsoumakas, Vlahavas 2011, "On the stratification of multi-label data", ECML PKDD, algorithm 1
 */
export function stratify(rows: number, strata: Strata, sizes: readonly number[], random: Random): Int32Array {
  const part = new Int32Array(rows).fill(-1);
  const room = [...sizes];
  const members: number[][] = Array.from({ length: rows }, () => []);
  strata.forEach((stratum, s) => {
    for (let i = 0; i < stratum.length; i++) members[stratum[i]!]!.push(s);
  });
  const left = strata.map((stratum) => stratum.length);
  const wanted = strata.map((stratum) => sizes.map((size) => (stratum.length * size) / rows));
  const order = random.permutation(rows);
  const rank = new Int32Array(rows);
  order.forEach((row, i) => {
    rank[row] = i;
  });

  const place = (row: number, want: readonly number[]): void => {
    let best: number[] = [];
    for (let p = 0; p < sizes.length; p++) {
      if (room[p]! <= 0) continue;
      const first = best[0];
      const better = first === undefined ? 1 : want[p]! - want[first]! || room[p]! - room[first]!;
      if (better > 0) best = [p];
      else if (better === 0) best.push(p);
    }
    const chosen = best.length === 1 ? best[0]! : best[random.below(best.length)]!;
    part[row] = chosen;
    room[chosen]!--;
    for (const s of members[row]!) {
      left[s]!--;
      wanted[s]![chosen]!--;
    }
  };

  for (;;) {
    const fewest = left.reduce((least, count) => (count > 0 && count < least ? count : least), Infinity);
    if (fewest === Infinity) break;
    const rarest = left.flatMap((count, s) => (count === fewest ? [s] : []));
    const s = rarest.length === 1 ? rarest[0]! : rarest[random.below(rarest.length)]!;
    const undivided = Array.from(strata[s]!).filter((row) => part[row] === -1);
    undivided.sort((a, b) => rank[a]! - rank[b]!);
    for (const row of undivided) place(row, wanted[s]!);
  }
  for (const row of order) if (part[row] === -1) place(row, room);
  return part;
}
