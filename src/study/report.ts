import { mkdirSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { type CallSpecs, optionalOption, readCall, textOption } from '../options/spec';
import type { Figure } from '../plots/figure';
import { figureToHtml } from '../plots/html';
import { figureToSvg } from '../plots/svg';
import { type Cell, htmlTable, type Table } from '../plots/table';
import { escapeHtml, formatNumber, listed } from '../plots/text';
import { replaceFile } from '../replace-file';
import type { ComparisonData, TaskRecord } from './comparison-data';
import { plotsOf } from './comparison-plots';
import { tableOf } from './comparison-table';
import { headlineOf, sentencesOf } from './headline';
import { methodCode, paperText, partsOf } from './method-text';
import { mean } from './statistics';
import { deltaMOf, verdictsOf } from './verdicts';

/** Options of `comparison.report` and `comparison.markdown`. */
export interface ReportOptions {
  /** Where the report is written, its folder made where it is missing. @default nowhere */
  readonly file?: string;
  /** @default 'Comparison of multi-task methods' */
  readonly title?: string;
}

type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'figure'; readonly name: string; readonly figure: Figure }
  | { readonly kind: 'code'; readonly code: string };

interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

const percent = (value: number): string => `${formatNumber(100 * value)} %`;

function designRows(data: ComparisonData): Cell[][] {
  const { design } = data;
  const nameless = (value: unknown): Cell =>
    value === null || value === undefined
      ? 'none'
      : typeof value === 'object'
        ? JSON.stringify(value)
        : typeof value === 'number'
          ? value
          : String(value);
  return [
    ...Object.entries(design).map(([name, value]): Cell[] => [name, nameless(value)]),
    ['seeds', data.seeds.join(', ')],
    ['baseline', data.baseline],
    ['margin: the smallest difference that matters', JSON.stringify(data.margin)],
    ['primary method', data.primary ?? 'none'],
    ['alpha', data.alpha],
    ["correlation of two seeds' scores at most (Nadeau and Bengio 2003)", data.rho === 0 ? 'no bound: one test set' : data.rho],
  ];
}

/** What seeds vary, and so what is said is about. */
function variedText({ design, tuning }: ComparisonData): string {
  const records = Object.values(tuning ?? {});
  const perSeed = records.some(({ candidates }) => candidates.length === 0);
  const varied = [
    ...(design.vary === 'initialization' ? [] : ['the split']),
    ...(design.vary === 'split' ? [] : ['initialization and batch orders']),
    ...(perSeed ? ['the candidates of tuning'] : []),
  ];
  const fixed = records.length > 0 && !perSeed ? ' All seeds tuned over the same candidates: what is said holds for these.' : '';
  return `Seeds vary ${listed(varied)}.${fixed}`;
}

function statisticsText(data: ComparisonData): string {
  return (
    `Each method is compared with ${data.baseline} on the same splits and seeds, by a paired t test. ${variedText(data)} What seeds have in common is told by their ` +
    'test rows: the variance of a mean gain is that of one seed, s^2 / J, and twice the variance by rows that seeds share, at least s^2 / 9 and at ' +
    'most s^2 test / train (Nadeau and Bengio 2003), which is taken where rows were not kept. The average over the tasks of the primary method is ' +
    `tested first, alone, at ${percent(data.alpha)}; other methods follow by Holm, and tasks by Holm within a method whose average differs. What comes ` +
    'out of turn is exploratory, corrected by Holm over all of it. Interval, p and word are of one test. P(gain) and P(harm), a loss beyond the ' +
    'margin, are by a hierarchical normal model of all tasks. The Wilcoxon and sign-flip p values are uncorrected, for comparison.'
  );
}

