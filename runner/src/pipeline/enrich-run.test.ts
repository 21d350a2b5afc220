import { expect, it } from 'vitest';
import { runMixed } from './testing/mixed-run.ts';

it('enriches from ten sites at once, through failures and an abrupt end, at each one’s pace and asking nothing twice', async () => {
  const reports = await runMixed(40);
  for (const { site, outcome, perMinute, allowedPerMinute, repeated, again, faces } of reports) {
    const isBlocked = site === 'elitebabes';
    expect({ site, outcome }).toEqual({
      site,
      outcome: isBlocked ? expect.stringMatching(/^SourceBlocked: .* refused us \(403/) : 'done',
    });
    expect({ site, repeated, again }).toEqual({ site, repeated: [], again: [] });
    expect(perMinute, site).toBeLessThanOrEqual(allowedPerMinute * 1.05);
    expect(faces > 0, site).toBe(!isBlocked);
  }
});
