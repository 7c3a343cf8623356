/* The middle pane: head, warning, messages, and what can be done now. */

import { el, say, set } from "./element.js";
import { icon } from "./icons.js";
import { clock, countdown, exact, server } from "./times.js";
import { composerView } from "./view_composer.js";
import { avatar } from "./view_lists.js";
import { transcriptView } from "./view_transcript.js";
import { words } from "./words.js";

const action = (name, label, long, style, act) =>
  el("button", {
    class: `${style} act-${name}`,
    type: "button",
    title: long,
    "aria-label": long,
    on: { click: act },
  }, icon(name), el("span", { text: label }));

function headView(desk, c, does) {
  const name = el("h2", { class: "talk-name", tabindex: -1, text: words.customer(c.mark) });
  const phase = el("span", { class: "phase" });
  const take = action("take", words.take, words.takeIt, "primary", does.take);
  const release = action("release", words.release, words.releaseLong, "plain", does.release);
  const end = action("end", words.end, words.endLong, "plain danger", does.end);
  const info = el("button", {
    class: "quiet square act-info",
    type: "button",
    "aria-controls": "details",
    on: { click: does.details },
  }, icon("info"));
  const back = el("button", {
    class: "quiet square act-back",
    type: "button",
    "aria-label": words.back,
    on: { click: does.back },
  }, icon("back"));
  const node = el("header", { class: "talk-head" }, back, avatar(c),
    el("div", { class: "talk-title" }, name,
      el("p", { class: "talk-sub" }, phase,
        el("span", { class: "talk-channel", text: c.summary.channel }))),
    el("div", { class: "actions" }, take, release, end, info));
  const draw = () => {
    const agent = c.mine ? null : c.summary.agent;
    say(phase, c.phase === "active" && agent ? agent : words.phases[c.phase] ?? "");
    set(phase, "data-phase", c.phase);
    take.hidden = c.phase !== "waiting";
    release.hidden = !c.mine;
    end.hidden = !(c.mine || c.phase === "waiting");
    info.hidden = Boolean(c.gone);
    for (const button of [take, release, end]) set(button, "aria-disabled", desk.online ? null : "true");
    set(info, "aria-expanded", does.detailsShown());
    set(info, "aria-label", does.detailsShown() ? words.hideDetails : words.showDetails);
    set(info, "title", info.ariaLabel);
  };
  return { node, draw, heading: name, take };
}

function warningView(c) {
  const text = el("span", { role: "status" });
  const left = el("strong", { "aria-hidden": "true" });
  const node = el("div", { class: "warning" }, icon("timer"), text, left);
  const draw = () => {
    const { ends_at: endsAt } = c.summary;
    node.hidden = !c.warned || Boolean(c.ended);
    say(text, node.hidden ? "" : words.deadline(clock(endsAt)));
    say(left, node.hidden ? "" : words.deadlineSoon(countdown(endsAt - server.now())));
  };
  return { node, draw };
}

/* What stands below the messages while there is nothing to write in. */
function barView(c, does) {
  const text = el("p", {});
  const take = el("button", { class: "primary", type: "button", on: { click: does.take } }, words.takeIt);
  const node = el("div", { class: "bar" }, text, take);
  const draw = () => {
    const waits = c.phase === "waiting";
    take.hidden = !waits;
    if (c.ended) say(text, `${words.endedBy[c.ended.by] ?? words.endedUnknown}. ${words.erasing}`);
    else if (waits) say(text, words.takeToAnswer);
    else say(text, c.summary.agent ? words.someoneHas(c.summary.agent) : "");
  };
  return { node, draw };
}

