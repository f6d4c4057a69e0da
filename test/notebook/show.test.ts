import { expect, test } from 'vitest';
import { show, showLive } from '../../src/notebook/show';
import { inTslab, written } from './fake-kernels';

const showing = (...texts: string[]) => ({ toMime: () => texts.map((text) => ({ 'text/plain': text })) });

test('show sends before it returns, and returns nothing that a notebook would print', () => {
  inTslab(({ sent }) => {
    expect(show('hello')).toBeUndefined();
    expect(sent).toMatchObject([{ data: { 'text/plain': 'hello' }, update: false }]);
  });
});

test('showLive: updates replace what was there, also from a later cell', () => {
  inTslab(({ sent, nextCell }) => {
    const live = showLive('one');
    nextCell();
    live.update('two');
    show('other');
    expect(sent.map(({ data, update, cell }) => [data['text/plain'], update, cell])).toEqual([
      ['one', false, 1],
      ['two', true, 2],
      ['other', false, 2],
    ]);
    expect(sent[1]?.id).toBe(sent[0]?.id);
    expect(sent[2]?.id).not.toBe(sent[0]?.id);
  });
});

test('several outputs are replaced one by one; new ones are added, old ones emptied', () => {
  inTslab(({ sent }) => {
    const live = showLive(showing('a', 'b'));
    live.update(showing('c'));
    live.update(showing('d', 'e', 'f'));
    const ids = sent.map((message) => message.id);
    expect(sent.map(({ data, update }) => [data['text/plain'], update])).toEqual([
      ['a', false],
      ['b', false],
      ['c', true],
      ['', true],
      ['d', true],
      ['e', true],
      ['f', false],
    ]);
    expect([ids[2], ids[3], ids[4], ids[5]]).toEqual([ids[0], ids[1], ids[0], ids[1]]);
  });
});

test('what gives its bundle later is shown when it is there', async () => {
  await inTslab(async ({ sent }) => {
    show({ toMime: async () => ({ 'text/plain': 'late' }) });
    expect(sent).toHaveLength(0);
    await new Promise((resolve) => setTimeout(resolve));
    expect(sent).toMatchObject([{ data: { 'text/plain': 'late' } }]);
  });
});

test('a plain script prints', () => {
  expect(written('stdout', () => show([{ a: 1 }]))).toBe('a\n─\n1\n');
});
