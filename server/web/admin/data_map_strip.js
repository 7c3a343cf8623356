/* What goes next: the deadlines of all record types on one line of time.
 *
 * The line is logarithmic: what goes within the minute and what stays for
 * years are on the same one, and both can be seen.
 */

import { svg, widthOf } from "./svg.js";
import { aheadOf, sentence } from "./privacy_words.js";

const MARKS = [[60, "1 min"], [3600, "1 h"], [86_400, "1 day"], [2_629_800, "1 month"], [31_557_600, "1 year"]];
const FIRST = 10;
const LAST = 4 * 31_557_600;
const LATE = 74;
const LINE = 26;
const DOT = 6;
const STEP = 2 * DOT + 4;
/* From here on there is room for names. */
const NAMED = 640;
const FONT = "12px Inter, system-ui, sans-serif";

/** The line for `places` that have a deadline. */
export function stripOf(open) {
  const root = svg("svg", { class: "strip", role: "group", "aria-label": "The next deadlines" });
  let places = [];
  let at = 0;
  let width = 0;

  const x = (left) => {
    if (left <= 0) return LATE / 2;
    const part = Math.log(Math.min(Math.max(left, FIRST), LAST) / FIRST) / Math.log(LAST / FIRST);
    return LATE + 16 + part * (width - LATE - 36);
  };

  /* Dots that would cover each other stand above each other. */
  function levels(found) {
    const ends = [];
    return found.map((one) => {
      const here = x(one.next_at - at);
      let level = ends.findIndex((end) => here - end > STEP);
      if (level < 0) level = ends.length;
      ends[level] = here;
      return [one, here, level];
    });
  }

  function draw() {
    if (!width) return;
    const focused = document.activeElement?.dataset?.dot;
    const found = places.filter((one) => one.next_at !== null && one.count).sort((a, b) => a.next_at - b.next_at);
    const placed = levels(found);
    const top = Math.max(2, ...placed.map(([, , level]) => level + 1)) * STEP + 26;
    const height = top + LINE;
    root.setAttribute("viewBox", `0 0 ${width} ${height}`);
    root.setAttribute("width", width);
    root.setAttribute("height", height);
    const is_late = places.some((one) => one.overdue);
    root.replaceChildren(...[
      svg("rect", { class: "strip-late", "data-bad": is_late ? "" : null, x: 0, y: 0, width: LATE, height: top, rx: 8 }),
      svg("text", { class: "strip-word", x: LATE / 2, y: top + 18, "text-anchor": "middle", text: "overdue" }),
      is_late ? null : svg("text", { class: "strip-none", x: LATE / 2, y: top / 2 + 4, "text-anchor": "middle", text: "nothing" }),
      svg("line", { class: "strip-line", x1: LATE + 8, x2: width - 8, y1: top, y2: top }),
      ...marks().flatMap(([seconds, word]) => [
        svg("line", { class: "strip-tick", x1: x(seconds), x2: x(seconds), y1: 4, y2: top + 4 }),
        svg("text", { class: "strip-word", x: x(seconds), y: top + 18, "text-anchor": "middle", text: word }),
      ]),
      ...placed.map(([one, here, level]) => dotOf(one, here, top - DOT - 5 - level * STEP)),
    ].filter(Boolean));
    root.append(...labels(placed, top));
    if (focused) root.querySelector(`[data-dot="${CSS.escape(focused)}"]`)?.focus();
  }

  /* A name for what stands alone, a number for what stands together; first
   * where most is, and none where it would run into something. */
  function labels(placed, top) {
    if (width < NAMED) return [];
    const up = (level) => top - DOT - 5 - level * STEP;
    const columns = [...Map.groupBy(placed, ([, here]) => Math.round(here / STEP)).values()]
      .map((group) => ({ group, here: group[0][1], level: Math.max(...group.map(([, , one]) => one)) }));
    const taken = columns.map(({ here, level }) => [here - DOT, here + DOT, up(level) - DOT, top]);
    const made = [];
    for (const { group, here, level } of columns.toSorted((one, other) => other.group.length - one.group.length)) {
      const text = group.length > 1 ? `${group.length} kinds` : sentence(group[0][0].name);
      const half = widthOf(text, FONT) / 2 + 4;
      const middle = Math.min(here, width - half);
      const y = up(level) - DOT - 6;
      const box = [middle - half, middle + half, y - 11, y + 2];
      if (box[0] < LATE + 8 || taken.some((one) => box[0] < one[1] && box[1] > one[0] && box[2] < one[3] && box[3] > one[2])) continue;
      taken.push(box);
      made.push(svg("text", { class: "strip-label", "aria-hidden": "true", x: middle, y, "text-anchor": "middle", text }));
    }
    return made;
  }

  /* The marks, but for those that have no room for their word. */
  function marks() {
    let end = 0;
    return MARKS.filter(([seconds, word]) => {
      const half = widthOf(word, FONT) / 2 + 5;
      if (x(seconds) - half < end) return false;
      end = x(seconds) + half;
      return true;
    });
  }

  function dotOf(one, cx, cy) {
    const says = `${sentence(one.name)}: ${aheadOf(one.next_at, at)}`;
    const act = () => open(one.name);
    return svg("circle", {
      class: "strip-dot", cx, cy, r: DOT, role: "button", tabindex: 0, "aria-label": says,
      "data-dot": one.name, "data-group": one.group, "data-late": one.next_at <= at && one.overdue ? "" : null,
      on: {
        click: act,
        keydown(event) {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          act();
        },
      },
    }, svg("title", { text: says }));
  }

  return {
    node: root,
    layOut(wide) {
      if (wide === width) return;
      width = wide;
      draw();
    },
    update(after, when) {
      [places, at] = [after, when];
      draw();
    },
  };
}