function verdictTable(data: ComparisonData): Table {
  return {
    columns: [
      ...['method', 'task', 'metric', 'gain', 'low', 'high', 'p', 'margin', 'P(gain)', 'P(harm)'],
      ...[
        'proper score',
        'its gain',
        'its low',
        'its high',
        'Wilcoxon p',
        'sign-flip p',
        'seeds',
        'left out',
        'direction',
        'size',
        'verdict',
      ],
    ],
    rows: verdictsOf(data).map((v): Cell[] => [
      v.method,
      v.task,
      v.metric,
      v.effect,
      ...v.ci,
      v.p,
      v.margin,
      v.pGain ?? null,
      v.pHarm ?? null,
      v.proper?.metric ?? null,
      v.proper?.effect ?? null,
      v.proper?.ci[0] ?? null,
      v.proper?.ci[1] ?? null,
      v.wilcoxonP,
      v.signFlipP,
      v.seeds,
      v.dropped,
      v.direction,
      v.size,
      v.exploratory ? `${v.verdict} (exploratory)` : v.verdict,
    ]),
    notes: ['gain: mean over seeds, turned so that positive is better, in units of the metric; P(harm): of a loss beyond the margin'],
  };
}

function deltaTable(data: ComparisonData): Table {
  return {
    title: `Delta-m: mean relative gain over ${data.baseline} (Maninis 2019), with the terms that make it`,
    columns: ['method', 'delta-m %', 'low', 'high', ...data.tasks.map(({ name }) => `${name} %`)],
    rows: Object.entries(deltaMOf(data)).map(([method, { total, terms }]): Cell[] => [
      method,
      100 * total.value,
      100 * total.low,
      100 * total.high,
      ...data.tasks.map(({ name }) => 100 * terms[name]!.value),
    ]),
  };
}

function tuningBlocks(data: ComparisonData): Block[] {
  return Object.entries(data.tuning ?? {}).map(([method, { candidates, choices, seconds }]): Block => {
    const drawn = choices.flatMap((choice) => (choice.candidates ? [choice.candidates[choice.chosen]!] : []));
    const names = [...new Set([...candidates, ...drawn].flatMap((changes) => Object.keys(changes)))];
    const cell = (value: unknown): Cell =>
      value === undefined
        ? 'as given'
        : typeof value === 'number'
          ? value
          : JSON.stringify(value, (_, v) => (typeof v === 'number' ? Number(v.toPrecision(3)) : v));
    const notes = [`${formatNumber(seconds)} seconds of training in all`];
    if (drawn.length > 0) {
      const rows = choices.map(({ seed, task, losses, chosen }, i): Cell[] => [
        seed,
        task ?? 'all',
        ...names.map((name) => cell(drawn[i]![name])),
        losses[chosen],
      ]);
      const title = `Candidates of ${method} that seeds drew and chose on validation rows`;
      return { kind: 'table', table: { title, columns: ['seed', 'task', ...names, 'validation loss'], rows, notes } };
    }
    return {
      kind: 'table',
      table: {
        title: `Candidates of ${method}, chosen on validation rows`,
        columns: ['candidate', ...names, 'mean validation loss', 'chosen'],
        rows: candidates.map((changes, k): Cell[] => [
          k,
          ...names.map((name) => cell(changes[name])),
          mean(choices.map(({ losses }) => losses[k]!).filter(Number.isFinite)),
          `${choices.filter(({ chosen }) => chosen === k).length} of ${choices.length}`,
        ]),
        notes,
      },
    };
  });
}

function failureBlocks(data: ComparisonData): Block[] {
  const failed = data.runs.filter(({ failure }) => failure !== undefined);
  if (failed.length === 0) return [];
  return [
    {
      kind: 'table',
      table: {
        title: 'Runs that failed',
        columns: ['method', 'seed', 'why'],
        rows: failed.map(({ method, seed, failure }): Cell[] => [method, seed, failure]),
      },
    },
  ];
}

function taskCode({ name, kind, options }: TaskRecord): string {
  return `${JSON.stringify(name)}: tl.${kind}(${options === undefined ? '' : JSON.stringify(options)})`;
}

