/* One person: who they are, what they agreed to, and what is held of them. */

import { el } from "../console/element.js";
import { ask } from "./asking.js";
import { icon } from "./icons.js";
import { badge, head, rowsOf } from "./list.js";
import { consents, history } from "./person_consents.js";
import { restrictions } from "./person_restrictions.js";
import { eraseButton, exportButton } from "./privacy_acts.js";
import { button, conversationRow, facts, holdings, moment, panel } from "./privacy_parts.js";
import { phaseOf, restrictionName } from "./privacy_words.js";
import { day } from "./when.js";

const contactsOf = (lines) => Object.fromEntries(lines.map((line) => {
  const [label, ...rest] = line.split(":");
  return [label.trim(), rest.join(":").trim()];
}));

async function correct(ctx, known) {
  const before = { ...known, contacts: Object.entries(known.contacts).map(([label, value]) => `${label}: ${value}`) };
  return ask("Correct what is known", {
    lead: "Only what you change is written down as changed, with your note.",
    fields: [
      { name: "name", label: "Name", most: 200, empty: null },
      { name: "email", label: "E-mail", most: 256, empty: null, code: true, wrong: "A mail address." },
      { name: "phone", label: "Phone", most: 256, empty: null, code: true, wrong: "A number, beginning with + and the country." },
      { name: "contacts", label: "In your own books", kind: "lines", rows: 2, placeholder: "crm: C-17", help: "One a line: what kind, a colon, and the number." },
      { name: "note", label: "Note", kind: "area", rows: 2, most: 2000, help: "Who asked for it, and how you know that it is right." },
    ],
    value: before,
    yes: "Save",
    act(value) {
      const after = { ...value, contacts: contactsOf(value.contacts) };
      const changed = ["name", "email", "phone", "contacts"].filter((name) => JSON.stringify(after[name]) !== JSON.stringify(known[name]));
      if (!changed.length) return known;
      return ctx.api.patch(`customers/${known.id}`, { ...Object.fromEntries(changed.map((name) => [name, after[name]])), note: value.note });
    },
  });
}

const write = (ctx, id) => ask("Write to them", {
  lead: "It reaches them only while they are here, and only if they agreed to as much as the channel asks for.",
  fields: [
    { name: "text", label: "Message", kind: "area", rows: 4, most: 4000, required: true },
    { name: "purpose", label: "Purpose", code: true, most: 64, required: true, pattern: /^[a-z0-9][a-z0-9_.-]*$/, wrong: "Small letters, digits, _ . and -." },
  ],
  value: { text: "", purpose: "service" },
  yes: "Send",
  act: (body) => ctx.api.post(`customers/${id}/messages`, body),
});

const identity = (known) => facts([
  ["Name", known.name],
  ["E-mail", known.email],
  ["Phone", known.phone],
  ["Channel", known.channel],
  ["Key", el("code", { class: "wrap", text: known.platform_key })],
  ...Object.entries(known.contacts),
  ["Known since", moment(known.created_at)],
  ["Last wrote", moment(known.seen_at, day(known.seen_at))],
  ["Id", el("code", { class: "wrap", text: known.id })],
]);

function above(ctx, known, name) {
  const whose = { customer: known.id };
  return head({
    title: name,
    back: ["People", ctx.href("people")],
    badges: known.restrictions.map((one) => badge(restrictionName(one), "warn")),
    more: [
      ...ctx.may("messages:write") ? [button([icon("send"), "Write"], async () => {
        if (await write(ctx, known.id)) ctx.toast("Said.");
      })] : [],
      ...ctx.may("privacy:requests") ? [el("a", { class: "plain", href: ctx.href("requests", "!new", known.id), text: "New request" })] : [],
      ...ctx.may("privacy:export") ? [exportButton(ctx, whose, name)] : [],
      ...ctx.may("privacy:erase") ? [eraseButton(ctx, whose, {
        title: `Erase ${name}?`,
        text: "Their conversations end and are erased, kept ones too; then their key is overwritten, and their identity, consents and restrictions go. Applications are told.",
        word: "erase",
      })] : [],
    ],
  });
}

/* Each part for whoever may see it; the others are not asked for. */
async function parts(ctx, known, again) {
  const { id } = known;
  const may = (scope, make) => ctx.may(scope) ? make() : null;
  return Promise.all([
    panel("Who they are", {
      id: "identity",
      more: ctx.may("customers:write") ? [button([icon("pen"), "Correct"], async () => {
        if (await correct(ctx, known)) again();
      })] : [],
    }, identity(known)),
    may("consents:read", () => consents(ctx, id, again)),
    may("privacy:restrict", () => restrictions(ctx, known, again)),
    may("conversations:read", async () => {
      const { items } = await ctx.api.page("conversations", { customer: id });
      return panel("Conversations", { id: "conversations" }, items.length
        ? rowsOf(items, (one) => conversationRow(ctx, one, phaseOf(one.phase)), "Conversations")
        : el("p", { class: "soft calm-line", text: "None goes on, and none is kept." }));
    }),
    may("holdings:read", async () => panel("What is held", {
      id: "holdings",
      lead: "Counted where it lies, a moment ago.",
    }, await holdings(ctx, { customer: id }))),
    may("consents:read", () => history(ctx, id)),
  ]);
}

/** The page of the customer of that id. */
export async function person(ctx, id, { again = false } = {}) {
  const known = await ctx.api.get(`customers/${id}`);
  const name = known.name || known.platform_key;
  const inner = await parts(ctx, known, () => person(ctx, id, { again: true }));
  ctx.mount(el("div", { class: "page" },
    above(ctx, known, name),
    el("div", { class: "form" }, ...inner)), { title: name, again });
}
