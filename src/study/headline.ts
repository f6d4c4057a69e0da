import { formatNumber } from '../plots/text';
import { type AverageVerdict, answersOf, FEWEST_FOR_PROBABILITIES, type Verdict } from './answers';
import type { ComparisonData } from './comparison-data';
import { type Recommendation, recommend } from './recommend';
import { mean } from './statistics';
import { FEWEST_SEEDS } from './statistics/decide';
import { interval, percent, pText, short, signed } from './words';

const marginText = ({ unit, margin }: AverageVerdict): string => (unit === 'margins' ? 'the margins' : `${short(margin)} ${unit}`);

/** Whether all seeds were tested on the same rows, and so say nothing of others. */
const isOneTestSet = (data: ComparisonData): boolean => data.rho === 0 && data.seeds.length > 1;

/** What is said of a method on average over the tasks, in one sentence. */
function averageSentence(average: AverageVerdict, data: ComparisonData): string {
  const { method, tasks, effect, ci, p, direction, asGood, asGoodP, seeds, exploratory, seedsNeeded, dropped } = average;
  const over = tasks.length === 1 ? `On ${tasks[0]}` : `On average over ${tasks.length} tasks`;
  const where = isOneTestSet(data) ? `${over}, on this one split,` : over;
  const first = exploratory ? 'Exploratory: ' : '';
  const left = dropped > 0 ? `; ${dropped} of ${seeds + dropped} seeds failed or were left out` : '';
  const numbers = `${signed(effect)} ${average.unit}${interval(ci)}`;
  const count = `${seeds} seeds${left}`;
  if (seeds < FEWEST_SEEDS) {
    const has =
      seeds === 0 ? 'no seed has scores of both' : `${signed(effect)} ${average.unit} in ${seeds === 1 ? '1 seed' : `${seeds} seeds`}`;
    return `${where} nothing can be said of ${method} against ${data.baseline}: ${has}${left}; verdicts need at least ${FEWEST_SEEDS} seeds, better ${FEWEST_FOR_PROBABILITIES}.`;
  }
  if (direction !== 'open') return `${first}${where} ${method} is ${direction} than ${data.baseline}: ${numbers}, ${pText(p)} (${count}).`;
  if (asGood)
    return `${first}${where} ${method} is at least as good as ${data.baseline}, within ${marginText(average)}: ${numbers}, ${pText(asGoodP)} (${count}).`;
  if (Number.isNaN(p))
    return `${where} it is open whether ${method} is better or worse than ${data.baseline}: ${numbers.trim()}, and no spread to judge it by (${count}).`;
  const more =
    seedsNeeded === undefined
      ? ''
      : seedsNeeded === Number.POSITIVE_INFINITY
        ? `; more seeds alone would not show a gain of ${marginText(average)}, it takes more rows`
        : `; about ${seedsNeeded} seeds would show a gain of ${marginText(average)}`;
  return `${first}${where} it is open whether ${method} is better or worse than ${data.baseline}: ${numbers}, ${pText(p)} (${count})${more}.`;
}

/** What the proper scores say, where it is not what the primary metric says; undefined where they agree, or say nothing. */
function disagreement(average: AverageVerdict, data: ComparisonData): string | undefined {
  const { proper, effect, ci, unit, method } = average;
  if (!proper) return undefined;
  const says = (low: number, high: number): number => (low > 0 ? 1 : high < 0 ? -1 : 0);
  const [own, other] = [says(...ci), says(...proper.ci)];
  if (own === other || (own === 0 && other * effect >= 0) || (other === 0 && own * proper.effect >= 0)) return undefined;
  return `The two scores of ${method} disagree: ${signed(effect)} ${unit}${interval(ci)}, but ${signed(proper.effect)} ${proper.metric}${interval(proper.ci)} (positive is better); look at both before you trust its ${own !== 0 ? unit : proper.metric} over ${data.baseline}.`;
}

