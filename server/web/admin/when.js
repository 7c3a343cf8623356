/* Times as administration shows them; unix seconds of the server's. */

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const AGO = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const STEPS = [["minute", 60], ["hour", 3600], ["day", 86_400]];
const LATELY = 6 * 86_400;

export const day = (at) => DAY.format(at * 1000);
export const exact = (at) => EXACT.format(at * 1000);

/** "5 minutes ago", "yesterday", and a date for what is longer ago. */
export function whenOf(at) {
  const passed = Date.now() / 1000 - at;
  if (passed < 60) return "just now";
  if (passed > LATELY) return day(at);
  const [unit, size] = STEPS.findLast(([, seconds]) => passed >= seconds);
  return AGO.format(-Math.floor(passed / size), unit);
}