function repeatCode(data: ComparisonData): string {
  const { design } = data;
  const options = { ...(design.optimizerOptions as Record<string, unknown>), learningRate: design.learningRate };
  const isFolds = data.runs.some(({ fold }) => fold !== undefined);
  const folds = 1 + Math.max(0, ...data.runs.map(({ fold }) => fold ?? 0));
  const lines = [
    "import * as tl from 'taskloom';",
    `// ${data.rows} rows, ${data.tasks.length} tasks; fingerprint ${data.fingerprint.slice(0, 16)}`,
    `const data = tl.taskData(frame, { tasks: { ${data.tasks.map(taskCode).join(', ')} } });`,
    'const comparison = await tl.compare(data, {',
    '  methods: {',
    ...data.methods.map(({ name, definition }) => `    ${JSON.stringify(name)}: ${methodCode(definition)},`),
    '  },',
    isFolds ? `  design: { folds: ${folds}, repeats: ${data.seeds.length / folds} },` : `  seeds: ${JSON.stringify(data.seeds)},`,
    `  vary: ${JSON.stringify(design.vary)}, // splits: ${String(design.splits)}`,
    `  epochs: ${design.epochs}, batchSize: ${design.batchSize}, schedule: ${JSON.stringify(design.schedule)}, validation: ${design.validation},`,
    ...(design.patience === null ? [] : [`  patience: ${design.patience},`]),
    ...(design.stopping === 'perTask' ? ["  stopping: 'perTask',"] : []),
    ...(design.start === 'glorot' ? ["  start: 'glorot',"] : []),
    ...(design.clipNorm === null ? [] : [`  clipNorm: ${design.clipNorm},`]),
    ...(design.taskSampling === undefined ? [] : [`  taskSampling: ${JSON.stringify(design.taskSampling)},`]),
    `  optimizer: tl.${design.optimizer}(${JSON.stringify(options)}),`,
    ...(design.tune === undefined ? [] : [`  tune: ${JSON.stringify(design.tune)},`]),
    `  baseline: ${JSON.stringify(data.baseline)}, alpha: ${data.alpha}, margin: ${JSON.stringify(data.margin)},`,
    '});',
  ];
  return lines.join('\n');
}

/** What both forms of the report hold. */
function sectionsOf(data: ComparisonData): Section[] {
  const plots = plotsOf(data);
  const compares = data.methods.length > 1 && data.runs.length > 0;
  const figure = (name: string, draw: () => Figure): Block[] => (data.runs.length > 0 ? [{ kind: 'figure', name, figure: draw() }] : []);
  return [
    {
      title: 'What was found',
      blocks: [
        { kind: 'text', text: headlineOf(data) },
        ...(compares ? [{ kind: 'list', items: sentencesOf(data) } as const] : []),
        { kind: 'table', table: tableOf(data) },
        ...(compares ? figure('gains', () => plots.gains()) : []),
        ...figure('scores', () => plots.scores()),
      ],
    },
    {
      title: 'The tests',
      blocks: [
        { kind: 'text', text: statisticsText(data) },
        ...(compares ? ([verdictTable(data), deltaTable(data)].map((table) => ({ kind: 'table', table }) as const) satisfies Block[]) : []),
        ...failureBlocks(data),
      ],
    },
    {
      title: 'Data',
      blocks: [
        { kind: 'text', text: `${data.rows} rows, ${formatNumber(data.features)} encoded features; fingerprint ${data.fingerprint}.` },
        {
          kind: 'table',
          table: {
            columns: ['task', 'kind', 'classes', 'metric', 'better'],
            rows: data.tasks.map(({ name, kind, classes, metric, better }): Cell[] => [name, kind, classes.join(', '), metric, better]),
          },
        },
      ],
    },
    {
      title: 'Design',
      blocks: [{ kind: 'table', table: { columns: ['setting', 'value'], rows: designRows(data) } }],
    },
    {
      title: 'Methods',
      blocks: [
        {
          kind: 'table',
          table: {
            columns: ['method', 'parts', 'papers', 'parameters', 'seconds'],
            rows: data.methods.map(({ name, definition, parameters }): Cell[] => {
              const parts = partsOf(definition);
              const seconds = data.runs.filter(({ method }) => method === name).reduce((sum, run) => sum + run.seconds, 0);
              return [
                name,
                parts.map(({ title }) => title).join(' with '),
                parts.map(({ paper }) => paperText(paper)).join('; '),
                parameters,
                seconds,
              ];
            }),
            notes: ['seconds: training of all seeds together, on this machine'],
          },
        },
        ...figure('curves', () => plots.curves()),
        ...tuningBlocks(data),
      ],
    },
    {
      title: 'How to repeat it',
      blocks: [
        {
          kind: 'text',
          text: `Taskloom ${data.versions.taskloom}, Node ${data.versions.node}, TensorFlow.js ${data.versions.tensorflow}, backend ${data.versions.backend}. The same seeds give the same numbers on the same machine and backend.`,
        },
        { kind: 'code', code: repeatCode(data) },
      ],
    },
  ];
}

