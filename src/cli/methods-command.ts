import { type Table, textTable } from '../plots/table';
import { type Registered, registeredArchitectures, registeredBalancings } from './registered';

/** What `taskloom methods` prints. */
export function methodsText(json: boolean): string {
  const all = [...registeredArchitectures, ...registeredBalancings].map(
    ({ name, kind, title, aliases, paper, options, heads }): Registered => ({
      name,
      kind,
      title,
      aliases,
      paper,
      options,
      ...(heads === undefined ? {} : { heads }),
    }),
  );
  if (json) return `${JSON.stringify(all, null, 2)}\n`;
  const table: Table = {
    columns: ['name', 'kind', 'what', 'paper', 'options'],
    rows: all.map(({ name, kind, title, aliases, paper, options }) => [
      [name, ...aliases].join(', '),
      kind,
      title,
      `${paper.authors.split(',')[0]} ${paper.year}${paper.arxiv === undefined ? '' : ` (${paper.arxiv})`}`,
      options.map((option) => `${option.name}=${option.default === null ? '' : JSON.stringify(option.default)}`).join(' '),
    ]),
    notes: [
      'Use: --methods ARCHITECTURE[+WEIGHTING or +AGGREGATOR][:option=value,...]; --json tells what each option takes; any BALANCING also takes scale, gradients, heads and groups, such as hard+pcgrad:groups=layer',
    ],
  };
  return `${textTable(table)}\n`;
}