function receiptView(c, does) {
  const { by, at } = c.ended ?? {};
  const { kept, keptUntil } = c.gone;
  const away = c.gone.at === null;
  const fact = (term, text) => text === null ? null : el("div", {}, el("dt", { text: term }), el("dd", { text }));
  const count = c.gone.messages;
  const ended = words.endedBy[by] ?? words.endedUnknown;
  const title = el("h3", {
    tabindex: -1,
    text: kept ? words.closed : count === null ? words.erasedUnknown : words.erased(count),
  });
  const node = el("div", { class: "receipt-frame" },
    el("p", { class: "ended-line", role: "status" }, at ? `${ended} · ${clock(at)}` : ended),
    el("section", { class: "receipt", "aria-label": kept ? words.closed : words.erasedUnknown },
      el("span", { class: "seal" }, icon("shield")),
      title,
      el("p", { text: kept ? words.closedLead : away ? words.receiptAway : words.receiptLead }),
      el("dl", {},
        fact(words.receiptConversation, c.id),
        fact(words.receiptBy, at ? exact(at) : null),
        fact(words.receiptAt, away ? null : exact(c.gone.at)),
        fact(words.keptUntil, kept ? keptUntil ? exact(keptUntil) : words.keptUnknown : null)),
      el("button", { class: "plain", type: "button", text: words.closeReceipt, on: { click: does.back } })));
  return { node, title };
}

export function nothingView() {
  const key = (name, does) => el("li", {}, el("kbd", { text: name }), does);
  return el("div", { class: "nothing-open" },
    icon("fly", "big-mark"),
    el("h2", { text: words.nothingOpen }),
    el("p", { text: words.nothingOpenLead }),
    el("ul", {},
      key("j", words.helpGroups[0][1][0][1]),
      key("k", words.helpGroups[0][1][1][1]),
      key("w", words.helpGroups[0][1][3][1]),
      key("?", words.help.toLowerCase())));
}

/* Files dropped on an open conversation of ours are sent; dropped elsewhere,
 * they must at least not take the place of the page. */
function takeDropped(node, composer) {
  const has = (event) => event.dataTransfer.types.includes("Files");
  node.addEventListener("dragover", (event) => {
    if (has(event) && composer()) set(node, "data-dropping", true);
  });
  node.addEventListener("dragleave", (event) => {
    if (!node.contains(event.relatedTarget)) set(node, "data-dropping", null);
  });
  node.addEventListener("drop", (event) => {
    set(node, "data-dropping", null);
    if (has(event)) composer()?.add([...event.dataTransfer.files]);
  });
}

/** One open conversation; made anew when another is opened. */
export function conversationView(desk, c, does) {
  const head = headView(desk, c, does);
  const warning = warningView(c);
  const bar = barView(c, does);
  const transcript = transcriptView(desk, c);
  const foot = el("div", { class: "talk-foot" });
  const node = el("div", { class: "talk-body" }, head.node, warning.node, transcript.node, foot);
  let composer = null;
  let receipt = null;

  function drawFoot() {
    if (!c.mine) composer = null;
    else composer ??= composerView(desk, c);
    set(node, "data-hint", composer ? words.dropHere : null);
    const now = composer ?? bar;
    if (foot.firstChild !== now.node) {
      const had = foot.contains(document.activeElement);
      foot.replaceChildren(now.node);
      if (had) focus();
    }
    now.draw();
  }

  function drawReceipt() {
    if (receipt) return;
    const held = node.contains(document.activeElement);
    receipt = receiptView(c, does);
    transcript.node.remove();
    foot.replaceChildren();
    node.append(receipt.node);
    if (held || document.activeElement === document.body) receipt.title.focus();
  }

  function draw() {
    head.draw();
    warning.draw();
    if (c.gone) drawReceipt();
    else {
      transcript.draw();
      drawFoot();
    }
  }

  /* A touch screen would raise its keyboard over what is to be read. */
  function focus() {
    const touch = matchMedia("(pointer: coarse)").matches;
    if (receipt) receipt.title.focus();
    else if (composer && !touch) composer.focus();
    else if (!head.take.hidden && !touch) head.take.focus();
    else head.heading.focus();
  }

  takeDropped(node, () => composer);
  const reply = () => composer?.focus();
  return { node, draw, tick: draw, focus, reply };
}
