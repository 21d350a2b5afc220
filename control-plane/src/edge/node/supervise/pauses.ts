/** Before the first start after an end, ms. */
const firstMs = 1_000;
/** A program that dies at once every time is started this often at most, ms. */
const longestMs = 60_000;
/** One that was up for this long was well: what ends it then is a new trouble, ms. */
const wellAfterMs = 60_000;

/** Tells how long to wait after each end of a program: twice as long each time, until it was up for a minute. */
export function growingPauses(): (upMs: number) => number {
  let nextMs = firstMs;
  return (upMs) => {
    const pauseMs = upMs >= wellAfterMs ? firstMs : nextMs;
    nextMs = Math.min(longestMs, pauseMs * 2);
    return pauseMs;
  };
}
