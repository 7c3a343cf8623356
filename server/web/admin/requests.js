/* Requests: what people asked the account for, and until when it is due. */

import { el } from "../console/element.js";
import { enc } from "./api.js";
import { ask } from "./asking.js";
import { formOf } from "./form.js";
import { icon } from "./icons.js";
import { addLink, badge, head, rowsOf } from "./list.js";
import { eraseButton, exportButton } from "./privacy_acts.js";
import { button, facts, moment, panel, perhaps } from "./privacy_parts.js";
import { aheadOf, dueDay, kindName, KINDS, LAWS } from "./privacy_words.js";
import { state } from "./states.js";
import { exact, whenOf } from "./when.js";

const WEEK = 7 * 86_400;
const PER_PAGE = 100;

function dueBadge(one) {
  if (one.closed_at !== null) return badge(one.state === "done" ? "done" : "refused", one.state === "done" ? "good" : null);
  if (one.is_overdue) return badge(`overdue: ${dueDay(one.due_at)}`, "bad");
  const left = one.due_at - Date.now() / 1000;
  return badge(`due ${dueDay(one.due_at)}`, left < WEEK ? "warn" : null);
}

const rowFor = (ctx) => (one) => ({
  title: kindName(one.kind),
  sub: one.subject || "The words went with the person",
  to: ctx.href("requests", one.id),
  badges: [dueBadge(one), one.state === "extended" ? badge("extended") : null].filter(Boolean),
  facts: [one.closed_at === null ? aheadOf(one.due_at) : `closed ${whenOf(one.closed_at)}`],
});

async function list(ctx) {
  const first = await ctx.api.page("privacy/requests", { limit: PER_PAGE });
  const all = [...first.items];
  let next = first.next;
  const body = el("div", {});
  async function more() {
    const page = await ctx.api.page("privacy/requests", { limit: PER_PAGE, after: next });
    all.push(...page.items);
    next = page.next;
    draw();
  }
  function draw() {
    const open = all.filter((one) => one.closed_at === null);
    const closed = all.filter((one) => one.closed_at !== null);
    const late = open.filter((one) => one.is_overdue).length;
    const part = (title, items) => items.length
      ? el("section", { class: "list-part" }, el("h2", { class: "hits-kind" }, title, el("span", { class: "mark", text: items.length })), rowsOf(items, rowFor(ctx), title))
      : null;
    body.replaceChildren(...[
      late ? el("div", { class: "banner bad", role: "alert" }, icon("alert"), el("p", { text: late === 1 ? "One request is overdue." : `${late} requests are overdue.` })) : null,
      part("Open", open),
      part("Closed", closed),
      next ? el("div", { class: "on-row" }, button("Show more", more)) : null,
      all.length ? null : state({ name: "letter", title: "Nobody asked for anything", lead: "Write a request down when it comes: the date until which it is due is worked out from the law.", level: "h2", more: [addLink("New request", ctx.href("requests", "!new"))] }),
    ].filter(Boolean));
  }
  draw();
  ctx.mount(el("div", { class: "page" },
    head({
      title: "Requests",
      lead: "What people asked for: access, erasure, correction. What presses most stands first.",
      more: all.length ? [addLink("New request", ctx.href("requests", "!new"))] : [],
    }), body), { title: "Requests" });
}

const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10);

async function fresh(ctx, customer) {
  const known = customer ? await perhaps(ctx, `customers/${enc(customer)}`) : null;
  const name = known && (known.name || known.platform_key);
  const save = async ({ received, ...value }, cleaned) => {
    /* Today is now: the day's beginning may lie before the day in UTC. */
    const at = received === today() ? null : Date.parse(`${received}T12:00:00Z`) / 1000;
    const made = await ctx.api.post("privacy/requests", { ...value, customer: known?.id ?? null, received_at: at });
    cleaned();
    ctx.guard(() => false);
    ctx.navigate("requests", made.id);
  };
  const form = formOf({
    isNew: true,
    label: "Write down",
    cancel: ctx.href("requests"),
    value: { kind: "access", law: "gdpr", subject: "", received: today() },
    sections: [{ fields: [
      { name: "kind", label: "What they ask for", kind: "select", options: KINDS, style: "half" },
      { name: "law", label: "Whose dates hold", kind: "choice", options: LAWS },
      { name: "received", label: "It came on", type: "date", required: true, style: "half", most: null },
      { name: "subject", label: "Who asked, and how you know that it is them", kind: "area", most: 2000, required: true },
    ] }],
    save,
  });
  ctx.guard(form.isDirty);
  ctx.mount(el("div", { class: "page" },
    head({ title: "New request", back: ["Requests", ctx.href("requests")] }),
    el("div", { class: "banner calm", role: "note" }, icon("person"), known
      ? el("p", {}, "Of ", el("a", { href: ctx.href("people", known.id), text: name }), ": export and erasure are at hand in it.")
      : el("p", {}, "To have export and erasure at hand, ", el("a", { href: ctx.href("people"), text: "find the person" }), " first, and begin there.")),
    form.node), { title: "New request" });
}

