/* Erasures: the jobs, how far each is, and the receipts they leave. */

import { el, say, set } from "../console/element.js";
import { enc } from "./api.js";
import { copyButton } from "./dialogs.js";
import { icon } from "./icons.js";
import { badge, head, rowsOf } from "./list.js";
import { button, facts, keepJson, moment, panel, tableOf } from "./privacy_parts.js";
import { ERASURE_STEPS, sentence } from "./privacy_words.js";
import { state } from "./states.js";
import { exact, whenOf } from "./when.js";

const LOOKS_EVERY = 1000;
const stepOf = (one) => ERASURE_STEPS.findIndex(([name]) => name === one.state);

const badgeOf = (one) => {
  if (one.on_hold) return badge("waits for a legal hold", "warn");
  return one.state === "done" ? badge("done", "good") : badge("going on", "warn");
};

/** All of the account, the newest first. */
export async function list(ctx) {
  const { items } = await ctx.api.page("privacy/erasures");
  const top = head({
    title: "Erasures",
    lead: "Who was erased cannot be found from here, nor this from them: that is what a receipt is for.",
    back: ["People", ctx.href("people")],
    more: [button("Key for receipts", () => receiptKey(ctx))],
  });
  ctx.mount(el("div", { class: "page" }, top, items.length
    ? rowsOf(items, (one) => ({
      title: `Erasure ${one.id.slice(0, 8)}`,
      sub: `asked for ${whenOf(one.asked_at)}`,
      badges: [badgeOf(one)],
      to: ctx.href("people", "!erasures", one.id),
    }), "Erasures")
    : state({ name: "bin", title: "Nobody was erased yet", lead: "Each erasure leaves a signed receipt here, which names nobody.", level: "h2" })),
  { title: "Erasures" });
}

async function receiptKey(ctx) {
  const { show } = await import("../console/view_dialogs.js");
  const { pem } = await ctx.api.get("privacy/receipt-key");
  show("Key for receipts", {
    style: "once-dialog",
    body: [
      el("p", { class: "soft", text: "Whoever is shown a receipt of this account checks its signature (Ed25519) by this." }),
      el("pre", { class: "snippet", tabindex: 0, text: pem }),
      copyButton(() => pem),
    ],
  });
}

/** One: looked at again each second until it is done. */
export async function one(ctx, id) {
  const path = `privacy/erasures/${enc(id)}`;
  let job = await ctx.api.get(path);
  const status = el("p", { class: "unseen", role: "status" });
  const steps = ERASURE_STEPS.map(([name, text]) =>
    el("li", { class: "step", "data-name": name }, el("span", { class: "step-mark" }, icon("sent")), el("span", { text })));
  const held = el("div", { class: "banner", role: "note", hidden: true }, icon("lock"),
    el("div", {}, el("strong", { text: "It waits" }), el("p", { text: "A conversation of theirs is on legal hold. It goes on as soon as that is lifted." })));
  const telling = el("div", { class: "banner calm", role: "note", hidden: true }, icon("shield"),
    el("div", {}, el("strong", { text: "Nothing is left here" }), el("p", { text: "Applications that are away are told when they come back; that is tried for a day." })));
  const below = el("div", {});

  function draw() {
    const at = stepOf(job);
    steps.forEach((step, n) => {
      set(step, "data-state", n < at || job.state === "done" ? "done" : n === at ? "now" : "next");
      set(step, "aria-current", n === at && job.state !== "done" ? "step" : null);
    });
    held.hidden = !job.on_hold;
    telling.hidden = job.state !== "telling";
    say(status, ERASURE_STEPS[at]?.[1] ?? "");
    if (job.receipt && !below.firstChild) below.append(receipt(job));
  }
  draw();
  ctx.mount(el("div", { class: "page" },
    head({ title: `Erasure ${job.id.slice(0, 8)}`, back: ["Erasures", ctx.href("people", "!erasures")], badges: [] }),
    held, telling,
    el("div", { class: "form" },
      panel("Progress", { id: "progress", lead: "Each step is on disk before the next begins: a crash is made up for by the next start." },
        el("ol", { class: "steps" }, ...steps), status),
      below)), { title: "Erasure" });

  let timer = setTimeout(look, LOOKS_EVERY);
  ctx.leaving(() => {
    clearTimeout(timer);
    timer = null;
  });
  async function look() {
    if (job.state === "done") return;
    try {
      job = await ctx.api.get(path);
    } catch (error) {
      say(status, error.message);
    }
    if (timer === null) return;
    draw();
    timer = setTimeout(look, LOOKS_EVERY);
  }
}

function receipt(job) {
  const { receipt: said, signature, key } = job.receipt;
  const counts = Object.entries(said.erased);
  return panel("Receipt", {
    id: "receipt",
    lead: "Signed with the account's key. It says what was erased, and of nobody whose it was.",
    more: [button([icon("get"), "Download"], () => keepJson(job.receipt, `receipt-${job.id}.json`), "primary")],
  },
  facts([
    ["Erasure", job.id],
    ["Asked for", moment(job.asked_at, exact(job.asked_at))],
    ["Done", job.done_at ? moment(job.done_at, exact(job.done_at)) : null],
    ["Key", el("code", { class: "wrap", text: key })],
    ["Signature", el("code", { class: "wrap", text: signature })],
  ]),
  counts.length
    ? tableOf("What was erased", ["What", "How many"], counts.map(([name, n]) => [sentence(name), n.toLocaleString()]), { numbers: [1] })
    : el("p", { class: "soft calm-line", text: "There was nothing to erase." }));
}
