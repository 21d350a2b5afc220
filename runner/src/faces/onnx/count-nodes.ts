import { z } from 'zod';

const trace = z.array(
  z.object({ cat: z.string().optional(), args: z.object({ provider: z.string().optional() }).optional() }),
);

/** Counts the node events of an ONNX Runtime profiling trace (JSON) by execution provider. */
export function countNodes(json: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { cat, args } of trace.parse(JSON.parse(json))) {
    if (cat === 'Node' && args?.provider) counts[args.provider] = (counts[args.provider] ?? 0) + 1;
  }
  return counts;
}
