/* The fields that forms are made of; form.js puts them together.
 *
 * A field is told as `{name, label, help, kind, required, wrong, ...}`. What
 * is made of it has
 *
 *   node                what is shown
 *   get()               its value; undefined leaves it out of the form
 *   check()             what is wrong with it, or ""
 *   fail(path, text)    mark it, or what `path` (["[0]", "text"]) says is in it
 *   clear()             take the marks away
 *   focus()
 */

import { el, say, set } from "../console/element.js";
import { t } from "./words.js";

let made = 0;
const newId = () => `field-${(made += 1)}`;

/* Label, help and fault around `input`, tied to it for those who listen. */
function framed(field, input, box = input) {
  const id = newId();
  input.id = id;
  const help = field.help && !(field.readOnly && field.helpNew) ? el("p", { class: "help", id: `${id}-help`, text: field.help }) : null;
  const fault = el("p", { class: "field-error", id: `${id}-fault` });
  set(input, "aria-describedby", [help && help.id, fault.id].filter(Boolean).join(" "));
  const node = el("div", { class: `entry ${field.style ?? ""}` },
    el("div", { class: "entry-label" }, el("label", { for: id, text: field.label }), optional(field)),
    box, help, fault);
  const mark = (text) => {
    say(fault, text);
    set(input, "aria-invalid", text ? "true" : null);
  };
  input.addEventListener("input", () => mark(""));
  return { node, mark };
}

const optional = (field) =>
  field.optional ? el("span", { class: "optional", text: "optional" }) : null;

/* `text` of the fault, with the place in it where the field has places. */
const placed = (path, text) => {
  const line = /^\[(\d+)\]$/.exec(path[0] ?? "");
  return line ? `Number ${Number(line[1]) + 1}: ${text}` : text;
};

function simple(field, input, { get, box, check = () => "" }) {
  const { node, mark } = framed(field, input, box);
  if (field.readOnly) {
    if ("readOnly" in input) input.readOnly = true;
    if (input.tagName === "SELECT" || input.type === "color") input.disabled = true;
  }
  return {
    node,
    get,
    check() {
      const value = get();
      const empty = value === undefined || value === null || value === "" || value.length === 0;
      if (field.required && empty) return t("required");
      if (!empty && field.pattern && !field.pattern.test(value)) return field.wrong;
      return check(value);
    },
    fail: (path, text) => mark(placed(path, text)),
    clear: () => mark(""),
    focus: () => input.focus(),
    input,
  };
}

const typed = (field, more = {}) => ({
  maxlength: field.most ?? 300,
  placeholder: field.placeholder,
  required: Boolean(field.required),
  dir: field.code ? "ltr" : "auto",
  class: field.code ? "code" : null,
  autocomplete: "off",
  ...(field.code && { autocapitalize: "none", spellcheck: "false" }),
  ...more,
});

function text(field, value) {
  const input = el("input", typed(field, { type: field.type ?? "text" }));
  input.value = value ?? "";
  let box = input;
  if (field.suggestions?.length) {
    const id = newId();
    set(input, "list", id);
    box = el("div", {}, input, el("datalist", { id }, ...field.suggestions.map((one) => el("option", { value: one }))));
  }
  const get = () => input.value.trim() || (field.empty === undefined ? "" : field.empty);
  return simple(field, input, { get, box });
}

function area(field, value) {
  const input = el("textarea", typed(field, { rows: field.rows ?? 3, maxlength: field.most ?? 1000 }));
  input.value = value ?? "";
  return simple(field, input, { get: () => input.value.trim() });
}

function number(field, value) {
  const input = el("input", {
    type: "number",
    inputmode: "decimal",
    min: field.min,
    max: field.max,
    step: field.step ?? "any",
    required: true,
  });
  input.value = value;
  const box = el("div", { class: "with-unit" }, input, el("span", { class: "unit", text: field.unit ?? "" }));
  const check = () => {
    const { validity } = input;
    if (input.value === "" || validity.badInput) return "Enter a number.";
    if (validity.rangeUnderflow || validity.rangeOverflow) {
      return `Between ${field.min.toLocaleString()} and ${field.max.toLocaleString()}.`;
    }
    return validity.stepMismatch ? "A whole number." : "";
  };
  return simple(field, input, { get: () => Number(input.value), box, check });
}

function select(field, value) {
  const input = el("select", {},
    ...field.options.map(([key, label]) => el("option", { value: key ?? "", text: label })));
  input.value = value ?? "";
  return simple(field, input, { get: () => input.value || (field.empty === undefined ? "" : field.empty) });
}

