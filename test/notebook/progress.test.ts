import { JSDOM } from 'jsdom';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { formatDuration, progressBundle, progressDisplay, progressLine } from '../../src/notebook/progress';
import { installProgressDisplay, lastResult, longWork } from '../../src/training/long-work';
import type { ProgressEvent } from '../../src/training/progress';
import { inTslab, written } from './fake-kernels';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const event = { phase: 'training', done: 3, total: 12, secondsLeft: 125, message: 'mmoe, seed 1' };

test('formatDuration', () => {
  expect([0, 59.4, 60, 125, 3600, 7384].map(formatDuration)).toEqual(['0 s', '59 s', '1 min 0 s', '2 min 5 s', '1 h 0 min', '2 h 3 min']);
});

test('progressLine says what, how far and how long', () => {
  expect(progressLine(event)).toBe('training: 3 of 12, 2 min 5 s left · mmoe, seed 1');
  expect(progressLine({ phase: 'p', done: 0, total: 1 })).toBe('p: 0 of 1');
});

test('progressBundle: bar, escaped line, and curves in their common scales', () => {
  const bundle = progressBundle({
    ...event,
    phase: '<b>',
    curve: [
      { name: 'hard & soft', x: [1, 2, 3], y: [1, Number.NaN, 0] },
      { name: 'mmoe', x: [1, 3], y: [0.5, 0.5] },
    ],
  });
  const { document } = new JSDOM(bundle['text/html'] as string).window;
  expect(document.querySelectorAll('b')).toHaveLength(0);
  expect(document.body.innerHTML).toContain('width:25.0%');
  expect([...document.querySelectorAll('polyline')].map((line) => line.getAttribute('points'))).toEqual([
    '2.0,2.0 358.0,88.0',
    '2.0,45.0 358.0,45.0',
  ]);
  expect(document.body.textContent).toContain('hard & soft 0');
  expect(bundle['text/plain']).toBe('<b>: 3 of 12, 2 min 5 s left · mmoe, seed 1');
  const empty = progressBundle({ phase: 'p', done: 0, total: 0, curve: [{ name: 'a', x: [], y: [] }] });
  expect(empty['text/html']).not.toMatch(/NaN|Infinity|polyline/);
});

test('in a notebook: one output of the starting cell, drawn at most twice a second, and at once when the phase changes', () => {
  inTslab(({ sent, nextCell }) => {
    const display = progressDisplay();
    nextCell();
    for (let step = 0; step < 100; step++) {
      display.update({ ...event, done: step, total: 100 });
      vi.advanceTimersByTime(100);
    }
    expect(sent).toHaveLength(20);
    display.update({ ...event, phase: 'testing' });
    expect(sent).toHaveLength(21);
    display.done(false);
    expect(sent.at(-1)).toMatchObject({ data: { 'text/plain': 'testing: stopped at 3 of 12' }, update: true });
    expect(new Set(sent.map((message) => message.id)).size).toBe(1);
    expect(sent[0]?.cell).toBe(1);
    expect(sent.map((message) => message.update)).toEqual(sent.map((_, index) => index > 0));
  });
});

test('done: a line replaces the bar, and says where the result of stopped work is; without an event there is nothing to say', () => {
  inTslab(({ sent }) => {
    progressDisplay().done(true);
    expect(sent).toHaveLength(0);
    const display = progressDisplay();
    display.update({ ...event, done: 12 });
    display.done(true);
    expect(sent[1]?.data).toEqual({ 'text/plain': 'training: 12 of 12 done' });
    display.update(event);
    display.done(true);
    expect(sent.at(-1)?.data['text/plain']).toBe(
      'training: stopped at 3 of 12; "await tl.lastResult()" in another cell has what is finished',
    );
  });
});

test('lastResult: what the last work returned, or its error', async () => {
  // Other tests of this process may have run something.
  vi.resetModules();
  const fresh = await import('../../src/training/long-work');
  await expect(fresh.lastResult()).rejects.toThrow('nothing was run yet; call fit, compare or the like first');
  const onProgress = (): void => {};
  expect(await longWork({ onProgress }, async () => 'first')).toBe('first');
  expect(await lastResult()).toBe('first');
  let finish = (_: string): void => {};
  const running = longWork({}, () => new Promise<string>((resolve) => (finish = resolve)));
  const later = lastResult<string>();
  finish('second');
  expect([await later, await running]).toEqual(['second', 'second']);
  await expect(longWork({ onProgress }, () => Promise.reject(new Error('diverged')))).rejects.toThrow('diverged');
  await expect(lastResult()).rejects.toThrow('diverged');
});

test('long work inside of long work has no display of its own, and is not the last result', async () => {
  const seen: string[] = [];
  let made = 0;
  installProgressDisplay(() => {
    made++;
    return { update: ({ phase }) => seen.push(phase), done: (returned) => seen.push(`done ${returned}`) };
  });
  try {
    const result = await longWork({}, async (options: { onProgress?: (event: ProgressEvent) => void }) => {
      options.onProgress?.({ phase: 'outer', done: 0, total: 1 });
      return `outer of ${await longWork({}, async () => 'inner')}`;
    });
    expect([result, await lastResult(), made, seen]).toEqual(['outer of inner', 'outer of inner', 1, ['outer', 'done true']]);
    const heard: string[] = [];
    await longWork({ onProgress: ({ phase }: ProgressEvent) => heard.push(phase) }, async ({ onProgress }) =>
      onProgress({ phase: 'own', done: 0, total: 1 }),
    );
    expect([heard, made]).toEqual([['own'], 1]);
  } finally {
    installProgressDisplay(undefined);
  }
});

/** What a display writes to a terminal of some width, or to a file. */
function onStderr(isTTY: boolean, columns: number): string {
  const before = { isTTY: process.stderr.isTTY, columns: process.stderr.columns };
  Object.assign(process.stderr, { isTTY, columns });
  try {
    return written('stderr', () => {
      const display = progressDisplay();
      display.update(event);
      vi.advanceTimersByTime(600);
      display.update({ ...event, done: 12 });
      display.done(true);
    });
  } finally {
    Object.assign(process.stderr, before);
  }
}

test('on a terminal: one line rewritten in place, never longer than the terminal; into a file: nothing', () => {
  const text = onStderr(true, 30);
  expect(text.split('\r\u001b[K')).toEqual([
    '',
    'training: 3 of 12, 2 min 5 s…',
    'training: 12 of 12, 2 min 5…',
    'training: 12 of 12 done\n',
  ]);
  expect(onStderr(false, 80)).toBe('');
});
