/* Canned answers: a `/` in an empty reply offers them, arrows choose.
 *
 * They are asked for when they are wanted, at most once a minute, so that a
 * changed one is there soon and typing waits for nothing.
 */

import { me, told } from "./account.js";
import { el, say, set } from "./element.js";
import { words } from "./words.js";

const GOOD_FOR = 60_000;
const PER_PAGE = 200;
const AT_MOST = 8;

let kept = { at: -Infinity, of: null, answers: [] };

async function answers() {
  const found = await me();
  if (!found?.account) return [];
  const now = performance.now();
  if (kept.of !== found.id || now - kept.at > GOOD_FOR) {
    const path = `/accounts/${encodeURIComponent(found.account)}/canned-answers?limit=${PER_PAGE}`;
    const page = await told(path);
    if (page) kept = { at: now, of: found.id, answers: page.items };
  }
  return kept.answers;
}

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/* Those that begin so come before those that have it somewhere. */
function matching(all, wanted) {
  const query = folded(wanted);
  const rank = ({ id, title }) => {
    const name = folded(title);
    if (name.startsWith(query) || id.startsWith(query)) return 0;
    return name.includes(query) || id.includes(query) ? 1 : 2;
  };
  return all.filter((one) => rank(one) < 2).sort((a, b) => rank(a) - rank(b)).slice(0, AT_MOST);
}

/** The list over a reply's `area`; `put(text)` is called with the chosen one. */
export function cannedView(area, put) {
  const list = el("ul", { id: "canned", class: "canned", role: "listbox", "aria-label": words.canned, hidden: true });
  const status = el("p", { class: "unseen", role: "status" });
  let shown = [];
  let at = 0;
  let asked = 0;

  const isOpen = () => !list.hidden;

  function close() {
    asked += 1;
    list.hidden = true;
    shown = [];
    set(area, "aria-activedescendant", null);
    say(status, "");
  }

  function choose(one) {
    close();
    put(one.text);
  }

  function mark() {
    [...list.children].forEach((node, n) => set(node, "aria-selected", n === at));
    set(area, "aria-activedescendant", `canned-${at}`);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  const row = (one, n) => {
    const node = el("li", { id: `canned-${n}`, role: "option" },
      el("span", { class: "canned-title", dir: "auto", text: one.title }),
      one.language ? el("span", { class: "canned-language", text: one.language }) : null,
      el("span", { class: "canned-text", dir: "auto", text: one.text }));
    /* Not a click: that would take the focus, and the list with it. */
    node.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      choose(one);
    });
    return node;
  };

  async function draw() {
    const found = /^\/([^\n/]{0,40})$/.exec(area.value);
    if (!found) {
      if (isOpen()) close();
      return;
    }
    const mine = (asked += 1);
    const all = await answers();
    if (mine !== asked) return;
    shown = matching(all, found[1].trim());
    at = 0;
    list.hidden = shown.length === 0;
    list.replaceChildren(...shown.map(row));
    if (list.hidden) close();
    else {
      mark();
      say(status, words.cannedFound(shown.length));
    }
  }

  /** Whether `event`, a key in the reply, was for the list. */
  function key(event) {
    if (!isOpen() || event.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      at = (at + step + shown.length) % shown.length;
      mark();
    } else if (event.key === "Enter" || event.key === "Tab") choose(shown[at]);
    else if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else return false;
    event.preventDefault();
    return true;
  }

  set(area, "aria-autocomplete", "list");
  set(area, "aria-controls", list.id);
  area.addEventListener("input", draw);
  area.addEventListener("blur", close);
  return { nodes: [list, status], key };
}
