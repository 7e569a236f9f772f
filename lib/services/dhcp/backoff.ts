/** How long to wait before something that ended is started again. */

/** Seconds: the first wait, and the longest, which a server or a device that comes back late can be worth. */
const FIRST = 1;
const LONGEST = 60;

/** Seconds that a process has to run before its end is a first one again. */
export const STEADY = 60;

/** Seconds to wait after so many ends in a row, the first being 1: 1, 2, 4 … 60. */
export function restartDelay(ends: number): number {
  return Math.min(FIRST * 2 ** (ends - 1), LONGEST);
}
