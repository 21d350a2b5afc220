import { expect, it } from 'vitest';
import { runMixed } from '../../testing/pipeline/mixed-run.ts';

it('enriches from ten sites at once, through failures and a kill, at each one’s pace, and asks nothing twice but what was under way', async () => {
  const reports = await runMixed(40);
  for (const { site, outcome, perMinute, allowedPerMinute, repeated, again, faces } of reports) {
    const isBlocked = site === 'elitebabes';
    expect({ site, outcome }).toEqual({
      site,
      outcome: isBlocked ? expect.stringMatching(/^SourceBlocked: .* refused us \(403/) : 'done',
    });
    expect({ site, again }).toEqual({ site, again: [] });
    // An answer that was on its way when the process was killed reached nobody.
    expect(repeated.length, `${site}: ${repeated.join()}`).toBeLessThanOrEqual(1);
    expect(perMinute, site).toBeLessThanOrEqual(allowedPerMinute * 1.05);
    expect(faces > 0, site).toBe(!isBlocked);
  }
});
