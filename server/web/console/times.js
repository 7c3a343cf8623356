/* Times as people read them; the only file that formats a clock.
 *
 * Everything here takes milliseconds of the *server's* clock. `server.now()`
 * is ours moved by the difference `welcome` told, so that a wrong clock on
 * the agent's machine does not make a customer look served in the future.
 */

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
});
const EXACT = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "medium",
});
const DAY = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  day: "numeric",
  month: "long",
});
const RELATIVE_DAY = new Intl.RelativeTimeFormat(undefined, {
  numeric: "auto",
});
const DAY_MS = 86_400_000;

export const server = {
  ahead: 0,
  learn(nowAt) {
    this.ahead = nowAt - Date.now();
  },
  now() {
    return Date.now() + this.ahead;
  },
};

const midnight = (at) => new Date(at).setHours(0, 0, 0, 0);

export const clock = (at) => CLOCK.format(at);
export const exact = (at) => EXACT.format(at);
export const dayOf = (at) => midnight(at);

/** "Today", "Yesterday" or "Friday, 20 November". */
export function dayName(at) {
  const days = Math.round((midnight(at) - midnight(server.now())) / DAY_MS);
  if (days < -1 || days > 0) return DAY.format(at);
  const name = RELATIVE_DAY.format(days, "day");
  return name.charAt(0).toLocaleUpperCase() + name.slice(1);
}

/** "now", "45 s", "12 min", "3 h 05", "2 d": short enough for a list. */
export function span(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 5) return "now";
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  const h = Math.floor(s / 3600);
  if (h >= 48) return `${Math.floor(h / 24)} d`;
  return `${h} h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")}`;
}

/** "0:42", "29:58", "3:05:07": for countdowns. */
export function countdown(ms) {
  const s = Math.max(0, Math.ceil(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const minutes = Math.floor(s / 60) % 60;
  const h = Math.floor(s / 3600);
  const tail = `${h ? two(minutes) : minutes}:${two(s % 60)}`;
  return h ? `${h}:${tail}` : tail;
}
