/* A week of openings: a line a day, and a bar that shows it. */

import { el, say, set } from "../console/element.js";
import { icon } from "./icons.js";

export const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MOST_A_DAY = 4;
const MOST = 50;
const TIME = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

/* "9", "9:30" and "0930" are what people type. */
function tidied(text) {
  const found = /^(\d{1,2})[:.h]?(\d{2})?$/.exec(text.trim());
  if (!found) return text.trim();
  return `${found[1].padStart(2, "0")}:${found[2] ?? "00"}`;
}

const share = (time) => {
  const [hours, minutes] = time.split(":").map(Number);
  return ((hours * 60 + minutes) / 1440) * 100;
};

function stretchOf(day, value, { readOnly, changed, remove }) {
  const input = (name, label) => {
    const node = el("input", {
      class: "code time",
      inputmode: "numeric",
      maxlength: 5,
      autocomplete: "off",
      "aria-label": `${DAYS[day]}, ${label}`,
      placeholder: "09:00",
      readonly: readOnly,
    });
    node.value = value[name];
    node.addEventListener("change", () => {
      node.value = tidied(node.value);
      changed();
    });
    node.addEventListener("input", () => set(node, "aria-invalid", null));
    return node;
  };
  const opens = input("opens", "from");
  const closes = input("closes", "until");
  const node = el("span", { class: "stretch" }, opens, el("span", { "aria-hidden": "true", text: "–" }), closes,
    el("button", {
      class: "quiet square small",
      type: "button",
      hidden: readOnly,
      "aria-label": `Remove these hours of ${DAYS[day]}`,
      on: { click: () => remove() },
    }, icon("end")));
  return {
    node,
    opens,
    closes,
    get: () => ({ day, opens: tidied(opens.value), closes: tidied(closes.value) }),
  };
}

function dayOf(day, values, { readOnly, changed, copy }) {
  const stretches = [];
  const box = el("div", { class: "stretches" });
  const closed = el("span", { class: "soft closed", text: "Closed" });
  const bar = el("div", { class: "day-bar", "aria-hidden": "true" });
  const add = el("button", { class: "quiet small", type: "button", hidden: readOnly, "aria-label": `Add hours to ${DAYS[day]}` }, icon("plus"));
  const toAll = el("button", { class: "quiet small", type: "button", hidden: readOnly, title: "Copy to Monday to Friday", "aria-label": `Copy the hours of ${DAYS[day]} to Monday to Friday` }, icon("copy"));

  const draw = () => {
    closed.hidden = stretches.length > 0;
    add.hidden = readOnly || stretches.length >= MOST_A_DAY;
    bar.replaceChildren(...stretches.map((one) => one.get())
      .filter((one) => TIME.test(one.opens) && TIME.test(one.closes) && one.opens < one.closes)
      .map((one) => {
        const node = el("span", {});
        node.style.setProperty("inset-inline-start", `${share(one.opens)}%`);
        node.style.setProperty("inline-size", `${share(one.closes) - share(one.opens)}%`);
        return node;
      }));
  };
  const put = (value) => {
    const one = stretchOf(day, value, { readOnly, changed: () => {
      draw();
      changed();
    }, remove() {
      stretches.splice(stretches.indexOf(one), 1);
      one.node.remove();
      draw();
      add.focus();
      changed();
    } });
    stretches.push(one);
    box.append(one.node);
    draw();
    return one;
  };
  values.forEach(put);
  draw();
  add.addEventListener("click", () => {
    const last = stretches.at(-1)?.get().closes;
    const one = put(last && last < "18:00" ? { opens: last, closes: "18:00" } : { opens: "09:00", closes: "17:00" });
    one.opens.focus();
    changed();
  });
  toAll.addEventListener("click", () => copy(stretches.map((one) => one.get())));
  return {
    node: el("div", { class: "day", role: "group", "aria-label": DAYS[day] },
      el("span", { class: "day-name", "aria-hidden": "true", text: DAYS[day] }),
      el("div", { class: "day-hours" }, closed, box),
      el("span", { class: "day-tools" }, add, toAll), bar),
    stretches,
    replace(given) {
      for (const one of stretches.splice(0)) one.node.remove();
      given.forEach((one) => put({ ...one, day }));
      draw();
    },
  };
}

/** A control for a form: a list of `{day, opens, closes}`, 0 is Monday. */
export function weekOf(field, values, changed) {
  const fault = el("p", { class: "field-error", role: "alert" });
  const copy = (given) => {
    days.slice(0, 5).forEach((one) => one.replace(given));
    changed();
  };
  const days = DAYS.map((_, day) =>
    dayOf(day, values.filter((one) => one.day === day), { readOnly: Boolean(field.readOnly), changed, copy }));
  const all = () => days.flatMap(({ stretches }) => stretches);
  const scale = el("div", { class: "day scale", "aria-hidden": "true" },
    el("span", { class: "day-bar" }, ...["0", "6", "12", "18", "24"].map((text) => el("span", { text }))));

  const wrong = ({ opens, closes }) => {
    if (!TIME.test(tidied(opens.value)) || opens.value === "24:00") return [opens, "A time is written as 09:00."];
    if (!TIME.test(tidied(closes.value))) return [closes, "A time is written as 17:30."];
    return tidied(opens.value) < tidied(closes.value) ? null
      : [closes, "The end has to be later than the beginning. What goes past midnight is the next day's."];
  };
  let marked = null;
  const mark = (input, text) => {
    marked = input;
    set(input, "aria-invalid", "true");
    say(fault, text);
  };
  return {
    node: el("div", { class: "entry full" }, el("div", { class: "week" }, ...days.map(({ node }) => node), scale), fault),
    get: () => all().map((one) => one.get()),
    check() {
      const found = all().map(wrong).find(Boolean);
      return found ? found[1] : all().length > MOST ? `At most ${MOST} stretches a week.` : "";
    },
    fail(path, text) {
      const found = all().map(wrong).find(Boolean);
      const one = all()[Number(/^\[(\d+)\]$/.exec(path[0] ?? "")?.[1])];
      if (found) mark(...found);
      else if (one) mark(one.closes, text);
      else say(fault, text);
    },
    clear() {
      say(fault, "");
      marked = null;
      for (const { opens, closes } of all()) for (const input of [opens, closes]) set(input, "aria-invalid", null);
    },
    focus: () => (marked ?? days[0].node.querySelector("button, input"))?.focus(),
  };
}
