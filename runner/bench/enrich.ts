import { runMixed } from '../testing/pipeline/mixed-run.ts';

// A thousand performers, ten sites on loopback, something wrong on six of them, a kill (SIGKILL) after 5,000 requests,
// and a second run. Time is virtual; faces are those of the deterministic engine that the tests use. Goals: every site but the one
// that refuses is gone through, none is asked faster than its configured rate and 5 % more, no page is answered twice in the
// first run, but for one per site whose answer was on its way at the kill, and nothing but the pages of the performer who has changed in the second.

const people = 1_000;
const tolerance = 1.05;

const started = performance.now();
const reports = await runMixed(people);
const isFine = reports.map(
  ({ site, outcome, perMinute, allowedPerMinute, repeated, again }) =>
    (outcome === 'done') === (site !== 'elitebabes') &&
    perMinute <= allowedPerMinute * tolerance &&
    repeated.length <= 1 &&
    again.length === 0,
);
console.log(`${people} performers, of whom each site has about 400`);
console.table(
  Object.fromEntries(
    reports.map((report, i) => [
      report.site,
      {
        ended: report.outcome.split(':')[0],
        performers: report.performers,
        faces: report.faces,
        requests: report.requests,
        'per minute': Number(report.perMinute.toFixed(1)),
        allowed: report.allowedPerMinute,
        'asked twice': report.repeated.length,
        '2nd run, requests': report.secondRequests,
        'of them needless': report.again.length,
        met: isFine[i],
      },
    ]),
  ),
);
const requests = reports.reduce((sum, report) => sum + report.requests + report.secondRequests, 0);
console.log(`${requests} requests in ${Math.round((performance.now() - started) / 1_000)} s of real time`);
process.exitCode = isFine.every(Boolean) ? 0 : 1;
