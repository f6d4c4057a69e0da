import { randomUUID } from 'node:crypto';
import { decimate } from '../plots/decimate';
import type { MimeBundle } from '../plots/mime';
import { clip, escapeHtml, formatNumber, printable } from '../plots/text';
import { seriesStyle } from '../plots/theme';
import type { ProgressDisplay } from '../training/long-work';
import type { ProgressCurve, ProgressEvent } from '../training/progress';
import { currentTransport } from './transport';

/** Milliseconds between two drawings. */
const interval = 500;

/** Seconds as people read them, for instance `'2 min 5 s'`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** One line: what is done, how far it is, and how long it takes still. */
export function progressLine(event: ProgressEvent): string {
  const left = event.secondsLeft === undefined ? '' : `, ${formatDuration(event.secondsLeft)} left`;
  return `${event.phase}: ${Math.floor(event.done)} of ${event.total}${left}${event.message === undefined ? '' : ` · ${event.message}`}`;
}

const chart = { width: 360, height: 90 } as const;

/** The curves as a small picture: lines in common scales, each with its name and last value. */
function curvesHtml(curves: readonly ProgressCurve[]): string {
  const lines = curves.map(({ name, x, y }) => {
    const points = decimate(y, 100)
      .map((index) => [x[index] as number, y[index] as number] as const)
      .filter((point) => point.every(Number.isFinite));
    return { name, points };
  });
  const all = lines.flatMap((line) => line.points);
  if (all.length === 0) return '';
  const span = (axis: 0 | 1): [number, number] => {
    const values = all.map((point) => point[axis]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return [low, high > low ? high - low : 1];
  };
  const [[left, width], [bottom, height]] = [span(0), span(1)];
  const at = ([x, y]: readonly [number, number]): string =>
    `${(2 + ((x - left) / width) * (chart.width - 4)).toFixed(1)},${(chart.height - 2 - ((y - bottom) / height) * (chart.height - 4)).toFixed(1)}`;
  const picture = lines.map(
    ({ points }, index) =>
      `<polyline fill="none" stroke="${seriesStyle(index).color}" stroke-width="1.5" points="${points.map(at).join(' ')}"/>`,
  );
  const legend = lines.map(({ name, points }, index) => {
    const last = points.at(-1);
    const value = last === undefined ? '' : ` ${formatNumber(last[1])}`;
    return `<span style="margin-right:12px"><span style="color:${seriesStyle(index).color}">■</span> ${escapeHtml(clip(name, 28))}${value}</span>`;
  });
  return (
    `<svg width="${chart.width}" height="${chart.height}" style="display:block;border-left:1px solid currentColor;border-bottom:1px solid currentColor">` +
    `${picture.join('')}</svg><div style="font-size:12px">${legend.join('')}</div>`
  );
}

/** Progress as an output: bar, line and curves in HTML that takes its colors from the page, the line as text. */
export function progressBundle(event: ProgressEvent): MimeBundle {
  const percent = event.total > 0 ? Math.min(100, Math.max(0, (100 * event.done) / event.total)) : 0;
  const line = progressLine(event);
  const bar =
    `<div style="width:${chart.width}px;height:8px;border:1px solid currentColor;border-radius:4px;overflow:hidden;margin:4px 0">` +
    `<div style="width:${percent.toFixed(1)}%;height:100%;background:#0072b2"></div></div>`;
  return {
    'text/html': `<div><div>${escapeHtml(line)}</div>${bar}${event.curve === undefined ? '' : curvesHtml(event.curve)}</div>`,
    'text/plain': line,
  };
}

function summaryOf(event: ProgressEvent, hint: boolean): string {
  const kept = hint ? '; "await tl.lastResult()" in another cell has what is finished' : '';
  // Sums of shares may fall short of the whole by rounding.
  return event.done < event.total * (1 - 1e-9)
    ? `${event.phase}: stopped at ${Math.floor(event.done)} of ${event.total}${kept}`
    : `${event.phase}: ${event.total} of ${event.total} done`;
}

/**
 * Makes a progress display that belongs to the running cell: bar, time left and live curves in a notebook; one rewritten line on a
 * terminal's error stream; nothing where neither is there.
 */
export function progressDisplay(): ProgressDisplay {
  const transport = currentTransport();
  const { stderr } = process;
  const id = randomUUID();
  let shown = false;
  const draw = (bundle: MimeBundle, last: boolean): void => {
    if (transport.inPlace) {
      transport.send(bundle, id, shown);
    } else if (stderr.isTTY) {
      // Carriage return, clear to the end of the line; a line longer than the terminal would not be rewritten but repeated.
      stderr.write(`\r\u001b[K${clip(printable(String(bundle['text/plain'])), (stderr.columns || 80) - 1)}${last ? '\n' : ''}`);
    }
    shown = true;
  };
  let latest: ProgressEvent | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    update(event) {
      const now = performance.now();
      const due = now - drawnAt >= interval || event.phase !== latest?.phase;
      latest = event;
      if (!due) return;
      drawnAt = now;
      draw(progressBundle(event), false);
    },
    done(returned) {
      if (latest !== undefined) draw({ 'text/plain': summaryOf(latest, returned && transport.inPlace) }, true);
    },
  };
}