const extend = (ctx, one) => ask("Take longer", {
  lead: "Once, and only if the person was told before the first date that it takes longer, and why.",
  fields: [{ name: "note", label: "How and when they were told", kind: "area", most: 2000, required: true }],
  value: { note: "" },
  yes: "Extend",
  act: (body) => ctx.api.post(`privacy/requests/${enc(one.id)}/extend`, body),
});

const close = (ctx, one) => ask("Close the request", {
  fields: [
    { name: "state", label: "What became of it", kind: "choice", options: [["done", "Done"], ["refused", "Refused", "The person has to be told why, and that they may complain."]] },
    { name: "note", label: "Note", kind: "area", most: 2000 },
  ],
  value: { state: "done", note: "" },
  yes: "Close",
  act: (body) => ctx.api.post(`privacy/requests/${enc(one.id)}/close`, body),
});

/* What can be done about it, here and now. */
function acts(ctx, one, known) {
  if (!known) return el("p", { class: "soft calm-line", text: one.customer ? "The person is not known any more." : "It is linked to nobody whom the server knows." });
  const name = known.name || known.platform_key;
  const whose = { customer: known.id };
  return el("div", { class: "acts" },
    el("a", { class: "act", href: ctx.href("people", known.id) }, icon("person"),
      el("span", {}, el("strong", { text: name }), el("span", { class: "soft", text: "who they are, consents, restrictions" })), icon("chevron", "icon row-go")),
    el("div", { class: "act-buttons" },
      ctx.may("privacy:export") ? exportButton(ctx, whose, name) : null,
      ctx.may("privacy:restrict") ? el("a", { class: "plain", href: ctx.href("people", known.id) }, icon("lock"), "Restrict") : null,
      ctx.may("privacy:erase") ? eraseButton(ctx, whose, {
        title: `Erase ${name}?`,
        text: "Everything that is held of them goes, and the words of this request with it: close it first if you want to say how it was answered.",
        word: "erase",
      }) : null));
}

async function request(ctx, id, { again = false } = {}) {
  const one = await ctx.api.get(`privacy/requests/${enc(id)}`);
  const known = one.customer && ctx.may("customers:read") ? await perhaps(ctx, `customers/${enc(one.customer)}`) : null;
  const open = one.closed_at === null;
  const reload = () => request(ctx, id, { again: true });
  const act = (what) => async () => {
    if (await what(ctx, one)) reload();
  };
  ctx.mount(el("div", { class: "page" },
    head({
      title: kindName(one.kind),
      back: ["Requests", ctx.href("requests")],
      badges: [dueBadge(one), one.state === "extended" ? badge("extended") : null].filter(Boolean),
      more: open ? [
        ...one.state === "open" ? [button("Extend", act(extend))] : [],
        button([icon("sent"), "Close"], act(close), "primary"),
      ] : [],
    }),
    el("div", { class: "form" },
      panel("The request", { id: "request" }, facts([
        ["From whom", one.subject || "The words went with the person"],
        ["Law", one.law.toUpperCase()],
        ["It came", moment(one.received_at, exact(one.received_at))],
        ["To be confirmed", one.confirm_at && `${dueDay(one.confirm_at)}, ${aheadOf(one.confirm_at)}`],
        [open ? "Due" : "Was due", `${dueDay(one.due_at)}${open ? `, ${aheadOf(one.due_at)}` : ""}`],
        ["Closed", one.closed_at && moment(one.closed_at, exact(one.closed_at))],
        ["Id", el("code", { class: "wrap", text: one.id })],
      ])),
      open ? panel("Do it", { id: "acts" }, acts(ctx, one, known)) : null,
      one.notes.length ? panel("Notes", { id: "notes" }, el("ol", { class: "past" },
        ...one.notes.toReversed().map((note) => el("li", {}, el("span", { class: "past-mark" }, icon("pen")), el("p", { dir: "auto", text: note.text }), moment(note.at))))) : null)),
  { title: kindName(one.kind), again });
}

export async function page(ctx) {
  const [first, second] = ctx.path;
  if (first === undefined) return list(ctx);
  if (first === "!new") return fresh(ctx, second);
  return request(ctx, first);
}
