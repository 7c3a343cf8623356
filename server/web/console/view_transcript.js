/* The messages of one conversation, as a log that reads itself aloud. */

import { arrange, el, say, set } from "./element.js";
import { icon } from "./icons.js";
import { linked } from "./links.js";
import { clock, dayName, dayOf, exact } from "./times.js";
import { partView } from "./view_parts.js";
import { words } from "./words.js";

/* Said within this time of each other by one person: one group. */
const GROUP_MS = 300_000;
/* Closer to the end than this counts as being at the end, in pixels. */
const NEAR = 48;

const TICKS = {
  waiting: "clock",
  sent: "clock",
  stored: "sent",
  delivered: "seen",
  read: "seen",
  failed: "alert",
};

/** What the transcript shows, as plain rows: days, the "new" line, messages
 * and the replies still on their way. */
export function rowsOf(c) {
  const rows = [];
  let before = null;
  for (const message of [...c.visible(), ...c.outbox]) {
    if (!before || dayOf(before.at) !== dayOf(message.at)) {
      rows.push({ kind: "day", key: `day:${dayOf(message.at)}`, at: message.at });
      before = null;
    }
    if (message.number && message.number === c.unreadFrom) {
      rows.push({ kind: "new", key: "new" });
      before = null;
    }
    rows.push(messageRow(c, message, before));
    before = message;
  }
  return rows;
}

function messageRow(c, message, before) {
  const author = message.author ?? "agent";
  const same = before && (before.author ?? "agent") === author
    && before.name === message.name && !before.note && !message.note;
  const joined = same && message.at - before.at < GROUP_MS;
  const state = author === "agent" && !message.note ? stateOf(c, message) : null;
  return { kind: "message", key: message.id, message, author, joined, state };
}

function stateOf({ marks }, message) {
  if (!message.number) return message.state;
  if (message.number <= marks.read) return "read";
  return message.number <= marks.delivered ? "delivered" : "stored";
}

const stateWord = (state, online) =>
  state === "waiting" || state === "sent"
    ? online ? words.sending : words.queued
    : words[state];

function makeMessage(desk, c, { message, author }) {
  const meta = el("span", { class: "meta" },
    el("time", {}),
    el("span", { class: "tick", role: "img" }));
  const text = el("p", { class: "text", dir: "auto" });
  const part = message.rich ? partView(desk, c, message) : null;
  const mark = message.note ? el("p", { class: "note-mark" }, icon("lock"), words.note) : null;
  const node = el("div", { class: `message from-${author}` },
    el("p", { class: "author" }, author === "application" ? icon("bot") : null, el("span", {})),
    el("div", { class: "bubble" }, mark, text, part?.node, meta),
    el("div", { class: "failure" }));
  set(node, "data-note", message.note || null);
  set(node, "data-part", message.rich?.kind ?? null);
  parts.set(node, part);
  texts.set(node, { text });
  return node;
}

/* What each message shows besides words, and the words it shows. */
const parts = new WeakMap();
const texts = new WeakMap();

/* The server may keep, and so show, other words than were written. */
function drawText(node, wanted) {
  const shown = texts.get(node);
  if (shown.of === wanted) return;
  shown.of = wanted;
  shown.text.replaceChildren(...linked(wanted));
  shown.text.hidden = wanted === "";
}

function drawMessage(desk, c, node, row) {
  const { message, author, joined, state } = row;
  const [who, bubble, failure] = node.children;
  const [time, tick] = bubble.lastChild.children;
  set(node, "data-joined", joined || null);
  set(node, "data-state", state);
  drawText(node, message.unkept && !message.text ? words.unkept : message.text);
  const me = author === "agent" && (message.name ?? desk.me) === desk.me;
  const name = author === "customer" ? words.said.customer : me ? words.said.me : message.name ?? "";
  say(who.lastChild, author === "application" ? `${name} (${words.automatic})` : name);
  parts.get(node)?.draw(c.answers.get(message.number));
  say(time, clock(message.at));
  set(time, "datetime", new Date(message.at).toISOString());
  set(time, "title", exact(message.at));
  drawTick(tick, state, desk.online);
  drawFailure(desk, c, failure, message, state);
}

function drawTick(tick, state, online) {
  tick.hidden = state === null;
  if (state === null) return;
  set(tick, "aria-label", stateWord(state, online));
  set(tick, "title", stateWord(state, online));
  if (tick.dataset.drawn === TICKS[state]) return;
  tick.dataset.drawn = TICKS[state];
  tick.replaceChildren(icon(TICKS[state]));
}

