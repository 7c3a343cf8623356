/* Search: where some words stand in what is held. */

import { el, say, set } from "../console/element.js";
import { icon } from "./icons.js";
import { head } from "./list.js";
import { button, moment } from "./privacy_parts.js";
import { sentence } from "./privacy_words.js";
import { state } from "./states.js";
import { t } from "./words.js";

const SHORTEST = 3;

/* Which page shows more of a hit; its id is that of what it was found in. */
const placeOf = (ctx, { kind, id }) => {
  if (kind === "customer messaging identities") return ["people", id, "The person"];
  if (kind === "privacy requests") return ["requests", id, "The request"];
  return ["conversations", id, "The conversation"];
};

/* Letters as they are compared: without capitals. What cannot be found again
 * in the excerpt, because accents do not count, is shown without a mark. */
function marked(excerpt, words) {
  const at = excerpt.toLocaleLowerCase().indexOf(words.toLocaleLowerCase());
  if (at < 0) return el("span", { dir: "auto", text: excerpt });
  return el("span", { dir: "auto" },
    excerpt.slice(0, at), el("mark", { text: excerpt.slice(at, at + words.length) }), excerpt.slice(at + words.length));
}

function hit(ctx, one, words) {
  const [page, id, label] = placeOf(ctx, one);
  return el("li", {}, el("a", { class: "row hit", href: ctx.href(page, id) },
    el("span", { class: "row-main" },
      el("span", { class: "hit-text" }, marked(one.excerpt, words)),
      el("span", { class: "row-sub" }, [label, one.number ? `message ${one.number}` : null].filter(Boolean).join(" · "))),
    one.at ? el("span", { class: "row-fact" }, moment(one.at)) : null,
    icon("chevron", "icon row-go")));
}

export function page(ctx) {
  const input = el("input", { type: "search", id: "search-words", "aria-label": "Words", autocomplete: "off", maxlength: 200, placeholder: "A name, a number, a few words" });
  const problem = el("p", { class: "field-error", role: "alert" });
  const status = el("p", { class: "found-line soft", role: "status" });
  const results = el("div", { class: "hits" });
  const find = el("button", { class: "primary", type: "submit" }, icon("search"), "Search");
  let words = "";
  let hits = [];
  let looked = 0;
  let after = "";

  async function look() {
    set(find, "aria-disabled", "true");
    say(status, "Looking…");
    say(problem, "");
    try {
      const found = await ctx.api.ask("privacy/search", { text: words, after });
      hits.push(...found.hits);
      looked += found.looked;
      after = found.after ?? "";
      draw(found.after !== null);
    } catch (error) {
      say(status, "");
      say(problem, error.status === 429 ? "Somebody of the account is searching just now. Try again in a moment." : error.message);
    } finally {
      set(find, "aria-disabled", null);
    }
  }

  function draw(goes_on) {
    say(status, `${t("many", hits.length, "hit", "hits")} in ${t("many", looked, "text", "texts")}${goes_on ? " so far" : ""}`);
    const kinds = [...new Set(hits.map(({ kind }) => kind))];
    results.replaceChildren(
      ...kinds.map((kind, n) => {
        const of_kind = hits.filter((one) => one.kind === kind);
        return el("section", { "aria-labelledby": `kind-${n}` },
          el("h2", { class: "hits-kind", id: `kind-${n}` }, sentence(kind), el("span", { class: "mark", text: of_kind.length })),
          el("ul", { class: "rows" }, ...of_kind.map((one) => hit(ctx, one, words))));
      }),
      ...hits.length || goes_on ? [] : [state({ name: "search", title: "Nowhere in what is held", lead: "Capitals, width and accents do not count. What is gone cannot be found.", level: "h2" })],
      ...goes_on ? [el("div", { class: "on-row" }, button("Go on", look))] : []);
  }

  function submit(event) {
    event.preventDefault();
    if (find.ariaDisabled === "true") return;
    words = input.value.trim();
    [hits, looked, after] = [[], 0, ""];
    results.replaceChildren();
    say(status, "");
    if (words.length < SHORTEST) {
      say(problem, `At least ${SHORTEST} characters.`);
      input.focus();
    } else look();
  }

  ctx.mount(el("div", { class: "page" },
    head({ title: "Search", lead: "Find where some words stand: in messages, the names of files, identities and requests. What is sealed is opened in memory, compared, and dropped." }),
    el("form", { class: "finder entry full", role: "search", novalidate: true, on: { submit } },
      el("div", { class: "finder-box" }, input, find), problem),
    el("div", { class: "banner calm", role: "note" }, icon("eye"),
      el("p", { text: "Each search is written to the audit log under your name, with the number of hits. The words are not." })),
    status, results), { title: "Search" });
  input.focus();
}
