/* The left pane: who waits, who is ours, and the agent's own corner. */

import { arrange, el, say, set } from "./element.js";
import { icon } from "./icons.js";
import { server, span } from "./times.js";
import { wayToAdmin } from "./way_to_admin.js";
import { words } from "./words.js";

const WARM_AFTER = 120_000;
const HOT_AFTER = 300_000;

export const avatar = (c) =>
  el("span", {
    class: `avatar hue-${c.hue}`,
    "aria-hidden": "true",
    text: c.mark.slice(0, 2),
  });

/** The last thing said, as one line. */
function headline(c) {
  const { newest } = c;
  if (c.typing) return words.typing;
  if (!newest) return c.summary.preview ?? words.noPreview;
  const { author, name, rich, text } = newest;
  const said = text || (rich?.name ?? words.kinds[rich?.kind] ?? "");
  if (author === "agent") return words.you(said);
  return author === "application" && name ? words.other(name, said) : said;
}

function heat(c) {
  const waited = server.now() - c.summary.started_at;
  if (waited >= HOT_AFTER) return "hot";
  return waited >= WARM_AFTER ? "warm" : "cool";
}

function makeItem(desk, c) {
  const button = el(
    "button",
    { class: "item", type: "button", "data-id": c.id, tabindex: -1 },
    avatar(c),
    el("span", { class: "item-name" },
      el("span", { class: "item-who", text: words.customer(c.mark) }),
      el("span", { class: "item-channel", text: c.summary.channel })),
    el("span", { class: "item-when" }),
    el("span", { class: "item-text", dir: "auto" }),
    el("span", { class: "badge" }),
  );
  button.addEventListener("click", () => desk.openAndFocus(c.id));
  return el("li", {}, button);
}

function drawItem(desk, node, c) {
  const [button] = node.children;
  const [, , when, text, badge] = button.children;
  const waits = c.phase === "waiting";
  set(button, "aria-current", c.id === desk.selected ? "true" : null);
  set(button, "data-fresh", c.fresh || null);
  set(button, "data-heat", waits ? heat(c) : null);
  set(button, "data-unread", c.unread > 0 || null);
  set(text, "data-typing", c.typing || null);
  say(text, headline(c));
  say(badge, c.unread > 0 ? String(c.unread) : c.fresh ? words.isNew : "");
  set(badge, "aria-label", c.unread > 0 ? words.unread(c.unread) : null);
  set(badge, "role", c.unread > 0 ? "img" : null);
  drawWhen(when, c, waits);
}

function drawWhen(when, c, waits) {
  const since = waits ? c.summary.started_at : c.summary.last_at;
  say(when, span(server.now() - since));
  set(when, "title", waits ? words.waited(when.textContent) : null);
}

function listView(desk, title, empty, pick) {
  const count = el("span", { class: "count" });
  const id = `list-${title.toLowerCase()}`;
  const list = el("ul", { class: "items" });
  const nothing = el("div", { class: "empty" }, ...empty.map((text) => el("p", { text })));
  const node = el(
    "section",
    { "aria-labelledby": id, class: id },
    el("h2", { id }, el("span", { text: title }), count),
    list,
    nothing,
  );
  const draw = () => {
    const rows = pick();
    say(count, String(rows.length));
    nothing.hidden = rows.length > 0 || !desk.listedOnce;
    arrange(list, rows, {
      key: (c) => c.id,
      make: (c) => makeItem(desk, c),
      update: (item, c) => drawItem(desk, item, c),
    });
  };
  return { node, draw };
}

function statusPill() {
  const label = el("span", { class: "status-text" });
  const node = el("p", { class: "status", role: "status" }, el("span", { class: "dot" }), label);
  const draw = (desk) => {
    set(node, "data-link", desk.link.state);
    say(label, words[desk.link.state]);
  };
  return { node, draw };
}

const tool = (name, label, act) =>
  el("button", {
    class: "quiet square",
    type: "button",
    "aria-label": label,
    title: label,
    on: { click: act },
  }, icon(name));

function corner(desk, dialogs) {
  const name = el("span", { class: "me-name" });
  const way = wayToAdmin();
  const node = el(
    "div",
    { class: "me" },
    el("span", { class: "avatar me-avatar", "aria-hidden": "true" }),
    name,
    way.node,
    tool("sliders", words.preferences, () => dialogs.preferences()),
    tool("keyboard", words.helpOpen, () => dialogs.help()),
    tool("leave", words.signOut, () => desk.signOut()),
  );
  const draw = () => {
    say(name, desk.me);
    say(node.firstChild, desk.me.slice(0, 1).toUpperCase());
    way.draw(desk);
  };
  return { node, draw };
}

/* One tab stop for both lists; arrows and j/k move inside. */
function oneTabStop(node, desk) {
  const items = [...node.querySelectorAll(".item")];
  const stop =
    items.find((item) => item === document.activeElement) ??
    items.find((item) => item.dataset.id === desk.selected) ??
    items[0];
  for (const item of items) set(item, "tabindex", item === stop ? 0 : -1);
}

export function listsView(desk, dialogs) {
  const status = statusPill();
  const waiting = listView(desk, words.waiting,
    [words.nobodyWaits, words.nobodyWaitsMore], () => desk.waiting);
  const mine = listView(desk, words.mine, [words.noneMine], () => desk.mine);
  const more = el("p", { class: "empty", text: words.moreListed });
  const me = corner(desk, dialogs);
  const node = el(
    "nav",
    { class: "lists", "aria-label": words.conversations },
    el("div", { class: "brand" },
      el("span", { class: "brand-mark small" }, icon("fly")),
      el("span", { class: "brand-name", text: words.product }),
      status.node),
    el("div", { class: "lists-scroll" }, waiting.node, mine.node, more),
    me.node,
  );
  const draw = () => {
    for (const part of [waiting, mine, me]) part.draw();
    status.draw(desk);
    more.hidden = !desk.more;
    oneTabStop(node, desk);
  };
  return { node, draw, tick: draw, ...walking(node, desk) };
}

function walking(node, desk) {
  const focus = (id) => {
    const items = [...node.querySelectorAll(".item")];
    const item = items.find((one) => one.dataset.id === id) ?? items[0];
    item?.focus();
  };
  const step = (by) => {
    const items = [...node.querySelectorAll(".item")];
    const at = items.findIndex((item) =>
      node.contains(document.activeElement)
        ? item === document.activeElement
        : item.dataset.id === desk.selected);
    const next = items[at < 0 ? 0 : at + by];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  return { focus, step };
}
