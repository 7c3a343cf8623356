/* Secrets of what is there already: made by the server, shown once. */

import { el, say } from "../console/element.js";
import { showOnce } from "./dialogs.js";

/** A row with a button that makes one for `stored`; `ask` is what to think of
 * before. */
export function renewal(ctx, { stored, path, label, help, title, name, ask = null }) {
  const fault = el("p", { class: "field-error", role: "alert" });
  const button = el("button", { class: "plain", type: "button", text: label });
  button.addEventListener("click", async () => {
    say(fault, "");
    if (ask && !(await ctx.confirm({ title: `${label}?`, text: ask, yes: label }))) return;
    try {
      const { secret, revision } = await ctx.api.post(path);
      /* What is being edited beside it can be saved all the same. */
      stored.revision = revision;
      await showOnce(title, [[name, secret]]);
    } catch (error) {
      say(fault, error.message);
    }
  });
  return el("div", { class: "renewal" }, el("p", { class: "help", text: help }), button, fault);
}

export const renewing = (title, rows) =>
  el("section", { class: "panel", "aria-labelledby": "renewing" },
    el("h2", { id: "renewing", text: title }), ...rows);
