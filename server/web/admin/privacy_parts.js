/* What several privacy pages show: facts, holdings, files to keep. */

import { el } from "../console/element.js";
import { enc } from "./api.js";
import { badge } from "./list.js";
import { aheadOf, plain, sentence } from "./privacy_words.js";
import { exact, whenOf } from "./when.js";

/** A time as people say it; pointing at it says which exactly. */
export const moment = (at, text = whenOf(at)) =>
  el("time", { datetime: new Date(at * 1000).toISOString(), title: exact(at), text });

/** A panel with a heading, and perhaps buttons beside it. */
export function panel(title, { id, lead, more = [] }, ...inner) {
  const heading = `${id}-title`;
  return el("section", { class: "panel", id, "aria-labelledby": heading },
    el("div", { class: "panel-head" },
      el("h2", { id: heading, tabindex: -1, text: title }),
      more.length ? el("div", { class: "panel-more" }, ...more) : null),
    lead ? el("p", { class: "panel-lead", text: lead }) : null, ...inner);
}

/** Terms and what they are; those without anything are left out. */
export const facts = (rows) => el("dl", { class: "told" },
  ...rows.filter(([, what]) => what !== null && what !== undefined && what !== "")
    .map(([term, what]) => el("div", {}, el("dt", { text: term }), el("dd", { dir: "auto" }, what))));

export const button = (text, click, style = "plain") =>
  el("button", { class: style, type: "button", on: { click } }, ...[].concat(text));

/** A table; `rows` are lists of nodes or texts, `name` tells what it is of. */
export function tableOf(name, headings, rows, { numbers = [] } = {}) {
  const cell = (tag, n) => (inner) => el(tag, { class: numbers.includes(n) ? "number" : null, scope: tag === "th" ? "col" : null }, inner);
  return el("div", { class: "table-box", tabindex: 0, role: "group", "aria-label": name },
    el("table", { class: "table" },
      el("caption", { class: "unseen", text: name }),
      el("thead", {}, el("tr", {}, ...headings.map((text, n) => cell("th", n)(text)))),
      el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((inner, n) => cell("td", n)(inner ?? "")))))));
}

/** What is held under `query`, as a table; says so if nothing is. */
export async function holdings(ctx, query) {
  const { held } = await ctx.api.get("privacy/holdings", query);
  if (!held.length) return el("p", { class: "soft calm-line", text: "Nothing is held." });
  return tableOf("What is held", ["What", "Where", "How many", "Gone"], held.map((one) => [
    sentence(one.name), one.home, one.count.toLocaleString(),
    one.dies_at ? moment(one.dies_at, aheadOf(one.dies_at)) : plain(one.dies),
  ]), { numbers: [2] });
}

/** Have the browser keep `blob` as a file of that name. */
export function keep(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  /* Some browsers read it a little later than they are asked to. */
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export const keepJson = (value, name) =>
  keep(new Blob([JSON.stringify(value, null, 2)], { type: "application/json" }), name);

/** A row about a conversation, for lists. */
export const conversationRow = (ctx, one, [phase, look]) => ({
  title: `Conversation ${one.id.slice(0, 8)}`,
  sub: `${one.channel} · begun ${whenOf(one.started_at)}${one.agent ? ` · ${one.agent}` : ""}`,
  to: ctx.href("conversations", one.id),
  badges: [badge(phase, look), one.held ? badge("on legal hold", "warn") : null].filter(Boolean),
  facts: [
    one.kept_until && !one.held ? `gone ${aheadOf(one.kept_until)}` : null,
    `${one.messages.toLocaleString()} ${one.messages === 1 ? "message" : "messages"}`,
  ].filter(Boolean),
});

/** Whether there is such a thing: a call that may find nothing. */
export async function perhaps(ctx, path) {
  try {
    return await ctx.api.get(path);
  } catch (error) {
    if (error.code === "not_found") return null;
    throw error;
  }
}

export const customerPath = (id, ...more) => ["customers", enc(id), ...more].join("/");
