import type { TaskData } from '../data/task-data';
import { formatNumber } from '../plots/text';
import type { ProgressEvent } from '../training/progress';
import { type AverageVerdict, answersOf } from './answers';
import type { Comparison } from './comparison';
import type { ComparisonData } from './comparison-data';
import { type DesignOptions, planObservations } from './observations';
import { judgedAt, runStudy, type StudyOptions } from './run-study';
import { correctedTPower } from './statistics';

/** Seeds at which a study is looked at, and the share of alpha that each look spends. */
const LOOKS = [
  { seeds: 10, share: 0.2 },
  { seeds: 20, share: 0.3 },
  { seeds: 40, share: 0.5 },
] as const;

/** Chance of showing a gain of the margin with all seeds below which going on is futile. */
const LEAST_POWER = 0.2;

/** What was found at one look. */
interface Look {
  readonly seeds: number;
  readonly alpha: number;
  readonly effect: number;
  readonly low: number;
  readonly high: number;
}

const primaryOf = (data: ComparisonData): AverageVerdict | undefined => answersOf(data).averages.find(({ primary }) => primary);

/** Whether the primary question is answered: it differs, or the difference is shown to be below the margin. */
const isDecided = ({ direction, size }: AverageVerdict): boolean => direction !== 'open' || size === 'below margin';

/** Whether even all seeds would hardly show a gain of the margin: it takes more rows. It looks at the spread, not at the gain. */
function isFutile({ spread, margin, correlation }: AverageVerdict, alpha: number): boolean {
  if (!(spread > 0) || Number.isNaN(correlation)) return false;
  return correctedTPower(LOOKS.at(-1)!.seeds, { effect: margin, sd: spread, alpha, rho: correlation }) < LEAST_POWER;
}

const lookText = ({ unit }: AverageVerdict, { seeds, effect, low, high }: Look): string =>
  `${seeds} seeds: ${formatNumber(effect)} ${unit} [${formatNumber(low)}, ${formatNumber(high)}]`;

/**
 * Compares with 10 seeds, then 20, then 40, until the primary method's average is shown to differ or to be below the margin, until going on is futile, or
 * until the next seeds would not be done within the time. Each look spends its share of alpha (.01, .015 and .025 of .05), so that looking often does not
 * make chance look like an answer; a study that ends for time or futility spends what is left.
 * @param timeLimit seconds for all of it; the first look is always taken
 */
export async function compareUntilDecided(
  who: string,
  data: TaskData,
  options: StudyOptions & Omit<DesignOptions, 'seeds'>,
  timeLimit: number,
): Promise<Comparison> {
  const alpha = options.alpha ?? 0.05;
  const started = Date.now();
  const looks: Look[] = [];
  let spent = 0;
  let found: Comparison | undefined;
  for (const [i, { seeds, share }] of LOOKS.entries()) {
    const own = share * alpha;
    const said = found && primaryOf(found.data);
    const { onProgress } = options;
    const phase = said ? ` (${lookText(said, looks.at(-1)!)})` : '';
    const shown = onProgress ? { onProgress: (event: ProgressEvent): void => onProgress({ ...event, phase: event.phase + phase }) } : {};
    const plan = (validation: number): ReturnType<typeof planObservations> =>
      planObservations(who, data, { ...options, seeds }, validation);
    found = await runStudy(who, data, { ...options, ...shown, alpha: own }, plan, found);
    const { data: now } = found;
    if (now.runs.length < now.methods.length * now.seeds.length) return judgedAt(found, alpha - spent, 'interrupted', looks);
    const average = primaryOf(now);
    if (average) looks.push({ seeds, alpha: own, effect: average.effect, low: average.ci[0], high: average.ci[1] });
    const seconds = (Date.now() - started) / 1000;
    const next = LOOKS[i + 1];
    const until = next ? (seconds * next.seeds) / seeds : 0;
    const why =
      average && isDecided(average)
        ? 'decided'
        : next === undefined
          ? 'all seeds were used'
          : !average
            ? 'there is nothing to compare'
            : isFutile(average, alpha - spent)
              ? 'more seeds would hardly show a gain of the margin, it takes more rows'
              : until > timeLimit
                ? `${next.seeds} seeds would take about ${formatNumber(until)} seconds, more than timeLimit ${timeLimit}`
                : undefined;
    if (why !== undefined) {
      const level = why === 'decided' ? own : alpha - spent;
      return judgedAt(
        found,
        level,
        `stopped at ${seeds} of at most ${LOOKS.at(-1)!.seeds} seeds: ${why}; level ${formatNumber(level)} of ${alpha}`,
        looks,
      );
    }
    spent += own;
  }
  return found!;
}
