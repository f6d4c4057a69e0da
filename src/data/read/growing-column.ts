import { toNumber } from '../../cells/cell';

/** A cell as read from a text file: null where it is missing. */
export type Cell = number | string | null;

const PLAIN = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;

/**
 * Whether a number that was read from a text prints as that text. Up to 15 digits without needless zeros come back as they were, written without an
 * exponent from a millionth on; of others it is not asked, as printing takes longer than reading.
 */
export function printsAs(number: number, text: string): boolean {
  return text.length <= 15 && PLAIN.test(text) && (number === 0 ? text === '0' : Math.abs(number) >= 1e-6);
}

/**
 * A column whose cells come one after another: numbers where every present cell is one, else text.
 *
 * Which of them shows at the last cell only. Until then a cell is a number where its text is just what that number prints as, else its text: so
 * no text is lost and no text is kept that need not be.
 */
export class GrowingColumn {
  private readonly kept: Cell[] = [];
  private numeric: boolean;

  /** @param markers texts that mean "missing" @param asText whether it stays text although it holds numbers */
  constructor(
    private readonly markers: ReadonlySet<string>,
    asText: boolean,
  ) {
    this.numeric = !asText;
  }

  add(cell: string): void {
    const text = cell.trim();
    if (text === '' || this.markers.has(text)) {
      this.kept.push(null);
      return;
    }
    const number = this.numeric ? toNumber(text) : undefined;
    if (this.numeric && number === undefined) {
      this.numeric = false;
      this.replace((value) => String(value));
    }
    this.kept.push(number !== undefined && printsAs(number, text) ? number : text);
  }

  /** All cells; none may be added afterward. */
  cells(): Cell[] {
    if (this.numeric) this.replace((value) => toNumber(value)!);
    return this.kept;
  }

  private replace(change: (cell: number | string) => Cell): void {
    const { kept } = this;
    for (let row = 0; row < kept.length; row++) if (kept[row] !== null) kept[row] = change(kept[row]!);
  }
}
