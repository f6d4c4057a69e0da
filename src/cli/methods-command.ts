import { type Table, textTable } from '../plots/table';
import { type Registered, registeredArchitectures, registeredBalancings, registeredEncoders, registeredKinds } from './registered';

/** The paper of what is registered, in short; empty without one. */
function paperText({ paper }: Registered): string {
  return paper ? `${paper.authors.split(',')[0]} ${paper.year}${paper.arxiv === undefined ? '' : ` (${paper.arxiv})`}` : '';
}

/** What `taskloom methods` prints. */
export function methodsText(json: boolean): string {
  const all: readonly Registered[] = [...registeredArchitectures, ...registeredBalancings, ...registeredEncoders, ...registeredKinds];
  if (json) return `${JSON.stringify(all, null, 2)}\n`;
  const table: Table = {
    columns: ['name', 'kind', 'what', 'paper', 'options'],
    rows: all.map((entry) => [
      [entry.name, ...entry.aliases].join(', '),
      entry.kind,
      entry.title,
      paperText(entry),
      entry.options.map((option) => `${option.name}=${option.default === null ? '' : JSON.stringify(option.default)}`).join(' '),
    ]),
    notes: [
      'Use: --methods ARCHITECTURE[+WEIGHTING or +AGGREGATOR][:option=value,...], --tasks NAME=KIND or NAME=KIND(option=value,...);',
      '--json tells what each option takes',
    ],
  };
  return `${textTable(table)}\n`;
}
