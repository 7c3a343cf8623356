/* What keys may do, in words, and the boxes to choose it by. */

import { el, say, set } from "../console/element.js";
import { t } from "./words.js";

/** Each scope, what it allows, and the heading it stands under. */
export const SCOPES = [
  ["account:read", "See the account's name", "Set-up"],
  ["account:write", "Change the account's name", "Set-up"],
  ["channels:read", "See channels", "Set-up"],
  ["channels:write", "Change channels", "Set-up"],
  ["agents:read", "See agents and their roles", "Set-up"],
  ["agents:write", "Add, change and remove agents", "Set-up"],
  ["desk:read", "See queues, answers and hours", "Set-up"],
  ["desk:write", "Change queues, answers and hours", "Set-up"],
  ["rules:read", "See redaction rules", "Set-up"],
  ["rules:write", "Change redaction rules", "Set-up"],
  ["applications:read", "See applications", "Set-up"],
  ["applications:write", "Change applications", "Set-up"],
  ["keys:read", "See API keys", "Set-up"],
  ["keys:write", "Make and remove API keys", "Set-up"],
  ["conversations:read", "See which conversations there are", "Conversations"],
  ["conversations:end", "End conversations", "Conversations"],
  ["messages:read", "Read conversations that are kept", "Conversations"],
  ["messages:write", "Write to customers first", "Conversations"],
  ["customers:read", "See customers", "People"],
  ["customers:write", "Correct what is known of customers", "People"],
  ["consents:read", "See what people agreed to", "People"],
  ["consents:write", "Record what people agreed to", "People"],
  ["holdings:read", "See the data map, and what is held of somebody", "Privacy"],
  ["privacy:search", "Search what is held", "Privacy"],
  ["privacy:export", "Export what is held of somebody", "Privacy"],
  ["privacy:erase", "Erase somebody", "Privacy"],
  ["privacy:restrict", "Restrict what is done with somebody's data", "Privacy"],
  ["privacy:hold", "Put conversations on legal hold", "Privacy"],
  ["privacy:requests", "Look after people's requests", "Privacy"],
  ["privacy:fields", "Say why record types may be held, and who answers for them", "Privacy"],
  ["audit:read", "Read the audit log", "Privacy"],
];

/** A control: `field.allowed` are the rows of SCOPES to choose from. */
export function scopesOf(field, value, changed) {
  const fault = el("p", { class: "field-error", id: "scopes-fault" });
  const count = el("p", { class: "help", role: "status" });
  const inputs = [];
  const box = ([scope, text]) => {
    const id = `scope-${scope.replace(":", "-")}`;
    const input = el("input", { type: "checkbox", id, value: scope, "aria-describedby": `${id}-name` });
    input.checked = value.includes(scope);
    input.addEventListener("change", () => draw());
    inputs.push(input);
    return el("div", { class: "option" }, input,
      el("div", {}, el("label", { for: id, text }), el("p", { class: "help code", id: `${id}-name`, text: scope })));
  };
  const groups = [...new Set(field.allowed.map(([, , group]) => group))];
  const node = el("div", { class: "entry full", role: "group", "aria-label": "Scopes", "aria-describedby": fault.id },
    ...groups.map((group) => el("fieldset", { class: "entry picked full columns" },
      el("legend", { text: group }),
      el("div", { class: "options" }, ...field.allowed.filter(([, , one]) => one === group).map(box)))),
    count, fault);
  const get = () => inputs.filter(({ checked }) => checked).map((input) => input.value);
  function draw() {
    say(count, get().length ? `${t("many", get().length, "scope", "scopes")} chosen` : "");
    say(fault, "");
    set(node, "data-invalid", null);
    changed();
  }
  return {
    node,
    get,
    check: () => get().length ? "" : "Choose at least one.",
    fail(_, text) {
      say(fault, text);
      set(node, "data-invalid", "true");
    },
    clear: () => say(fault, ""),
    focus: () => inputs[0]?.focus(),
  };
}
