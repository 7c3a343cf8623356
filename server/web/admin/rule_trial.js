/* The test box: what rules hide in a text, and in what is being said. */

import { el, say } from "../console/element.js";
import { t } from "./words.js";

const AFTER = 350; // milliseconds without typing
const LONGEST = 10_000;
const AUTHORS = [["customer", "a customer's"], ["agent", "an agent's"], ["application", "an application's"]];

/* The text with what would go marked. Places are in characters as the server
 * counts them: code points, not the halves that JavaScript counts. */
function marked(text, hits) {
  const letters = [...text];
  const spans = hits
    .flatMap(({ rule, spans: places }) => places.map(([from, to]) => ({ rule, from, to })))
    .sort((a, b) => a.from - b.from);
  const parts = [];
  let done = 0;
  for (const { rule, from, to } of spans) {
    const start = Math.max(from, done);
    if (to <= start) continue;
    parts.push(letters.slice(done, start).join(""),
      el("mark", { title: rule }, letters.slice(start, to).join(""), el("span", { class: "unseen", text: ` (${rule})` })));
    done = to;
  }
  parts.push(letters.slice(done).join(""));
  return parts;
}

function verdict({ hits, faults }) {
  if (faults.length) return faults.map(({ why }) => why).join("; ");
  if (hits.length === 0) return "Nothing is hidden.";
  return `Hidden: ${hits.map(({ rule, count }) => `${count} by ${rule}`).join(", ")}.`;
}

function counted(report) {
  const { messages, conversations } = report;
  if (messages === 0) return [el("p", { text: "Nobody is saying anything now." })];
  const hitting = report.rules.filter((one) => one.messages > 0);
  return [
    el("p", {}, `Looked through ${t("many", messages, "message", "messages")} in ${t("many", conversations, "conversation", "conversations")}`,
      report.is_complete ? "." : ", the newest; there are more."),
    hitting.length
      ? el("ul", { class: "reaches" }, ...hitting.map((one) => el("li", {},
        el("code", { text: one.rule }),
        ` hides something in ${t("many", one.messages, "message", "messages")} of ${t("many", one.conversations, "conversation", "conversations")}`)))
      : el("p", { text: "No rule would hide anything more in it." }),
    report.unreadable ? el("p", { class: "soft", text: `${t("many", report.unreadable, "conversation", "conversations")} ended meanwhile.` }) : null,
  ].filter(Boolean);
}

/** The box; `rule()` is one to try that is not kept yet. `again()` tries anew. */
export function trialBox(ctx, { lead, rule = null }) {
  const area = el("textarea", { id: "trial-text", rows: 3, maxlength: LONGEST, dir: "auto", autocomplete: "off", spellcheck: "false", placeholder: "My card is 4111 1111 1111 1111" });
  const author = el("select", { id: "trial-author" }, ...AUTHORS.map(([value, text]) => el("option", { value, text })));
  const shown = el("div", { class: "trial-shown", dir: "auto", hidden: true });
  const left = el("p", { class: "trial-left", dir: "auto", hidden: true });
  const status = el("p", { class: "trial-verdict", role: "status" });
  let timer = 0;
  let asked = 0;

  async function attempt() {
    const text = area.value;
    const mine = (asked += 1);
    shown.hidden = left.hidden = text === "";
    if (text === "") {
      say(status, "");
      return;
    }
    try {
      const told = await ctx.api.ask("redaction-rules/try", { text, author: author.value, rule: rule?.() ?? null });
      if (mine !== asked) return;
      shown.replaceChildren(...marked(text, told.hits));
      left.replaceChildren(el("span", { class: "soft", text: "Kept: " }), told.text);
      left.hidden = told.faults.length > 0;
      say(status, verdict(told));
    } catch (error) {
      if (mine === asked) say(status, error.errors?.length ? "The rule above is not complete yet." : error.message);
    }
  }
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(attempt, AFTER);
  };
  area.addEventListener("input", again);
  author.addEventListener("change", attempt);

  const report = el("div", { class: "trial-report", role: "status" });
  const run = el("button", { class: "plain", type: "button", text: "Count in what is being said" });
  run.addEventListener("click", async () => {
    run.disabled = true;
    report.replaceChildren(el("p", { class: "soft", text: t("loading") }));
    try {
      report.replaceChildren(...counted(await ctx.api.ask("redaction-rules/dry-run", { rule: rule?.() ?? null })));
    } catch (error) {
      report.replaceChildren(el("p", { class: "field-error", text: error.errors?.[0]?.hint ?? error.message }));
    } finally {
      run.disabled = false;
      run.focus();
    }
  });

  const node = el("section", { class: "panel trial", "aria-labelledby": "trial-title" },
    el("h2", { id: "trial-title", text: "Try it" }),
    el("p", { class: "panel-lead", text: lead }),
    el("div", { class: "fields" },
      el("div", { class: "entry full" }, el("label", { for: "trial-text", text: "Text" }), area),
      el("div", { class: "entry half" }, el("label", { for: "trial-author", text: "Taken for words of" }), author),
      shown, left, status),
    ctx.may("rules:write") ? el("div", { class: "trial-run" }, run,
      el("p", { class: "help", text: "Counts, without showing a word, how often each rule would hit in conversations that go on now. It stands in the audit log." }), report) : null);
  return { node, again };
}
