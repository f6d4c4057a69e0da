import { kindNames } from '../tasks/registry';
import { helpOf, helpOfOwn } from './flags';

const own = (name: string, text: string): string => helpOfOwn(name, text);

/** What `taskloom compare --help` prints: flags of options say what the options' specifications say. */
export const compareHelp: string = `taskloom compare FILE.csv --tasks NAME=KIND,... [options]

The table (CSV, gzip too; the first line names the columns)
${[
  own(
    'tasks',
    `label columns and what they are: happy=binary,tempo=regression; a kind's options in parentheses, grade=ordinal(low,middle,high),visits=count(years),ok=binary(positive=yes,lossWeight=2); a name with * stands for all columns of that pattern: TAG_*=binary. Kinds: ${kindNames.join(', ')}`,
  ),
  ...['inputs', 'ignore', 'categorical', 'missing', 'groups', 'time', 'delimiter', 'encoding', 'no-header'].map(helpOf),
].join('\n')}

Methods
${[
  own(
    'methods',
    'ARCHITECTURE[+BALANCING][:option=value,...] (default: single,hard); hard+pcgrad,mmoe:experts=4. Layer sizes and other lists are written with a slash: mmoe:tower=32/16. "taskloom methods" lists all.',
  ),
  own('trunk', 'layer sizes of the shared network (default: 128,64)'),
  own('dropout', "of the trunk's layers, in [0, 1) (default: 0)"),
  helpOf('baseline'),
].join('\n')}

Training
${[
  ...['seeds', 'time-limit', 'epochs', 'batch-size', 'lr'].map(helpOf),
  own('weight-decay', 'decoupled (AdamW) (default: none)'),
  ...['clip-norm', 'patience', 'stopping', 'start', 'validation'].map(helpOf),
].join('\n')}

The comparison
${['test', 'splits', 'margin', 'primary', 'alpha'].map(helpOf).join('\n')}

Results: a table on standard output, and
${[
  own('json', 'everything, for programs and for fromJSON'),
  helpOf('keep'),
  own('html', 'a page with interactive figures, which needs no network'),
  own('quiet', 'print nothing but errors'),
].join('\n')}

Exit code: 0 done, 1 failed, 2 bad input (nothing is written), 130 interrupted (what was finished is written).
`;
