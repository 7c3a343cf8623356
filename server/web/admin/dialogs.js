/* Questions, and secrets that are shown once. */

import { el, say } from "../console/element.js";
import { show } from "../console/view_dialogs.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

/** Ask; resolves to whether the answer was yes. */
export function confirm({ title, text, yes, no = t("cancel"), danger = false }) {
  return new Promise((answer) => {
    let agreed = false;
    const dialog = show(title, {
      style: "small-dialog",
      body: [].concat(text).map((one) => el("p", { text: one })),
      foot: [
        el("button", { class: "plain", type: "button", text: no, autofocus: true, on: { click: () => dialog.close() } }),
        el("button", {
          class: danger ? "primary danger" : "primary",
          type: "button",
          text: yes,
          on: { click: () => {
            agreed = true;
            dialog.close();
          } },
        }),
      ],
    });
    dialog.addEventListener("close", () => answer(agreed));
  });
}

/** A button that copies what `text()` gives, and says that it did. */
export function copyButton(text, label = t("copy")) {
  const words = el("span", { text: label });
  const button = el("button", { class: "plain copy", type: "button" }, icon("copy"), words);
  const status = el("span", { class: "unseen", role: "status" });
  button.addEventListener("click", async () => {
    let worked = true;
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      worked = false;
    }
    say(words, worked ? t("copied") : label);
    say(status, t(worked ? "copied" : "copyFailed"));
    setTimeout(() => say(words, label), 2000);
  });
  return el("span", { class: "copy-box" }, button, status);
}

/** Show secrets once, `[[label, text], ...]`; resolves when it is closed. */
export function showOnce(title, secrets, lead = t("secretLead")) {
  return new Promise((closed) => {
    const row = ([label, text], n) => {
      const id = `secret-${n}`;
      return el("div", { class: "once" },
        el("span", { id, class: "once-label", text: label }),
        el("div", { class: "once-box" },
          el("code", { class: "once-text", tabindex: 0, "aria-labelledby": id, text }),
          copyButton(() => text)));
    };
    const dialog = show(title, {
      style: "once-dialog",
      body: [el("p", { class: "soft", text: lead }), ...secrets.map(row)],
      foot: [el("button", { class: "primary", type: "button", text: t("secretClose"), on: { click: () => dialog.close() } })],
    });
    /* A click beside it must not lose what will never be shown again. */
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) event.stopImmediatePropagation();
    }, { capture: true });
    dialog.addEventListener("close", () => closed());
  });
}
