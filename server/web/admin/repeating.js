/* Fields that hold several small forms, such as one a language. */

import { el, set } from "../console/element.js";
import { controlOf } from "./controls.js";
import { icon } from "./icons.js";

/** A control for a list: `field.fields` are those of one, `field.fresh()` is
 * a new one, `field.titleOf(value)` its heading, `field.addLabel` the button's
 * words, `field.none` what stands there while there is none. */
export function repeating(field, values, changed) {
  const rows = [];
  const list = el("div", { class: "repeats" });
  const none = el("p", { class: "help", text: field.none ?? "" });
  const fault = el("p", { class: "field-error" });
  const button = el("button", { class: "plain", type: "button", hidden: Boolean(field.readOnly) }, icon("plus"), field.addLabel);

  const draw = () => {
    none.hidden = rows.length > 0 || !field.none;
    button.hidden = Boolean(field.readOnly) || rows.length >= (field.most ?? 50);
  };

  function add(value) {
    const controls = field.fields.map((one) => ({
      field: one,
      control: controlOf({ ...one, readOnly: field.readOnly }, value[one.name] ?? one.initial, changed),
    }));
    const heading = el("legend", { class: "repeat-title" });
    const remove = el("button", { class: "quiet repeat-remove", type: "button", hidden: Boolean(field.readOnly) }, icon("bin"), "Remove");
    const node = el("fieldset", { class: "repeat" }, heading, remove,
      el("div", { class: "fields" }, ...controls.map(({ control }) => control.node)));
    const row = {
      node,
      controls,
      get() {
        const result = { ...value };
        for (const { field: one, control } of controls) {
          const given = control.get();
          if (given === undefined) delete result[one.name];
          else result[one.name] = given;
        }
        return result;
      },
    };
    const name = () => {
      heading.textContent = field.titleOf(row.get());
      set(remove, "aria-label", `Remove ${heading.textContent}`);
    };
    name();
    node.addEventListener("input", name);
    remove.addEventListener("click", () => {
      rows.splice(rows.indexOf(row), 1);
      node.remove();
      draw();
      button.focus();
      changed();
    });
    rows.push(row);
    list.append(node);
    return row;
  }

  button.addEventListener("click", () => {
    const row = add(field.fresh(rows.map((one) => one.get())));
    draw();
    row.controls[0].control.focus();
    changed();
  });
  values.forEach(add);
  draw();

  const faulty = () => rows.flatMap(({ controls }) => controls)
    .map(({ control }) => [control, control.check()]).filter(([, text]) => text);
  let marked = null;

  return {
    node: el("div", { class: "entry" },
      field.label ? el("p", { class: "entry-title", text: field.label }) : null,
      field.help ? el("p", { class: "help", text: field.help }) : null,
      none, list, el("div", {}, button), fault),
    get: () => rows.map((row) => row.get()),
    check: () => faulty()[0]?.[1] ?? "",
    fail(path, text) {
      const own = faulty();
      for (const [control, said] of own) control.fail([], said);
      marked = own[0]?.[0] ?? null;
      if (path.length === 0 && own.length) return;
      const row = rows[Number(/^\[(\d+)\]$/.exec(path[0] ?? "")?.[1])];
      const found = row?.controls.find(({ field: one }) => one.name === path[1]);
      if (found) {
        found.control.fail(path.slice(2), text);
        marked = found.control;
      } else fault.textContent = text;
    },
    clear() {
      fault.textContent = "";
      marked = null;
      for (const { controls } of rows) for (const { control } of controls) control.clear();
    },
    focus: () => (marked ?? { focus: () => button.focus() }).focus(),
  };
}
