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
