/** Widths of characters in em, as sans-serif fonts of Arial's proportions have them. */
const widths = new Map(
  (
    [
      [0.22, "ijl|'"],
      [0.28, 'ftI .,:;/!\\[]'],
      [0.34, 'r()-`{}"'],
      [0.5, 'ckvxyzsJ'],
      [0.59, '+=<>~'],
      [0.67, 'ABEKPSVXY&'],
      [0.72, 'CDHNRUw'],
      [0.78, 'GOQ'],
      [0.84, 'mM'],
      [0.95, 'W%@'],
    ] as const
  ).flatMap(([em, characters]) => [...characters].map((character) => [character, em] as const)),
);

/** Width of `text` in pixels, estimated: there is no font in Node to ask. */
export function textWidth(text: string, size: number): number {
  let em = 0;
  // East Asian characters and pictures are as wide as high.
  for (const character of text) em += widths.get(character) ?? ((character.codePointAt(0) as number) > 0x2e80 ? 1 : 0.556);
  return em * size;
}

/** Shortens `text` to at most `limit` characters, the last of them an ellipsis. */
export function clip(text: string, limit: number): string {
  const characters = [...text];
  return characters.length <= limit
    ? text
    : `${characters
        .slice(0, limit - 1)
        .join('')
        .trimEnd()}…`;
}

/** Escapes `text` for HTML and for plotly's labels, which read tags and entities. */
export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** `text` with its control characters, but for line ends and tabs, as escapes: names come from files and must not steer a terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}

/** A user's name as a label of a figure: shortened, then escaped. */
export function label(text: string, limit = 28): string {
  return escapeHtml(clip(text, limit));
}

/** `value` with at most `digits` significant digits, `'n/a'` where it is not finite. */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'n/a' : value > 0 ? '∞' : '-∞';
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (Number.isInteger(value) && magnitude < 1e6) return String(value);
  if (magnitude >= 1e6 || magnitude < 1e-4) return value.toExponential(Math.max(0, digits - 1));
  return String(Number(value.toPrecision(digits)));
}

/** `[low, high]` as text. */
export function formatInterval(low: number, high: number): string {
  return `[${formatNumber(low)}, ${formatNumber(high)}]`;
}

/** Breaks `text` at spaces into lines of at most `limit` characters; a longer word keeps its own line. */
export function wrap(text: string, limit: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > limit) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}

/** `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}
