/* People: whoever the account knows, found by what they are called. */

import { el, say } from "../console/element.js";
import { enc } from "./api.js";
import { ask } from "./asking.js";
import { list as erasures, one as erasure } from "./erasures.js";
import { icon } from "./icons.js";
import { badge, head, rowsOf } from "./list.js";
import { person } from "./person.js";
import { button } from "./privacy_parts.js";
import { restrictionName } from "./privacy_words.js";
import { state } from "./states.js";
import { day } from "./when.js";

const WAYS = [["email", "E-mail"], ["phone", "Phone"], ["platform_key", "Key of a channel"]];
const HINTS = { email: "ada@example.com", phone: "+47 22 22 55 55", platform_key: "As your back-end names them" };
const PER_PAGE = 50;

const rowFor = (ctx) => (one) => ({
  title: one.name || one.platform_key,
  sub: [one.channel, one.name ? one.platform_key : null, one.email, one.phone].filter(Boolean).join(" · "),
  to: ctx.href("people", one.id),
  badges: one.restrictions.map((name) => badge(restrictionName(name), "warn")),
  facts: [`last wrote ${day(one.seen_at)}`],
});

/* What somebody is found by stands in no address: this is a POST. */
function finder(ctx, channels, show) {
  const way = el("select", { "aria-label": "Find by" }, ...WAYS.map(([value, text]) => el("option", { value, text })));
  const channel = el("select", { "aria-label": "Channel", hidden: true }, ...channels.map(({ id, name }) => el("option", { value: id, text: name })));
  const input = el("input", { type: "text", "aria-label": "What to look up", autocomplete: "off", autocapitalize: "none", spellcheck: "false", maxlength: 256, placeholder: HINTS.email });
  const problem = el("p", { class: "field-error", role: "alert" });
  way.addEventListener("change", () => {
    channel.hidden = way.value !== "platform_key";
    input.placeholder = HINTS[way.value];
  });
  async function submit(event) {
    event.preventDefault();
    say(problem, "");
    const text = input.value.trim();
    if (!text) return show(null);
    const body = { [way.value]: text, ...(way.value === "platform_key" && { channel: channel.value }) };
    try {
      show((await ctx.api.ask("customers/lookup", body)).customers);
    } catch (error) {
      say(problem, error.code === "invalid" || error.code === "malformed" || error.status === 422
        ? `That is no ${WAYS.find(([value]) => value === way.value)[1].toLocaleLowerCase()}${way.value === "phone" ? ". Begin with + and the country" : ""}.`
        : error.message);
    }
    return undefined;
  }
  return el("form", { class: "finder entry full", role: "search", "aria-label": "Find a person", on: { submit } },
    el("div", { class: "finder-box" }, way, channel, input,
      el("button", { class: "primary", type: "submit" }, icon("search"), "Find")),
    problem);
}

async function add(ctx, channels) {
  const made = await ask("Add a person", {
    lead: "Somebody whom the account knows before they write: once they do, this is who they are.",
    fields: [
      { name: "channel", label: "Channel", kind: "select", options: channels.map(({ id, name }) => [id, name]) },
      { name: "platform_key", label: "Key", help: "As your back-end names them on that channel.", code: true, most: 128, required: true },
      { name: "name", label: "Name", most: 200, empty: null },
      { name: "email", label: "E-mail", most: 256, empty: null, code: true },
      { name: "phone", label: "Phone", most: 256, empty: null, code: true, help: "Beginning with + and the country." },
    ],
    value: { channel: channels[0]?.id },
    yes: "Add",
    act: (body) => ctx.api.post("customers", body),
  });
  if (made) ctx.navigate("people", made.id);
}

async function list(ctx) {
  const [first, channels] = await Promise.all([ctx.api.page("customers", { limit: PER_PAGE }), ctx.api.all("channels")]);
  const rows = [...first.items];
  let next = first.next;
  const body = el("div", {});
  const status = el("p", { class: "unseen", role: "status" });

  const everybody = () => rows.length
    ? el("div", {}, rowsOf(rows, rowFor(ctx), "People"), next ? el("div", { class: "on-row" }, button("Show more", more)) : null)
    : state({ name: "people", title: "Nobody is known yet", lead: "A person is known once your back-end has said who they are, or you add them. Anonymous visitors are found among conversations.", level: "h2" });

  async function more() {
    const page = await ctx.api.page("customers", { limit: PER_PAGE, after: next });
    rows.push(...page.items);
    next = page.next;
    body.replaceChildren(everybody());
  }
  function show(found) {
    say(status, found ? `${found.length} found` : "");
    if (!found) return body.replaceChildren(everybody());
    return body.replaceChildren(found.length
      ? rowsOf(found, rowFor(ctx), "Found")
      : state({ name: "search", title: "Nobody is known by that", lead: "If they never wrote, that is the answer. Somebody who was erased is not found either.", level: "h2" }));
  }
  show(null);
  ctx.mount(el("div", { class: "page" },
    head({
      title: "People",
      lead: "Whoever the account knows: what is held of them, what they agreed to, and what must not be done.",
      more: [
        ...ctx.may("privacy:erase") ? [el("a", { class: "plain", href: ctx.href("people", "!erasures"), text: "Erasures" })] : [],
        ...ctx.may("customers:write") && channels.length ? [button([icon("plus"), "Add"], () => add(ctx, channels), "primary")] : [],
      ],
    }),
    finder(ctx, channels, show), status, body), { title: "People" });
}

export async function page(ctx) {
  const [first, second] = ctx.path;
  if (first === undefined) return list(ctx);
  if (first === "!erasures") return second === undefined ? erasures(ctx) : erasure(ctx, second);
  return person(ctx, enc(first));
}