function lines(field, value = []) {
  const input = el("textarea", typed(field, { rows: Math.max(field.rows ?? 3, value.length + 1), maxlength: 20_000 }));
  input.value = value.join("\n");
  const get = () => input.value.split("\n").map((line) => line.trim()).filter(Boolean);
  const add = field.generate && !field.readOnly ? generator(input, () => [...get(), field.generate()].join("\n")) : null;
  return simple(field, input, { get, box: add ? el("div", { class: "with-button" }, input, add) : input });
}

const generator = (input, next) =>
  el("button", { class: "plain", type: "button", text: t("generate"), on: { click() {
    input.value = next();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  } } });

function list(field, value) {
  const input = el("input", typed(field, { maxlength: 1000 }));
  input.value = value.join(", ");
  const get = () => input.value.split(",").map((word) => word.trim()).filter(Boolean);
  return simple(field, input, { get });
}

function color(field, value) {
  const input = el("input", typed({ ...field, code: true, most: 7 }, { class: "code short" }));
  const well = el("input", { type: "color", "aria-label": `${field.label}, from a palette`, disabled: Boolean(field.readOnly) });
  input.value = well.value = value;
  well.addEventListener("input", () => {
    input.value = well.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  input.addEventListener("input", () => {
    if (/^#[0-9a-f]{6}$/i.test(input.value)) well.value = input.value;
  });
  return simple({ ...field, pattern: /^#[0-9a-fA-F]{6}$/, wrong: "As # and six digits, such as #0b6e4f." }, input, {
    get: () => input.value.trim(),
    box: el("div", { class: "color-box" }, well, input),
  });
}

function toggle(field, value) {
  const input = el("input", { type: "checkbox", role: "switch", disabled: Boolean(field.readOnly) });
  input.checked = Boolean(value);
  const { node, mark } = framed(field, input);
  node.classList.add("entry-switch");
  return {
    node,
    get: () => input.checked,
    check: () => "",
    fail: (_, fault) => mark(fault),
    clear: () => mark(""),
    focus: () => input.focus(),
    input,
  };
}

/* Boxes or circles in a frame of their own: one legend, one fault. */
function picked(field, value, type) {
  const id = newId();
  const fault = el("p", { class: "field-error", id: `${id}-fault` });
  const inputs = field.options.map(([key, label, help], n) => {
    const input = el("input", { type, name: id, value: key, id: `${id}-${n}`, disabled: Boolean(field.readOnly) });
    input.checked = type === "radio" ? key === value : value.includes(key);
    if (help) set(input, "aria-describedby", `${id}-${n}-help`);
    input.addEventListener("change", () => mark(""));
    return { key, input, node: el("div", { class: "option" }, input,
      el("div", {},
        el("label", { for: `${id}-${n}`, text: label }),
        help ? el("p", { class: "help", id: `${id}-${n}-help`, text: help }) : null)) };
  });
  const mark = (text) => {
    say(fault, text);
    set(node, "aria-invalid", null);
    set(node, "data-invalid", text ? "true" : null);
  };
  const node = el("fieldset", { class: `entry picked ${field.style ?? ""}`, "aria-describedby": fault.id },
    el("legend", { class: field.silent ? "unseen" : null, text: field.label }),
    field.help ? el("p", { class: "help", text: field.help }) : null,
    el("div", { class: "options" }, ...inputs.map((one) => one.node)),
    inputs.length ? null : el("p", { class: "help", text: field.none ?? "There is nothing to choose from yet." }),
    fault);
  const chosen = () => inputs.filter(({ input }) => input.checked).map(({ key }) => key);
  return {
    node,
    get: () => type === "radio" ? chosen()[0] : chosen(),
    check: () => field.required && chosen().length === 0 ? t("required") : "",
    fail: (_, text) => mark(text),
    clear: () => mark(""),
    focus: () => (inputs.find(({ input }) => input.checked) ?? inputs[0])?.input.focus(),
  };
}

function password(field, value) {
  const input = el("input", typed({ ...field, code: true, most: 256 }, { autocomplete: "new-password" }));
  input.value = value ?? "";
  const button = field.readOnly ? null : generator(input, field.generate);
  return simple(field, input, {
    get: () => input.value || undefined,
    box: el("div", { class: "with-button" }, input, button),
  });
}

export const KINDS = {
  text,
  area,
  number,
  select,
  lines,
  list,
  color,
  switch: toggle,
  password,
  choice: (field, value) => picked(field, value, "radio"),
  many: (field, value) => picked(field, value, "checkbox"),
};

/** The control for `field`, holding `value`. */
export function controlOf(field, value, changed) {
  const make = field.control ?? KINDS[field.kind ?? "text"];
  return make(field, value, changed);
}

/** A heading or button row inside a form that holds no value. */
export const still = (node) => ({
  node,
  get: () => undefined,
  check: () => "",
  fail: () => {},
  clear: () => {},
  focus: () => {},
});

