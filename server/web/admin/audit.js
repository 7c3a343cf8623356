/* The audit log: what the account's agents, keys and applications did. */

import { el, say } from "../console/element.js";
import { head } from "./list.js";
import { button, moment, tableOf } from "./privacy_parts.js";
import { sentence } from "./privacy_words.js";
import { state } from "./states.js";
import { exact } from "./when.js";

const PER_PAGE = 100;
/* Pages that one press of a button looks through for one kind of event. */
const LOOKS = 10;

const GROUPS = [
  ["Signing in", ["signed_in", "sign_in_failed", "signed_out", "key_used", "token_refused"]],
  ["Conversations", ["conversation_taken", "conversation_ended", "hold_set", "hold_lifted", "attachment_refused", "business_message"]],
  ["People", ["customer_created", "customer_rectified", "consent_recorded", "restriction_set", "restriction_lifted"]],
  ["Privacy", ["privacy_request", "privacy_searched", "privacy_exported", "erasure_asked"]],
  ["Set-up", ["resource_created", "resource_changed", "resource_removed", "rules_tried", "application_disabled"]],
];

const nameOf = (event) => sentence(event.replaceAll("_", " ").replace(/^resource/, "set-up"));

function details({ subject, detail, times }) {
  return el("span", {},
    detail ? detail.replaceAll("_", " ") : "",
    subject ? el("code", { class: "audit-subject", title: "An id, or what stands for a conversation", text: subject.length > 16 ? `${subject.slice(0, 12)}…` : subject }) : null,
    times > 1 ? el("span", { class: "mark", text: `${times} times` }) : null);
}

const row = (one) => [
  moment(one.at, exact(one.at)),
  nameOf(one.event),
  el("span", {}, one.actor || "nobody known", one.actor_kind === "agent" ? null : el("span", { class: "soft", text: ` (${one.actor_kind})` })),
  details(one),
];

export async function page(ctx) {
  const select = el("select", { id: "audit-event" },
    el("option", { value: "", text: "Everything" }),
    ...GROUPS.map(([label, events]) => el("optgroup", { label }, ...events.map((value) => el("option", { value, text: nameOf(value) })))));
  const body = el("div", {});
  const status = el("p", { class: "found-line soft", role: "status" });
  let found = [];
  let next = null;
  let asked = 0;

  async function look(wanted) {
    const number = (asked += 1);
    say(status, "Looking…");
    const event = select.value;
    let fresh = 0;
    let looks = 0;
    let at = next;
    const rows = [...found];
    do {
      const page = await ctx.api.page("audit", { limit: event ? 200 : PER_PAGE, after: at });
      const fitting = event ? page.items.filter((one) => one.event === event) : page.items;
      rows.push(...fitting);
      fresh += fitting.length;
      at = page.next;
      looks += 1;
    } while (at && fresh < wanted && looks < LOOKS);
    if (number !== asked) return;
    [found, next] = [rows, at];
    draw();
  }

  function draw() {
    const back = found.at(-1)?.at;
    say(status, found.length ? `${found.length.toLocaleString()} shown${back ? `, back to ${exact(back)}` : ""}` : "");
    body.replaceChildren(
      found.length
        ? tableOf("The audit log", ["When", "What", "Who", "About"], found.map(row))
        : state({ name: "audit", title: "Nothing of that kind", lead: next ? "Not among the newest entries. Look further back." : "It never happened, or longer ago than the log goes back.", level: "h2" }),
      ...next ? [el("div", { class: "on-row" }, button("Look further back", () => look(PER_PAGE / 2)))] : []);
  }
  select.addEventListener("change", () => {
    [found, next] = [[], null];
    look(PER_PAGE / 2).catch((error) => say(status, error.message));
  });
  await look(1);
  ctx.mount(el("div", { class: "page" },
    head({ title: "Audit log", lead: "What the account's agents, keys and applications did, the newest first. No customer is named in it, and nothing that was said. Each entry is chained to the one before, so that a change shows." }),
    el("div", { class: "filter-bar entry full" }, el("label", { for: "audit-event", text: "Show" }), select, status),
    body), { title: "Audit log", wide: true });
}
