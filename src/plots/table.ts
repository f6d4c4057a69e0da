import { escapeHtml, formatNumber, printable } from './text';

/** A cell of a table. */
export type Cell = string | number | boolean | null | undefined;

/** A plain table: column names, and rows with a cell for each. */
export interface Table {
  readonly title?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Lines below the table. */
  readonly notes?: readonly string[];
  /** Rows in all, where `rows` is only the first of them. */
  readonly total?: number;
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'number' ? formatNumber(cell, 4) : String(cell);
}

/** A column is aligned to the right when its cells are numbers. */
function isNumeric(table: Table, column: number): boolean {
  const cells = table.rows.map((row) => row[column]).filter((cell) => cell !== null && cell !== undefined);
  return cells.length > 0 && cells.every((cell) => typeof cell === 'number');
}

function requireRectangle(table: Table): void {
  for (const [index, row] of table.rows.entries()) {
    if (row.length !== table.columns.length) {
      throw new TypeError(`Cannot print a table: row ${index} has ${row.length} cells, expected ${table.columns.length} (one a column)`);
    }
  }
}

function foot(table: Table): string[] {
  const hidden = (table.total ?? table.rows.length) - table.rows.length;
  return [...(hidden > 0 ? [`${hidden} more rows`] : []), ...(table.notes ?? [])];
}

/**
 * A table as aligned text, for a terminal or a cell's plain output.
 *
 * @throws TypeError when a row has not one cell a column.
 */
export function textTable(table: Table): string {
  requireRectangle(table);
  const cells = [table.columns, ...table.rows.map((row) => row.map(cellText))].map((row) =>
    row.map((text) => printable(text.replace(/\s+/g, ' '))),
  );
  const right = table.columns.map((_, column) => isNumeric(table, column));
  const widths = table.columns.map((_, column) => cells.reduce((most, row) => Math.max(most, [...(row[column] as string)].length), 0));
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) => {
        const padding = ' '.repeat((widths[column] as number) - [...text].length);
        return right[column] ? padding + text : text + padding;
      })
      .join('  ')
      .trimEnd();
  const [head, ...body] = cells;
  return [
    ...(table.title === undefined ? [] : [printable(table.title)]),
    line(head as string[]),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...body.map(line),
    ...foot(table).map(printable),
  ].join('\n');
}

/** Keeps what belongs together on one line of a cell: an interval, a number with its percent sign, counts with slashes. */
function unbroken(text: string): string {
  const whole = (part: string): string => part.replace(/ /g, '\u00a0');
  return text
    .replace(/\[[^\]]*\]/g, whole)
    .replace(/\d %/g, whole)
    .replace(/\d+( \/ \d+)+/g, whole);
}

/**
 * A table as HTML that takes its colors from the page, so that it reads in a light and in a dark theme; every text is escaped.
 *
 * @throws TypeError when a row has not one cell a column.
 */
export function htmlTable(table: Table): string {
  requireRectangle(table);
  const align = table.columns.map((_, column) => (isNumeric(table, column) ? 'right' : 'left'));
  const cell = (tag: 'th' | 'td', text: string, column: number): string =>
    `<${tag} style="text-align:${align[column]};padding:2px 10px">${escapeHtml(text)}</${tag}>`;
  const row = (tag: 'th' | 'td', texts: readonly string[]): string =>
    `<tr>${texts.map((text, column) => cell(tag, text, column)).join('')}</tr>`;
  return [
    '<div>',
    ...(table.title === undefined ? [] : [`<div><b>${escapeHtml(table.title)}</b></div>`]),
    '<table style="border-collapse:collapse">',
    `<thead style="border-bottom:1px solid currentColor">${row('th', table.columns)}</thead>`,
    `<tbody>${table.rows
      .map((cells) =>
        row(
          'td',
          cells.map((cell) => unbroken(cellText(cell))),
        ),
      )
      .join('\n')}</tbody>`,
    '</table>',
    ...foot(table).map((note) => `<div style="opacity:0.75">${escapeHtml(note)}</div>`),
    '</div>',
  ].join('\n');
}
