/* The modal dialogs: shortcuts, preferences, and "are you sure". */

import { el } from "./element.js";
import { icon } from "./icons.js";
import { words } from "./words.js";

/* The browser keeps focus inside a modal dialog, closes it on Escape and
 * gives focus back; we only remove it afterwards. */
export function show(title, { style = "", body, foot }) {
  const heading = el("h2", { id: "dialog-title", text: title });
  const dialog = el("dialog", { class: `dialog ${style}`, "aria-labelledby": "dialog-title" },
    el("header", {}, heading,
      el("button", {
        class: "quiet square",
        type: "button",
        "aria-label": words.close,
        on: { click: () => dialog.close() },
      }, icon("end"))),
    el("div", { class: "dialog-body" }, ...body),
    foot ? el("footer", {}, ...foot) : null);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function help() {
  const row = ([keys, does]) =>
    el("div", {},
      el("dt", {}, ...keys.map((key) => el("kbd", { text: key }))),
      el("dd", { text: does }));
  const group = ([title, rows]) =>
    el("section", {}, el("h3", { text: title }), el("dl", { class: "keys" }, ...rows.map(row)));
  show(words.help, { style: "wide-dialog", body: words.helpGroups.map(group) });
}

function toggle(label, more, on, change) {
  const id = `toggle-${label.toLowerCase().replaceAll(/\W/g, "-")}`;
  const input = el("input", { type: "checkbox", role: "switch", id, "aria-describedby": `${id}-more` });
  input.checked = on;
  input.addEventListener("change", () => change(input));
  return el("div", { class: "toggle" },
    el("div", {},
      el("label", { for: id, text: label }),
      el("p", { id: `${id}-more`, class: "soft", text: more })),
    input);
}

function themes(preferences) {
  const choice = ([value, label]) => {
    const input = el("input", { type: "radio", name: "theme", value });
    input.checked = preferences.get("theme") === value;
    input.addEventListener("change", () => preferences.put("theme", value));
    return el("label", {}, input, el("span", { text: label }));
  };
  return el("fieldset", { class: "choices" },
    el("legend", { text: words.theme }),
    el("div", {}, ...Object.entries(words.themes).map(choice)));
}

function preferencesDialog(preferences, alerts) {
  const problem = el("p", { class: "problem", role: "alert" });
  const simple = (name, label, more) =>
    toggle(label, more, preferences.get(name), ({ checked }) => preferences.put(name, checked));
  const notify = toggle(words.notify, words.notifyMore, preferences.get("notify"), async (input) => {
    const allowed = !input.checked || (await alerts.allowed());
    input.checked &&= allowed;
    problem.textContent = allowed ? "" : words.notifyDenied;
    preferences.put("notify", input.checked);
  });
  show(words.preferences, {
    body: [
      notify,
      problem,
      simple("sound", words.sound, words.soundMore),
      simple("singleKeys", words.singleKeys, words.singleKeysMore),
      themes(preferences),
    ],
  });
}

function confirmEnd(does) {
  const dialog = show(words.endTitle, {
    style: "small-dialog",
    body: [el("p", { text: words.endText })],
    foot: [
      el("button", { class: "plain", type: "button", text: words.cancel, autofocus: true, on: { click: () => dialog.close() } }),
      el("button", { class: "primary danger", type: "button", text: words.endYes, on: { click: () => {
        dialog.close();
        does();
      } } }),
    ],
  });
}

export function dialogsOf(preferences, alerts) {
  const one = (open) => (...given) => {
    if (!document.querySelector("dialog[open]")) open(...given);
  };
  return {
    help: one(help),
    preferences: one(() => preferencesDialog(preferences, alerts)),
    confirmEnd: one(confirmEnd),
  };
}
