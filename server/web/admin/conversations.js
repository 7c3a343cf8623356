/* Conversations: those that go on and those that are kept; not what was said. */

import { el } from "../console/element.js";
import { enc } from "./api.js";
import { icon } from "./icons.js";
import { badge, head, rowsOf } from "./list.js";
import { eraseButton, exportButton, holdOf } from "./privacy_acts.js";
import { button, conversationRow, facts, holdings, moment, panel } from "./privacy_parts.js";
import { aheadOf, phaseOf } from "./privacy_words.js";
import { state } from "./states.js";
import { exact } from "./when.js";

const PER_PAGE = 100;
const SHOWN = [
  ["all", "All", () => true],
  ["live", "Going on", (one) => one.ended_at === null],
  ["kept", "Kept", (one) => one.phase === "closed"],
  ["held", "On hold", (one) => one.held],
];

async function list(ctx) {
  const first = await ctx.api.page("conversations", { limit: PER_PAGE });
  const all = [...first.items];
  let next = first.next;
  let chosen = "all";
  const body = el("div", {});
  const counts = new Map();

  const choice = ([value, text]) => {
    const input = el("input", { type: "radio", name: "shown", value });
    input.checked = value === chosen;
    input.addEventListener("change", () => {
      chosen = value;
      draw();
    });
    const count = el("b", {});
    counts.set(value, count);
    return el("label", {}, input, el("span", {}, `${text} `, count));
  };
  const filter = el("fieldset", { class: "choices shown" },
    el("legend", { class: "unseen", text: "Show" }), el("div", {}, ...SHOWN.map(choice)));

  async function more() {
    const page = await ctx.api.page("conversations", { limit: PER_PAGE, after: next });
    all.push(...page.items);
    next = page.next;
    draw();
  }
  function draw() {
    for (const [value, , fits] of SHOWN) counts.get(value).textContent = `${all.filter(fits).length}${next ? "+" : ""}`;
    const found = all.filter(SHOWN.find(([value]) => value === chosen)[2]).sort((a, b) => b.last_at - a.last_at);
    body.replaceChildren(
      found.length
        ? rowsOf(found, (one) => conversationRow(ctx, one, phaseOf(one.phase)), "Conversations")
        : state({ name: "answer", title: chosen === "held" ? "None is on hold" : "None here", lead: "What has ended is erased, unless its channel keeps it or it is on legal hold.", level: "h2" }),
      ...next ? [el("div", { class: "on-row" }, button("Look further", more))] : []);
  }
  draw();
  ctx.mount(el("div", { class: "page" },
    head({ title: "Conversations", lead: "Those that go on, and those that are kept after their end. Who was in them and for how long; not what was said." }),
    filter, body), { title: "Conversations" });
}

const ENDED_BY = { customer: "the customer", agent: "an agent", application: "an application", timeout: "time", operator: "the account" };

async function end(ctx, id, again) {
  const sure = await ctx.confirm({
    title: "End this conversation?",
    text: "Nobody can say anything in it any more. It is erased, or kept as its channel says.",
    yes: "End it",
    danger: true,
  });
  if (!sure) return;
  await ctx.api.post(`conversations/${enc(id)}/end`);
  ctx.toast("Ended.");
  again();
}

const about = (ctx, one) => facts([
  ["Id", el("code", { class: "wrap", text: one.id })],
  ["Channel", one.channel],
  ["Begun", moment(one.started_at, exact(one.started_at))],
  ["Last said", moment(one.last_at)],
  ["Messages", one.messages.toLocaleString()],
  ["Agent", one.agent],
  ["Person", one.customer
    ? el("a", { class: "link", href: ctx.href("people", one.customer), text: "Who they are" })
    : "nobody whom the account knows"],
  ["Ended", one.ended_at && moment(one.ended_at)],
  ["Ended by", one.ended_by && (ENDED_BY[one.ended_by] ?? one.ended_by)],
  ["Kept until", one.kept_until && (one.held ? "the hold is lifted" : moment(one.kept_until, `${exact(one.kept_until)}, ${aheadOf(one.kept_until)}`))],
]);

function gone(ctx) {
  ctx.mount(state({
    name: "shield",
    title: "This conversation is gone",
    lead: "It has ended and was erased, or there never was one.",
    more: [el("a", { class: "plain", href: ctx.href("conversations"), text: "Conversations" })],
  }), { title: "Conversation" });
}

async function conversation(ctx, id, { again = false } = {}) {
  let one;
  try {
    one = await ctx.api.get(`conversations/${enc(id)}`);
  } catch (error) {
    if (error.code !== "not_found") throw error;
    return gone(ctx);
  }
  const reload = () => conversation(ctx, id, { again: true });
  const [phase, look] = phaseOf(one.phase);
  const name = `conversation ${one.id.slice(0, 8)}`;
  const live = one.ended_at === null;
  const hold = button([icon("lock"), one.held ? "Lift hold" : "Legal hold"], async () => {
    if (await holdOf(ctx, one)) reload();
  });
  const whose = { conversation: one.id };
  ctx.mount(el("div", { class: "page" },
    head({
      title: `Conversation ${one.id.slice(0, 8)}`,
      back: ["Conversations", ctx.href("conversations")],
      badges: [badge(phase, look), one.held ? badge("on legal hold", "warn") : null].filter(Boolean),
      more: [
        ...live && ctx.may("conversations:end") ? [button("End", () => end(ctx, one.id, reload))] : [],
        ...ctx.may("privacy:hold") ? [hold] : [],
        ...ctx.may("privacy:export") ? [exportButton(ctx, whose, name)] : [],
        ...ctx.may("privacy:erase") && !one.held ? [eraseButton(ctx, whose, {
          title: `Erase ${name}?`,
          text: "It ends, and its key, files and rows go at once: this one and nothing else of the person.",
          word: "erase",
        })] : [],
      ],
    }),
    one.held ? el("div", { class: "banner", role: "note" }, icon("lock"),
      el("div", {}, el("strong", { text: "On legal hold" }), el("p", { text: "It is not erased, whatever its channel says and whoever asks, until the hold is lifted. Why it was put on hold stands in the audit log." }))) : null,
    el("div", { class: "form" },
      panel("About it", { id: "about" }, about(ctx, one)),
      ctx.may("holdings:read")
        ? panel("What is held", { id: "holdings", lead: "Counted where it lies, a moment ago." }, await holdings(ctx, whose))
        : null)), { title: name, again });
  return undefined;
}

export const page = (ctx) => ctx.path.length ? conversation(ctx, ctx.path[0]) : list(ctx);
