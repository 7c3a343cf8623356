/* What is done about a person or a conversation: export, erase, hold. */

import { el, say, set } from "../console/element.js";
import { ask } from "./asking.js";
import { enc } from "./api.js";
import { copyButton } from "./dialogs.js";
import { icon } from "./icons.js";
import { keep } from "./privacy_parts.js";
import { HOLD_REASONS } from "./privacy_words.js";
import { exact } from "./when.js";

const fileName = (id) => `export-${id}.dayfly`;

function onceBox(key) {
  return el("div", { class: "once" },
    el("span", { class: "once-label", id: "export-key", text: "Key" }),
    el("div", { class: "once-box" },
      el("code", { class: "once-text", tabindex: 0, "aria-labelledby": "export-key", text: key }),
      copyButton(() => key)));
}

/** Prepare an export, show its key once, and hand the file over.
 *
 * `whose` is {customer} or {conversation}; `name` says whose to people. */
export async function exportOf(ctx, whose, name) {
  const made = await ask(`Export ${name}`, {
    lead: [
      "Everything that is held goes into one sealed package: pages for people, and JSON for programs.",
      "The package is written while it is fetched, once, and the server keeps neither it nor its key.",
    ],
    yes: "Prepare",
    act: () => ctx.api.post("privacy/exports", whose),
  });
  if (!made) return;
  const said = el("span", { class: "soft", role: "status" });
  let has_file = false;
  const fetch = el("button", { class: "plain", type: "button" }, icon("get"), "Download package");
  fetch.addEventListener("click", async () => {
    if (has_file || fetch.ariaDisabled === "true") return;
    set(fetch, "aria-disabled", "true");
    say(said, "On its way…");
    try {
      keep(await ctx.api.file(`privacy/exports/${enc(made.id)}`), fileName(made.id));
      has_file = true;
      say(said, "Downloaded. It cannot be fetched again.");
    } catch (error) {
      set(fetch, "aria-disabled", null);
      say(said, error.message);
    }
  });
  await ask("Keep the key and the package", {
    lead: `The key is shown only now, and the package can be fetched once, until ${exact(made.expires_at)}. Keep the one apart from the other.`,
    yes: "I have both",
    stays: () => !has_file,
    more: [
      onceBox(made.key),
      el("div", { class: "once" }, el("span", { class: "once-label", text: "Package" }), el("div", { class: "get-row" }, fetch, said)),
      el("div", { class: "how" },
        el("p", { class: "once-label", text: "To open it" }),
        el("code", { class: "snippet", text: `python run.py privacy open ${fileName(made.id)}` }),
        el("p", { class: "help", text: "It asks for the key, and writes a zip file. The format is open: whoever has the key needs no server." })),
    ],
    act: async () => true,
  });
}

/** Erase in two steps, then show the job. */
export async function eraseOf(ctx, whose, { title, text, word }) {
  const job = await ask(title, {
    lead: [].concat(text, "This cannot be undone, not even from a backup."),
    fields: [{
      name: "word",
      label: `Write ${word} to go on`,
      required: true,
      pattern: new RegExp(`^\\s*${word}\\s*$`, "i"),
      wrong: `Write ${word}.`,
    }],
    yes: "Erase for good",
    danger: true,
    act: () => ctx.api.post("privacy/erasures", whose),
  });
  if (job) ctx.navigate("people", "!erasures", job.id);
}

/** Put a conversation on hold, or lift that; resolves to it, or null. */
export const holdOf = (ctx, one) =>
  one.held
    ? ask("Lift the legal hold?", {
      lead: one.phase === "closed"
        ? "It is erased when it is due, and at once if that has passed."
        : "It is erased or kept at its end, as its channel says.",
      yes: "Lift hold",
      danger: true,
      act: () => ctx.api.post(`conversations/${enc(one.id)}/hold`, { held: false }),
    })
    : ask("Put it on legal hold", {
      lead: "What was said is kept until the hold is lifted, whatever the channel says and whoever asks. Files, context and private data are not.",
      fields: [{ name: "reason", label: "Why", kind: "select", options: HOLD_REASONS, help: "Written to the audit log." }],
      value: { reason: "litigation" },
      yes: "Put on hold",
      act: ({ reason }) => ctx.api.post(`conversations/${enc(one.id)}/hold`, { held: true, reason }),
    });

/** The two buttons that most pages of a person or conversation have. */
export const exportButton = (ctx, whose, name) =>
  el("button", { class: "plain", type: "button", on: { click: () => exportOf(ctx, whose, name) } }, icon("get"), "Export");

export const eraseButton = (ctx, whose, texts) =>
  el("button", { class: "plain danger", type: "button", on: { click: () => eraseOf(ctx, whose, texts) } }, icon("bin"), "Erase");
