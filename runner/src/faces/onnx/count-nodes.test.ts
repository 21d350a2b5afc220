import { expect, it } from 'vitest';
import { countNodes } from './count-nodes.ts';

it('counts the nodes that each execution provider ran', () => {
  const trace = JSON.stringify([
    { cat: 'Session', name: 'model_loading', args: {} },
    { cat: 'Node', name: 'conv', args: { provider: 'CUDAExecutionProvider' } },
    { cat: 'Node', name: 'relu', args: { provider: 'CUDAExecutionProvider' } },
    { cat: 'Node', name: 'shape', args: { provider: 'CPUExecutionProvider' } },
    { cat: 'Node', name: 'fence' },
  ]);
  expect(countNodes(trace)).toEqual({ CUDAExecutionProvider: 2, CPUExecutionProvider: 1 });
});
