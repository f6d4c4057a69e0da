import { withDefaults } from '../options/check';
import { intervalBars, nameAxis, nameWidth, requireLength, requireSome, sideLegend, valueAxis } from './axes';
import { type Figure, makeFigure } from './figure';
import { escapeHtml, formatInterval, formatNumber, label } from './text';
import { seriesStyle } from './theme';

/** Values by name, for instance seconds per method. */
export interface BarsInput {
  readonly labels: readonly string[];
  readonly series: readonly {
    readonly name: string;
    /** `[labels]`; NaN draws no bar. */
    readonly values: readonly number[];
    /** Ends of intervals, `[labels]`. */
    readonly low?: readonly number[];
    readonly high?: readonly number[];
  }[];
}

/** How bars are drawn. */
export interface BarsOptions {
  readonly title?: string;
  readonly subtitle?: string;
  /** What the values are, with their unit. */
  readonly unit?: string;
  /** Logarithmic axis: for positive values of very different size. @default false */
  readonly log?: boolean;
}

/**
 * Horizontal bars, grouped by label, with intervals where there are some.
 *
 * @throws RangeError when there is nothing to draw; TypeError when lengths differ.
 */
export function bars(input: BarsInput, options: BarsOptions = {}): Figure {
  const { labels, series } = input;
  const { title, subtitle, unit, log } = withDefaults<Required<BarsOptions>>('plots.bars', options, {
    title: series.map((one) => one.name).join(', '),
    subtitle: '',
    unit: '',
    log: false,
  });
  requireSome('bars', labels, 'labels');
  requireSome('bars', series, 'series');
  const data = series.map(({ name, values, low, high }, index) => {
    const what = `bars of ${JSON.stringify(name)}`;
    for (const [part, array] of Object.entries({ values, low, high })) requireLength(what, part, array, labels.length);
    const intervals = low !== undefined && high !== undefined;
    return {
      type: 'bar',
      orientation: 'h',
      legendgroup: name,
      name: label(name),
      x: values,
      y: labels.map((_, position) => position),
      ...(intervals ? { error_x: intervalBars(values, low, high) } : {}),
      marker: { color: seriesStyle(index).color },
      // Numbers stand at the end of lone bars; bars in groups or with intervals have no room for them.
      ...(intervals || series.length > 2
        ? {}
        : { text: values.map((value) => formatNumber(value)), textposition: 'outside', cliponaxis: false }),
      hoverinfo: 'text',
      hovertext: values.map((value, position) => {
        const ends = intervals ? ` ${formatInterval(low[position] as number, high[position] as number)}` : '';
        return `${escapeHtml(labels[position] as string)}, ${escapeHtml(name)}: ${formatNumber(value)}${ends}`;
      }),
    } as const;
  });
  const side = sideLegend(series.map((one) => one.name));
  return makeFigure({
    title,
    subtitle,
    text: `${title}: ${labels.map((name, position) => `${name} ${series.map((one) => formatNumber(one.values[position] as number)).join(' / ')}`).join(', ')}`,
    data,
    plotHeight: Math.max(70, labels.length * Math.max(26, 12 * series.length + 10)),
    margin: { l: nameWidth(labels), r: Math.max(50, side.width), b: 48 },
    layout: {
      barmode: 'group',
      bargap: 0.25,
      xaxis: valueAxis(escapeHtml(unit), log ? { type: 'log' } : { rangemode: 'tozero' }),
      yaxis: nameAxis(labels),
      ...side.layout,
    },
  });
}
