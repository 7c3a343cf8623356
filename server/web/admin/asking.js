/* A form in a dialog: a few fields, and what is done with them. */

import { el, say, set } from "../console/element.js";
import { show } from "../console/view_dialogs.js";
import { controlOf } from "./controls.js";
import { faultText, pathOf } from "./form.js";
import { t } from "./words.js";

const readOf = (controls) =>
  Object.fromEntries(controls.map(({ field, control }) => [field.name, control.get()]));

/* What the server says of a field, at that field; the rest below them all. */
function told(error, controls) {
  const rest = [];
  for (const one of error.errors ?? []) {
    const [name, ...path] = pathOf(one.path);
    const found = controls.find(({ field }) => field.name === name);
    if (found) found.control.fail(path, faultText(found.field, one));
    else rest.push(faultText(null, one));
  }
  return [error.message, ...rest].join(" ");
}

/** Ask; resolves to what `act(value)` gives, or to null if it was left.
 *
 * `fields` are those of controls.js; `lead` is a text, or several; `more` are
 * nodes below the fields. What `act` throws is said, and can be put right.
 * While `stays()` is true nothing but the button closes it: what it shows is
 * shown only once. */
export function ask(title, { lead, fields = [], yes, danger = false, value = {}, more = [], act, stays = null }) {
  return new Promise((answer) => {
    const controls = fields.map((field) => ({ field, control: controlOf(field, value[field.name], () => {}) }));
    const problem = el("p", { class: "field-error", role: "alert" });
    const button = el("button", { class: danger ? "primary danger" : "primary", type: "submit", text: yes });
    let result = null;
    let busy = false;

    async function submit(event) {
      event.preventDefault();
      if (busy) return;
      say(problem, "");
      const wrong = controls.map(({ control }) => [control, control.check()]).filter(([, text]) => text);
      for (const [control, text] of wrong) control.fail([], text);
      if (wrong.length) return wrong[0][0].focus();
      busy = true;
      set(button, "aria-disabled", "true");
      try {
        result = await act(readOf(controls)) ?? true;
        dialog.close();
      } catch (error) {
        say(problem, error.code ? told(error, controls) : t("notExpected"));
        if (!error.code) console.error(error);
      } finally {
        busy = false;
        set(button, "aria-disabled", null);
      }
    }

    const form = el("form", { class: "asked", novalidate: true, on: { submit } },
      ...[].concat(lead ?? []).map((text) => el("p", { class: "soft", text })),
      ...controls.map(({ control }) => control.node), ...more, problem,
      el("div", { class: "asked-foot" },
        stays ? null : el("button", { class: "plain", type: "button", text: t("cancel"), on: { click: () => dialog.close() } }), button));
    const dialog = show(title, { style: "asked-dialog", body: [form] });
    if (stays) {
      dialog.querySelector("header button").remove();
      dialog.addEventListener("cancel", (event) => {
        if (stays()) event.preventDefault();
      });
      dialog.addEventListener("click", (event) => {
        if (event.target === dialog && stays()) event.stopImmediatePropagation();
      }, { capture: true });
    }
    controls[0]?.control.focus();
    dialog.addEventListener("close", () => answer(result));
  });
}
