/* What most pages begin with: a heading, what it is about, and rows.
 *
 * `listPage(ctx, {...})` loads and mounts one; `head` and `rowsOf` are its
 * parts, for pages that need another arrangement.
 */

import { el, say } from "../console/element.js";
import { icon } from "./icons.js";
import { state } from "./states.js";
import { t } from "./words.js";

/* From here on, a field to find something by is worth its room. */
const WORTH_FILTER = 9;

/** The top of a page: `back` is `[label, address]`, `more` are buttons. */
export function head({ title, lead, back = null, badges = [], more = [] }) {
  return el("header", { class: "page-head" },
    back ? el("a", { class: "back", href: back[1] }, icon("back"), back[0]) : null,
    el("div", { class: "page-title" },
      el("h1", { text: title }), ...badges,
      more.length ? el("div", { class: "page-more" }, ...more) : null),
    lead ? el("p", { class: "page-lead", text: lead }) : null);
}

/** A small word beside a name; `kind` is "good", "warn", "bad" or none. */
export const badge = (text, kind = null) =>
  el("span", { class: "mark", "data-kind": kind, text });

export const addLink = (label, address) =>
  el("a", { class: "primary", href: address }, icon("plus"), label);

/** One row: what it is called, what is said of it, and where it leads. */
function rowOf({ title, sub, facts = [], badges = [], to = null, mark = null }) {
  const inner = [
    mark,
    el("span", { class: "row-main" },
      el("span", { class: "row-title" }, el("span", { class: "row-name", dir: "auto", text: title }), ...badges),
      sub ? el("span", { class: "row-sub", dir: "auto", text: sub }) : null),
    ...facts.map((fact) => el("span", { class: "row-fact" }, fact)),
  ];
  return el("li", {}, to
    ? el("a", { class: "row", href: to }, ...inner, icon("chevron", "icon row-go"))
    : el("div", { class: "row" }, ...inner));
}

export function rowsOf(items, describe, label) {
  const rows = items.map((item) => {
    const told = describe(item);
    const node = rowOf(told);
    node.dataset.words = `${told.title} ${told.sub ?? ""}`.toLocaleLowerCase();
    return node;
  });
  const list = el("ul", { class: "rows", "aria-label": label }, ...rows);
  return rows.length < WORTH_FILTER ? list : el("div", {}, filterOf(rows, label), list);
}

function filterOf(rows, label) {
  const found = el("span", { class: "unseen", role: "status" });
  const none = el("p", { class: "none", hidden: true, text: "Nothing here has these words." });
  const input = el("input", { type: "search", class: "filter", "aria-label": `Find in ${label}`, placeholder: `Find in ${label.toLocaleLowerCase()}` });
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLocaleLowerCase();
    let shown = 0;
    for (const row of rows) {
      row.hidden = !row.dataset.words.includes(wanted);
      shown += row.hidden ? 0 : 1;
    }
    none.hidden = shown > 0;
    say(found, `${shown} shown`);
  });
  return el("div", { class: "filter-box" }, icon("search"), input, found, none);
}

/** Load `path` and mount its rows.
 *
 * `describe(item)` gives `{title, sub, facts, badges, to, mark}`; `make` is
 * the scope, address and label of what adds one; `empty` is `[title, lead]`;
 * `below(items)` stands under the rows. */
export async function listPage(ctx, { title, lead, path, describe, make, empty, below }) {
  const items = await ctx.api.all(path);
  const add = make && ctx.may(make.scope) ? [addLink(make.label, make.to)] : [];
  const body = items.length
    ? rowsOf(items, describe, title)
    : state({ name: make?.icon ?? "info", title: empty[0], lead: empty[1], level: "h2", more: add });
  ctx.mount(el("div", { class: "page" },
    head({ title, lead, more: items.length ? add : [] }), body, below?.(items)), { title });
}
