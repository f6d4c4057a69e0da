import { toNumber } from '../../cells/cell';
import { DataError } from '../../cells/data-error';
import { readContent, textOf } from './file';
import type { Cell } from './read-csv';

/** An ARFF file read into columns. */
export interface ArffFile {
  readonly relation: string;
  /** Numbers for numeric attributes, text for all others; null where missing (`?`). */
  readonly columns: Record<string, Cell[]>;
  /** The declared values of each nominal attribute. */
  readonly nominal: Readonly<Record<string, readonly string[]>>;
}

type Attribute =
  | { readonly name: string; readonly kind: 'numeric' | 'text' }
  | { readonly name: string; readonly kind: 'nominal'; readonly values: ReadonlySet<string> };

/**
 * Reads a dense ARFF file (Weka, Mulan; gzip too): numeric, nominal, string and date attributes.
 * @param source a path, or the file's bytes (UTF-8)
 * @throws DataError when the file is not there, is sparse or not ARFF, or a line does not fit the attributes (the message names the line)
 */
export function readArff(source: string | Uint8Array): ArffFile {
  const { name, bytes } = readContent(source);
  const attributes: Attribute[] = [];
  const cells: Cell[][] = [];
  let relation = '';
  let inData = false;
  const known = new Set<string>();
  const lines = textOf(`Cannot read ${name} as ARFF`, bytes, 'utf8', false)
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/);
  lines.forEach((raw, i) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('%')) return;
    const where = `Cannot read ${name} as ARFF: line ${i + 1}`;
    if (inData) {
      if (line.startsWith('{'))
        throw new DataError('bad-file', `${where} is in the sparse format; expected dense lines of ${attributes.length} values`);
      readRow(where, line, attributes, cells);
      return;
    }
    const [, keyword, rest = ''] = /^@(\w+)\s*(.*)$/.exec(line) ?? [];
    switch (keyword?.toLowerCase()) {
      case 'relation':
        relation = unquote(rest);
        break;
      case 'attribute': {
        const attribute = readAttribute(where, rest);
        if (known.size === known.add(attribute.name).size) {
          throw new DataError('duplicate-column', `${where} declares attribute "${attribute.name}" a second time`, {
            column: attribute.name,
          });
        }
        attributes.push(attribute);
        cells.push([]);
        break;
      }
      case 'data':
        inData = true;
        break;
      default:
        throw new DataError('bad-file', `${where} is "${line.slice(0, 40)}"; expected @relation, @attribute or @data`);
    }
  });
  if (!inData || attributes.length === 0) throw new DataError('bad-file', `Cannot read ${name} as ARFF: it has no @data or no @attribute`);
  if (cells[0]!.length === 0)
    throw new DataError('empty-table', `Cannot read ${name} as ARFF: it has ${attributes.length} attributes and no rows`);
  return {
    relation,
    columns: Object.fromEntries(attributes.map((attribute, i) => [attribute.name, cells[i]!])),
    nominal: Object.fromEntries(
      attributes.flatMap((attribute) => (attribute.kind === 'nominal' ? [[attribute.name, [...attribute.values]]] : [])),
    ),
  };
}

function unquote(text: string): string {
  const trimmed = text.trim();
  const quoted = /^(['"])(.*)\1$/s.exec(trimmed);
  return quoted === null ? trimmed : quoted[2]!.replace(/\\(.)/g, '$1');
}

function readAttribute(where: string, text: string): Attribute {
  const [, quotedName, type = ''] = /^('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s{]+)\s*(.*)$/.exec(text) ?? [];
  if (quotedName === undefined) throw new DataError('bad-file', `${where} declares an attribute without a name`);
  const name = unquote(quotedName);
  if (type.startsWith('{') && type.endsWith('}'))
    return { name, kind: 'nominal', values: new Set(splitValues(type.slice(1, -1)).map(unquote)) };
  if (/^(numeric|real|integer)\b/i.test(type)) return { name, kind: 'numeric' };
  if (/^(string|date)\b/i.test(type)) return { name, kind: 'text' };
  throw new DataError(
    'bad-file',
    `${where} declares attribute "${name}" of type "${type}"; expected numeric, {nominal values}, string or date`,
    {
      column: name,
    },
  );
}

/** Splits at commas outside quotes; the quotes stay. */
function splitValues(line: string): string[] {
  const value = /\s*(?:'(?:[^'\\]|\\.)*'\s*(?=,|$)|"(?:[^"\\]|\\.)*"\s*(?=,|$)|[^,]*)(?:,|$)/g;
  return line
    .match(value)!
    .slice(0, -1)
    .map((part) => part.replace(/,$/, ''));
}

function readRow(where: string, line: string, attributes: readonly Attribute[], cells: Cell[][]): void {
  const parts = splitValues(line);
  if (parts.length !== attributes.length) {
    throw new DataError('unequal-lengths', `${where} has ${parts.length} values; expected ${attributes.length}, one an attribute`);
  }
  attributes.forEach((attribute, i) => {
    const text = parts[i]!.trim();
    if (text === '?') {
      cells[i]!.push(null);
      return;
    }
    const value = unquote(text);
    if (attribute.kind === 'numeric') {
      const number = toNumber(value);
      if (number === undefined)
        throw new DataError('not-a-number', `${where} holds "${value}" for the numeric attribute "${attribute.name}"`, {
          column: attribute.name,
        });
      cells[i]!.push(number);
      return;
    }
    if (attribute.kind === 'nominal' && !attribute.values.has(value)) {
      const known = [...attribute.values].slice(0, 8).join(', ');
      throw new DataError('wrong-classes', `${where} holds "${value}" for attribute "${attribute.name}"; declared: ${known}`, {
        column: attribute.name,
      });
    }
    cells[i]!.push(value);
  });
}
