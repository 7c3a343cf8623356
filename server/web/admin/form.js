/* Forms: sections of fields, what is wrong with them, and saving.
 *
 *   const form = formOf({
 *     value,                      what is there now, by name
 *     sections: [{title, lead, fields: [{name, label, kind, ...}]}],
 *     readOnly,                   true: shown, not changed
 *     isNew,                      the button makes instead of saves
 *     save: async (value) => {},  a Problem's `errors` go to their fields
 *     changed: (value) => {},     after each change
 *     explain: (errors, value) => "",  what the faults mean together
 *     cancel,                     the address to leave to
 *   });
 *   form.node, form.value(), form.isDirty(), form.field(name)
 *
 * A name with dots, `consent.required`, is a place further inside. Names that
 * no field has stay as they were. Kinds of fields are in controls.js and
 * repeating.js; `control(field, value, changed)` makes one of a page's own.
 */

import { el, say, set } from "../console/element.js";
import { controlOf } from "./controls.js";
import { t } from "./words.js";

const at = (value, name) => name.split(".").reduce((one, key) => one?.[key], value);

function put(value, name, given) {
  const keys = name.split(".");
  const last = keys.pop();
  let inside = value;
  for (const key of keys) inside = inside[key] ??= {};
  if (given === undefined) delete inside[last];
  else inside[last] = given;
}

/* `$.notices[0].text` as ["notices", "[0]", "text"]. */
export const pathOf = (path) => path.replace(/^\$\.?/, "").match(/\[\d+\]|[^.[\]]+/g) ?? [];

/* What a server says of types is for programs: the field knows better. */
export function faultText(field, { code, hint }) {
  if (code === "missing" && (!hint || hint === "a value is needed")) return t("required");
  if (!hint || /^(Expected|Object|another value)/.test(hint)) return field?.wrong ?? t("notExpected");
  return `Needed: ${field?.told?.(hint) ?? hint}.`;
}

function controlsOf(sections, value, readOnly, changed) {
  const controls = [];
  const nodes = sections.map(({ id, title, lead, fields, more = [], style = "" }, n) => {
    const inner = fields.filter(Boolean).map((field) => {
      const told = { ...field, readOnly: readOnly || field.readOnly };
      const control = controlOf(told, at(value, field.name ?? ""), changed);
      controls.push({ field: told, control });
      return control.node;
    });
    const heading = `section-${id ?? n}`;
    return el("section", { class: `panel ${style}`, id, "aria-labelledby": title ? heading : null },
      title ? el("h2", { id: heading, tabindex: -1, text: title }) : null,
      lead ? el("p", { class: "panel-lead", text: lead }) : null,
      el("div", { class: "fields" }, ...inner), ...more);
  });
  return { controls, nodes };
}

/* Every fault to the field that it is about; those about none are said. */
function distribute(controls, errors) {
  const lost = [];
  let first = null;
  for (const error of errors) {
    const path = pathOf(error.path);
    const found = controls
      .filter(({ field }) => field.name && field.name.split(".").every((key, n) => path[n] === key))
      .sort((a, b) => b.field.name.length - a.field.name.length)[0];
    if (!found) {
      lost.push(faultText(null, error));
      continue;
    }
    const rest = path.slice(found.field.name.split(".").length);
    found.control.fail(rest, faultText(found.field, error), error);
    first ??= found.control;
  }
  return { lost, first };
}

export function formOf({ value, sections, readOnly = false, isNew = false, save, changed, cancel, label, explain }) {
  const told = () => {
    draw();
    changed?.(read());
  };
  const { controls, nodes } = controlsOf(sections, value, readOnly, told);

  function read() {
    const result = structuredClone(value);
    for (const { field, control } of controls) {
      if (field.name) put(result, field.name, control.get());
    }
    return result;
  }

  const said = () => JSON.stringify(read());
  let clean = said();
  let busy = false;
  const isDirty = () => !readOnly && said() !== clean;

  const problem = el("div", { class: "problem", role: "alert" });
  const unsaved = el("span", { class: "unsaved", role: "status" });
  const button = el("button", { class: "primary", type: "submit", text: label ?? t(isNew ? "add" : "save") });
  const drop = el(cancel ? "a" : "button", {
    class: "plain",
    type: cancel ? null : "button",
    href: cancel ?? null,
    text: t(isNew ? "cancel" : "discard"),
  });
  const bar = readOnly ? null : el("div", { class: "save-bar" }, unsaved, drop, button);

  function draw() {
    const dirty = isDirty();
    if (bar) set(bar, "data-dirty", dirty || isNew || null);
    say(unsaved, dirty && !isNew ? t("unsaved") : "");
    const idle = busy || (!dirty && !isNew);
    set(button, "aria-disabled", idle ? "true" : null);
    say(button, busy ? t("saving") : label ?? t(isNew ? "add" : "save"));
  }

  function check() {
    const wrong = controls.filter(({ control }) => !control.node.hidden)
      .map(({ control }) => [control, control.check()]).filter(([, text]) => text);
    for (const { control } of controls) control.clear();
    for (const [control, text] of wrong) control.fail([], text);
    if (wrong.length === 0) return true;
    say(problem, t("fieldsWrong", wrong.length));
    wrong[0][0].focus();
    return false;
  }

  function refused(error) {
    /* What stands in the way of a conflict is in its message already. */
    const errors = error.status === 409 ? [] : error.errors ?? [];
    const { lost, first } = distribute(controls, errors);
    const meant = explain?.(errors, read());
    say(problem, [meant || (error.code ? error.message : t("notExpected")), ...lost].join(" "));
    if (!error.code) console.error(error);
    if (first) first.focus();
    else problem.scrollIntoView({ block: "center" });
  }

  async function submit(event) {
    event.preventDefault();
    if (busy || button.ariaDisabled === "true") return;
    say(problem, "");
    if (!check()) return;
    const given = read();
    busy = true;
    draw();
    try {
      const sent = said();
      await save(given, () => {
        clean = sent;
      });
      clean = sent;
    } catch (error) {
      refused(error);
    } finally {
      busy = false;
      draw();
    }
  }

  const node = el("form", { class: "form", novalidate: true, on: { submit } }, problem, ...nodes, bar);
  node.addEventListener("input", told);
  node.addEventListener("change", told);
  draw();
  const field = (name) => controls.find((one) => one.field.name === name)?.control ?? null;
  return { node, value: read, isDirty, problem, drop, field };
}