const reportSpecs: CallSpecs<ReportOptions, 'file'> = {
  file: optionalOption('the path of a file', 'where the report is written', (value) =>
    typeof value === 'string' && value !== '' ? undefined : 'type',
  ),
  title: textOption('Comparison of multi-task methods', 'its title'),
};

function write(file: string, content: string): void {
  mkdirSync(dirname(resolve(file)), { recursive: true });
  replaceFile(file, content);
}

/** The report as a page that needs nothing else. */
export function htmlReport(data: ComparisonData, options?: ReportOptions): string {
  const { file, title } = readCall<ReportOptions, 'file'>('comparison.report', reportSpecs, options);
  const figures: Figure[] = [];
  const blockHtml = (block: Block): string => {
    switch (block.kind) {
      case 'text':
        return `<p>${escapeHtml(block.text)}</p>`;
      case 'list':
        return `<ul>${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('\n')}</ul>`;
      case 'table':
        return `<div style="overflow-x:auto">${htmlTable(block.table)}</div>`;
      case 'figure':
        figures.push(block.figure);
        return `<div data-figure="${figures.length - 1}"></div>`;
      case 'code':
        return `<pre style="overflow-x:auto"><code>${escapeHtml(block.code)}</code></pre>`;
    }
  };
  const body = sectionsOf(data)
    .map((section) => `<h2>${escapeHtml(section.title)}</h2>\n${section.blocks.map(blockHtml).join('\n')}`)
    .join('\n');
  const html = figureToHtml(figures, { title, body: `<h1>${escapeHtml(title)}</h1>\n${body}` });
  if (file !== undefined) write(file, html);
  return html;
}

/** Text that Markdown shows as it is. */
const escapeMarkdown = (text: string): string => text.replace(/[\\`*_{}[\]<>#|]/g, '\\$&').replace(/\s+/g, ' ');

function markdownTable(table: Table): string {
  const cell = (value: Cell): string =>
    escapeMarkdown(value === null || value === undefined ? '' : typeof value === 'number' ? formatNumber(value, 4) : String(value));
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    ...(table.title === undefined ? [] : [`**${escapeMarkdown(table.title)}**`, '']),
    row(table.columns.map(escapeMarkdown)),
    row(table.columns.map(() => '---')),
    ...table.rows.map((cells) => row(cells.map(cell))),
    ...(table.notes ?? []).map((note) => `\n${escapeMarkdown(note)}`),
  ].join('\n');
}

/** The report as Markdown, with its figures in files beside it where it is written to one. */
export function markdownReport(data: ComparisonData, options?: ReportOptions): string {
  const { file, title } = readCall<ReportOptions, 'file'>('comparison.markdown', reportSpecs, options);
  const blockMarkdown = (block: Block): string => {
    switch (block.kind) {
      case 'text':
        return escapeMarkdown(block.text);
      case 'list':
        return block.items.map((item) => `- ${escapeMarkdown(item)}`).join('\n');
      case 'table':
        return markdownTable(block.table);
      case 'figure': {
        if (file === undefined) return `*${escapeMarkdown(block.figure.text)}*`;
        const name = `${basename(file, extname(file))}-${block.name}.svg`;
        write(join(dirname(file), name), figureToSvg(block.figure));
        return `![${escapeMarkdown(block.figure.text)}](${encodeURIComponent(name)})`;
      }
      case 'code':
        return `\`\`\`ts\n${block.code}\n\`\`\``;
    }
  };
  const markdown = `${[
    `# ${escapeMarkdown(title)}`,
    ...sectionsOf(data).flatMap((section) => [`## ${escapeMarkdown(section.title)}`, ...section.blocks.map(blockMarkdown)]),
  ].join('\n\n')}\n`;
  if (file !== undefined) write(file, markdown);
  return markdown;
}
