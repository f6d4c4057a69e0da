import { kindNames } from '../tasks/registry';

/** What the user got wrong; printed without a stack. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}

export const help: string = `taskloom: does learning tasks together help, which way, for which task?

  taskloom compare FILE.csv --tasks NAME=KIND,... [options]    compare methods on a table
  taskloom methods [--json]                                    list the methods
  taskloom --help | --version                                  also: taskloom compare --help

Example
  taskloom compare songs.csv --tasks amazed=binary,tempo=regression --methods single,hard,hard+pcgrad --seeds 10 --html report.html
`;

export const compareHelp: string = `taskloom compare FILE.csv --tasks NAME=KIND,... [options]

The table (CSV, gzip too; the first line names the columns)
  --tasks LIST        label columns and what they are: happy=binary,tempo=regression; a kind's options in parentheses,
                      grade=ordinal(low,middle,high),visits=count(years),ok=binary(positive=yes,lossWeight=2); a name with *
                      stands for all columns of that pattern: TAG_*=binary
                      Kinds: ${kindNames.join(', ')}
  --inputs LIST       input columns (default: all that are no label, group, time or ignored)
  --ignore LIST       columns to leave out
  --categorical LIST  input columns to read as categories although they hold numbers, or many texts
  --missing LIST      cells that mean "missing" beside empty ones (default: NA,N/A,NaN,nan,NULL,null,?)
  --groups COLUMN     rows with the same value stay on one side of a split
  --time COLUMN       train on the past, test on the latest rows
  --delimiter TEXT    between cells (default: a comma; a tab for .tsv); \\t for a tab
  --encoding NAME     utf8 (default) or latin1
  --no-header         no line names the columns: they are called c1, c2, ...

Methods
  --methods LIST      ARCHITECTURE[+BALANCING][:option=value,...] (default: single,hard); hard+pcgrad,mmoe:experts=4
                      Layer sizes and other lists are written with a slash: mmoe:tower=32/16. "taskloom methods" lists all.
  --trunk LIST        layer sizes of the shared network (default: 128,64)
  --dropout X         of the trunk's layers, in [0, 1) (default: 0)
  --baseline NAME     the method that others are compared with (default: the single-task one)

Training
  --seeds N | LIST    how many seeds, or which: 10 or 3,7,11; or auto: 10, 20, 40 until it is decided (default: auto)
  --time-limit N      seconds that --seeds auto may take; the first 10 seeds are always trained (default: 600)
  --epochs N          passes over the training rows (default: 100)
  --batch-size N      rows of a step (default: 64)
  --lr X              learning rate of Adam (default: 1e-3)
  --weight-decay X    decoupled (AdamW) (default: none)
  --clip-norm X       bound of the gradient's length (default: none)
  --patience N        stop after N epochs without a better validation loss (default: never)
  --stopping WHICH    whose best epoch is kept: joint (of the mean over tasks) or per-task (default: joint)
  --start WHICH       what networks predict before training: constant (near the training labels' mean or shares) or
                      glorot (a random guess) (default: constant)
  --validation X      share of the rows for validation (default: 0.15 with --patience or per-task stopping, else 0)

The comparison
  --test X            share of the rows for testing (default: 0.3)
  --splits FILE.json  given splits by seed: { "0": { "train": [...], "test": [...] }, ... }, or an array of them; row numbers from 0
  --margin X          the smallest difference that matters, in units of the metrics (default: 0.01 of AUC and accuracy,
                      0.02 of relative RMSE and deviance)
  --primary NAME      the method whose average over the tasks is looked at first (default: the first but the baseline)
  --alpha X           chance of any false verdict (default: 0.05)

Results: a table on standard output, and
  --json FILE         everything, for programs and for fromJSON
  --keep FOLDER       keep each finished run there; the same command continues after an interrupt
  --html FILE         a page with interactive figures, which needs no network
  --quiet             print nothing but errors

Exit code: 0 done, 1 failed, 2 bad input (nothing is written), 130 interrupted (what was finished is written).
`;