function weakestText(average: AverageVerdict, verdicts: readonly Verdict[], plan: Recommendation): string {
  const kept = new Set(plan.tasks.filter(({ method }) => method === average.method).map(({ task }) => task));
  const [weakest] = verdicts
    .filter(({ task, method, pHarm }) => method === average.method && kept.has(task) && pHarm !== undefined)
    .sort((a, b) => b.pHarm! - a.pHarm!);
  if (!weakest || kept.size < 2) return '';
  return `; weakest ${weakest.task} ${signed(weakest.effect)}${interval(weakest.ci)}, ${percent(weakest.pHarm!)} risk of losing more than ${short(weakest.margin)}`;
}

/** The answer of a comparison in one sentence: what to do, how sure that is, and the call that does it. */
export function headlineOf(data: ComparisonData): string {
  const { averages, verdicts } = answersOf(data);
  if (averages.length === 0) return `Only ${data.baseline} was trained: there is nothing to compare it with.`;
  const plan = recommend({ data });
  const average = averages.find(({ method }) => method === plan.method) ?? averages.find(({ primary }) => primary) ?? averages[0]!;
  if (averages.every(({ seeds }) => seeds < FEWEST_SEEDS)) return averageSentence(average, data);
  const { effect, ci, asGood, direction, unit, pGain, seeds } = average;
  const many = average.tasks.length > 1 ? 'average ' : '';
  const shown = `${many}gain of ${average.method} over ${data.baseline} ${signed(effect)} ${unit}${interval(ci)}`;
  const said = [
    ...(direction === 'better' ? ['shown to be better'] : direction === 'worse' ? ['shown to be worse'] : []),
    ...(direction === 'open'
      ? [
          asGood
            ? `at least as good within ${marginText(average)}: shown`
            : `better or worse: open${Number.isNaN(average.p) ? '' : `, ${pText(average.p)}`}`,
        ]
      : []),
    ...(average.exploratory ? ['exploratory'] : []),
    ...(pGain === undefined ? [] : [`${percent(pGain)} chance of a gain`]),
  ].join(', ');
  const smaller = plan.parameters < plan.baselineParameters;
  const size = smaller ? `; ${formatNumber(plan.parameters)} instead of ${formatNumber(plan.baselineParameters)} parameters` : '';
  const runs = data.runs.filter(({ failure }) => failure === undefined);
  const share = Math.round((100 * mean(runs.map(({ trainRows }) => trainRows))) / data.rows);
  const one = isOneTestSet(data) ? 'on this one split only, ' : '';
  const act = plan.sentence.slice(0, -1);
  return `${act} (${shown}, ${said}${weakestText(average, verdicts, plan)}${size}; ${one}${seeds} seeds, trained on ${share} % of your rows): tl.fit(data, comparison.recommend())`;
}

/** One line for all that is open, with the closest and what it would take; undefined where nothing is. */
function undecidedLine(data: ComparisonData): string | undefined {
  const { verdicts } = answersOf(data);
  const open = verdicts.filter(({ verdict }) => verdict === 'not enough evidence');
  if (open.length === 0) return undefined;
  if (open.length === 1) return open[0]!.sentence;
  const [closest] = open.filter(({ p }) => !Number.isNaN(p)).sort((a, b) => a.p - b.p);
  const count = open.length === verdicts.length ? `all ${open.length}` : `${open.length} of ${verdicts.length}`;
  const head = `Not enough evidence on ${count} pairs of method and task`;
  if (!closest) return `${head}: ${open[0]!.sentence.replace(/^Not enough evidence on /, '')}`;
  return `${head}; the closest: ${closest.sentence.replace(/^Not enough evidence on /, '')}`;
}

/** What a reader is told, in order: the averages, where scores disagree, what was decided by task, and one line for the rest. */
export function sentencesOf(data: ComparisonData): string[] {
  const { averages, verdicts } = answersOf(data);
  const decided = verdicts.filter(({ verdict }) => verdict !== 'not enough evidence');
  return [
    ...averages.map((average) => averageSentence(average, data)),
    ...averages.flatMap((average) => disagreement(average, data) ?? []),
    ...decided.map(({ sentence, exploratory }) => (exploratory ? `Exploratory: ${sentence}` : sentence)),
    ...[undecidedLine(data)].flatMap((line) => line ?? []),
  ];
}
