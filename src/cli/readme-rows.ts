import { balancers, weightings } from '../balancing/registry';
import { datasets } from '../data/datasets';
import { architectures, encoders } from '../models/registry';
import { kinds } from '../tasks/registry';

/** Where the README's generated rows begin and end. */
const [BEGIN, END] = ['<!-- registered: npm run readme -->', '<!-- /registered -->'];

const names = (registry: object): string =>
  Object.keys(registry)
    .map((name) => `\`${name}\``)
    .join(', ');

/** The rows of the README's table that list what is registered. */
export function registeredRows(): string {
  const kindRow = Object.values(kinds).map(({ info }) => `\`${info.name}\` (${info.title}; ${info.metrics[0]})`);
  return [
    '| | |',
    '| --- | --- |',
    `| kinds of tasks, with the metric that verdicts go by | ${kindRow.join(', ')} |`,
    `| data sets | ${names(datasets)} |`,
    `| encoders | ${names(encoders)} |`,
    `| architectures | ${names(architectures)} |`,
    `| gradient aggregators | ${names(balancers)} |`,
    `| loss weightings | ${names(weightings)} |`,
  ].join('\n');
}

/**
 * A README with its generated rows made anew.
 * @throws Error when the marks are not there
 */
export function withRegisteredRows(readme: string): string {
  const [start, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`README.md lacks the marks ${BEGIN} and ${END}`);
  return `${readme.slice(0, start)}${BEGIN}\n${registeredRows()}\n${readme.slice(end)}`;
}
