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

/* What is written down, as people say it; the API's own word comes first. */
const GROUPS = [
  ["Signing in", [
    ["signed_in", "Signed in"],
    ["sign_in_failed", "Sign-in failed"],
    ["signed_out", "Signed out"],
    ["key_used", "Key used"],
    ["token_refused", "Token refused"],
  ]],
  ["Conversations", [
    ["conversation_taken", "Conversation taken"],
    ["conversation_ended", "Conversation ended"],
    ["hold_set", "Legal hold set"],
    ["conversation_read", "Kept conversation read"],
    ["hold_lifted", "Legal hold lifted"],
    ["attachment_refused", "File refused"],
    ["business_message", "Wrote to a customer"],
  ]],
  ["People", [
    ["customer_created", "Person added"],
    ["customer_rectified", "Person corrected"],
    ["consent_recorded", "Consent recorded"],
    ["restriction_set", "Restriction set"],
    ["restriction_lifted", "Restriction lifted"],
  ]],
  ["Privacy", [
    ["privacy_request", "Request"],
    ["privacy_searched", "Searched"],
    ["privacy_exported", "Exported"],
    ["erasure_asked", "Erasure asked for"],
  ]],
  ["Set-up", [
    ["resource_created", "Added"],
    ["resource_changed", "Changed"],
    ["resource_removed", "Removed"],
    ["rules_tried", "Redaction rules tried"],
    ["application_disabled", "Application switched off"],
  ]],
];
const NAMES = new Map(GROUPS.flatMap(([, events]) => events));

/* A newer server knows of more than this page does. */
const nameOf = (event) => NAMES.get(event) ?? sentence(event.replaceAll("_", " "));

const detailOf = ({ event, detail }) =>
  event === "privacy_searched" ? `${detail} ${detail === "1" ? "hit" : "hits"}` : detail.replaceAll("_", " ");

const details = (one) => el("span", { class: "audit-about" },
  one.detail ? el("span", { text: detailOf(one) }) : null,
  one.subject ? el("code", { class: "audit-subject", title: "What stands for it in the log", text: one.subject }) : null,
  one.times > 1 ? el("span", { class: "mark", text: `${one.times} times` }) : null);

const CLOCK = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

const row = (one) => [
  moment(one.at, CLOCK.format(one.at * 1000)),
  nameOf(one.event),
  el("span", {}, one.actor || "nobody known", one.actor_kind === "agent" ? null : el("span", { class: "soft", text: ` (${one.actor_kind})` })),
  details(one),
];

export async function page(ctx) {
  const select = el("select", { id: "audit-event" },
    el("option", { value: "", text: "Everything" }),
    ...GROUPS.map(([label, events]) => el("optgroup", { label }, ...events.map(([value, text]) => el("option", { value, text })))));
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
