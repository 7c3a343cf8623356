/* The right pane: the facts the server tells about a conversation, no more. */

import { el, say } from "./element.js";
import { icon } from "./icons.js";
import { linkTo } from "./links.js";
import { clock, countdown, exact, server, span } from "./times.js";
import { words } from "./words.js";

function facts(desk, c) {
  const s = c.summary;
  const left = s.ends_at - server.now();
  const agent = c.mine ? words.me(desk.me) : s.agent;
  return [
    [words.phase, words.phases[c.phase] ?? c.phase],
    [words.channel, s.channel],
    [words.agent, agent ?? words.nobody],
    [words.messageCount, String(c.highest)],
    [words.customerRead, c.unreadByCustomer ? words.readAllBut(c.unreadByCustomer) : words.readAll],
    [words.started, clock(s.started_at), exact(s.started_at)],
    [words.lastActivity, clock(s.last_at), exact(s.last_at), ` · ${span(server.now() - s.last_at)}`],
    [words.endsAt, clock(s.ends_at), exact(s.ends_at)],
    [words.endsIn, countdown(left)],
  ];
}

/* What the channel collects of the customer, most telling first. */
function surroundings({ page, place, device, language, time_zone: zone, address, tags }) {
  const country = named("region", place?.country);
  const where = [place?.city, place?.region, country].filter(Boolean);
  const browser = [device?.browser, device?.version?.split(".")[0]].filter(Boolean).join(" ");
  const what = [browser, device?.platform, device?.model, device?.mobile ? words.phone : null];
  const rows = [
    [words.place, where.join(", ")],
    [words.device, what.filter(Boolean).join(" · ")],
    [words.language, named("language", language)],
    [words.timeZone, zone],
    [words.address, address],
    ...Object.entries(tags ?? {}),
  ];
  return {
    page,
    rows: rows.filter(([, text]) => text),
  };
}

/* A language tag or country code in words; itself if it is none. */
function named(type, code) {
  try {
    return code && new Intl.DisplayNames(undefined, { type }).of(code);
  } catch {
    return code;
  }
}

function surroundingsView() {
  const page = el("p", { class: "page-shown" });
  const list = el("dl", { class: "facts" });
  const node = el("section", { class: "surroundings", "aria-label": words.surroundings },
    el("h3", {}, icon("person"), words.surroundings), page, list,
    el("p", { class: "soft fine-print", text: words.surroundingsKept }));
  let drawn = null;
  const draw = ({ context }) => {
    node.hidden = !context || Object.keys(context).length === 0;
    if (node.hidden || drawn === context) return;
    drawn = context;
    const { page: at, rows } = surroundings(context);
    page.hidden = !at;
    if (at) page.replaceChildren(el("span", { text: words.page }), linkTo(at.url, at.title || at.url));
    list.replaceChildren(...rows.map(([term, text]) =>
      el("div", {}, el("dt", { text: term, dir: "auto" }), el("dd", { text, dir: "auto" }))));
  };
  return { node, draw };
}

export function detailsView(desk, close) {
  const title = el("h2", { text: words.details, tabindex: -1 });
  const list = el("dl", { class: "facts" });
  const around = surroundingsView();
  const reference = el("code", {});
  const node = el("section", { class: "details", id: "details", "aria-label": words.details },
    el("header", { class: "details-head" }, title,
      el("button", {
        class: "quiet square",
        type: "button",
        "aria-label": words.hideDetails,
        on: { click: close },
      }, icon("end"))),
    list,
    around.node,
    el("section", { class: "kept" },
      el("h3", {}, icon("lock"), words.kept),
      el("p", { text: words.keptText }),
      el("p", { class: "soft", text: words.keptMore })),
    el("p", { class: "reference" }, el("span", { text: words.reference }), reference));

  function draw() {
    const c = desk.current;
    if (!c || c.gone) return;
    const rows = facts(desk, c);
    if (list.children.length !== rows.length) {
      list.replaceChildren(...rows.map(([term]) =>
        el("div", {}, el("dt", { text: term }), el("dd"))));
    }
    rows.forEach(([, text, long, more], i) => {
      const value = list.children[i].lastChild;
      say(value, text + (more ?? ""));
      if (long) value.title = long;
    });
    around.draw(c);
    say(reference, c.id);
  }
  return { node, draw, tick: draw, focus: () => title.focus() };
}
