import { expect, test } from 'vitest';
import { currentTransport } from '../../src/notebook/transport';
import { inDeno, inDenoScript, inTslab, written } from './fake-kernels';

const bundle = { 'application/vnd.plotly.v1+json': { data: [] }, 'image/svg+xml': '<svg/>', 'text/plain': 'text' };

test('tslab: whole bundles through the kernel’s writer, on any system’s paths', () => {
  for (const path of ['/home/u/node_modules/tslab/dist/jupyter.js', 'C:\\u\\node_modules\\tslab\\dist\\jupyter.js']) {
    inTslab(({ sent }) => {
      const transport = currentTransport();
      transport.send(bundle, 'a', false);
      transport.send({ 'text/plain': 'new' }, 'a', true);
      expect(sent).toEqual([
        { data: bundle, id: 'a', update: false, cell: 1 },
        { data: { 'text/plain': 'new' }, id: 'a', update: true, cell: 1 },
      ]);
    }, path);
  }
});

test('tslab: a new output belongs to the cell that made the transport, an update goes by the cell that runs', () => {
  inTslab(({ sent, nextCell }) => {
    const first = currentTransport();
    nextCell();
    first.send(bundle, 'a', false);
    first.send(bundle, 'a', true);
    currentTransport().send(bundle, 'b', false);
    expect(sent.map((message) => message.cell)).toEqual([1, 2, 2]);
  });
});

test('tslab: without the writer, the richest type that needs no extension goes through the public module', () => {
  inTslab(({ sent }) => {
    const transport = currentTransport();
    transport.send(bundle, 'a', false);
    transport.send({ 'text/html': '<b>', 'text/plain': 'b' }, 'b', false);
    transport.send({ 'text/plain': 'new' }, 'a', true);
    expect(sent.map((message) => message.data)).toEqual([{ 'image/svg+xml': '<svg/>' }, { 'text/html': '<b>' }, { 'text/plain': 'new' }]);
    expect(sent.map((message) => message.update)).toEqual([false, false, true]);
    expect(sent[2]?.id).toBe(sent[0]?.id);
  }, '/x/tslab/dist/other.js');
});

test('Deno: display and update messages', () => {
  inDeno(({ sent }) => {
    const transport = currentTransport();
    transport.send(bundle, 'a', false);
    transport.send(bundle, 'a', true);
    expect(sent).toEqual([
      { data: bundle, id: 'a', update: false, cell: 1 },
      { data: bundle, id: 'a', update: true, cell: 1 },
    ]);
  });
});

test('a plain script prints the text, under Deno too', () => {
  for (const around of [(work: () => void) => work(), inDenoScript]) {
    const text = written('stdout', () => {
      around(() => {
        const transport = currentTransport();
        expect(transport.inPlace).toBe(false);
        transport.send(bundle, 'a', false);
      });
    });
    expect(text).toBe('text\n');
  }
});