function drawFailure(desk, c, node, message, state) {
  node.hidden = state !== "failed";
  if (node.hidden || node.hasChildNodes()) {
    if (node.hidden) node.replaceChildren();
    return;
  }
  const act = (label, does) =>
    el("button", { class: "link", type: "button", text: label, on: { click: () => {
      does();
      desk.changed();
    } } });
  node.append(
    el("span", { text: `${words.failed}. ${words.refused[message.code] ?? words.refusedOther}` }),
    act(words.retry, () => desk.outbox.again(c, message)),
    act(words.discard, () => desk.outbox.discard(c, message)),
  );
}

function make(desk, c, row) {
  if (row.kind === "day") {
    return el("div", { class: "day" }, el("span", { text: dayName(row.at) }));
  }
  if (row.kind === "new") {
    return el("div", { class: "new-line" }, el("span", { text: words.newMessages }));
  }
  return makeMessage(desk, c, row);
}

export function transcriptView(desk, c) {
  const earlier = el("button", { class: "earlier quiet", type: "button", text: words.earlier });
  const list = el("div", { class: "messages" });
  const nothing = el("p", { class: "nothing" });
  const scroll = el("div", {
    class: "transcript",
    role: "log",
    tabindex: 0,
    "aria-label": words.transcript,
    "aria-busy": "true",
  }, earlier, nothing, list);
  const latest = el("button", { class: "latest", type: "button", hidden: true },
    icon("down"), el("span", {}));
  const typing = el("div", { class: "typing" },
    el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")),
    el("span", { role: "status" }));
  const node = el("div", { class: "transcript-frame" }, scroll, latest, typing);
  const place = sticking(scroll, latest, c);

  earlier.addEventListener("click", () => {
    const below = scroll.scrollHeight - scroll.scrollTop;
    c.showEarlier();
    draw();
    scroll.scrollTop = scroll.scrollHeight - below;
  });

  function draw() {
    earlier.hidden = !c.hasEarlier;
    set(scroll, "aria-busy", c.catching);
    arrange(list, rowsOf(c), {
      key: (row) => row.key,
      make: (row) => make(desk, c, row),
      update: (row, data) => data.kind === "message" && drawMessage(desk, c, row, data),
    });
    nothing.hidden = list.hasChildNodes() && !c.hidden;
    say(nothing, c.hidden ? words.hiddenOffline : c.catching ? words.loading : words.nobodySaid);
    set(typing, "data-on", c.typing || null);
    say(typing.lastChild, c.typing ? words.customerTypes : "");
    place.settle();
  }

  return { node, draw, tick: draw };
}

/* Stays at the end while the reader is at the end; otherwise stays put and
 * counts what came meanwhile. */
function sticking(scroll, latest, c) {
  let atEnd = true;
  let seen = c.last;
  let first = true;
  let writing = c.outbox.length;
  /* Where it was put: what grows below it has not moved the reader. */
  let put = 0;
  const gap = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight;
  const down = () => {
    scroll.scrollTop = scroll.scrollHeight;
    put = scroll.scrollTop;
    atEnd = true;
    show();
  };
  const show = () => {
    if (atEnd) seen = c.last;
    latest.hidden = atEnd;
    const count = c.last - seen;
    say(latest.lastChild, count > 0 ? words.latestCount(count) : words.latest);
  };
  scroll.addEventListener("scroll", () => {
    atEnd = gap() < NEAR || (atEnd && scroll.scrollTop >= put);
    show();
  }, { passive: true });
  latest.addEventListener("click", () => {
    down();
    scroll.focus();
  });
  const observer = new ResizeObserver(() => atEnd && down());
  for (const node of [scroll, ...scroll.children]) observer.observe(node);
  const settle = () => {
    /* Whoever answers wants to see the answer, wherever they had read. */
    if (c.outbox.length > writing) atEnd = true;
    writing = c.outbox.length;
    const line = first && !c.catching ? scroll.querySelector(".new-line") : null;
    if (!c.catching) first = false;
    if (line && line.offsetTop < scroll.scrollHeight - scroll.clientHeight) {
      line.scrollIntoView({ block: "center" });
      atEnd = gap() < NEAR;
    } else if (atEnd) down();
    show();
  };
  return { settle };
}
