/* What somebody agreed to, as it holds now and how it came to that. */

import { el } from "../console/element.js";
import { ask } from "./asking.js";
import { icon } from "./icons.js";
import { badge } from "./list.js";
import { button, moment, panel, tableOf } from "./privacy_parts.js";
import { levelName, LEVELS, restrictionName, RESTRICTION_REASONS, sentence } from "./privacy_words.js";
import { exact } from "./when.js";

const SOURCES = { customer: "by the customer", keyword: "by a keyword", agent: "by an agent", api: "here, or by a program" };

const record = (ctx, id, value) => ask("Record a consent", {
  lead: "Write down what the person agreed to outside of Dayfly, or agrees to no more.",
  fields: [
    { name: "purpose", label: "Purpose", code: true, most: 64, required: true, pattern: /^[a-z0-9][a-z0-9_.-]*$/, wrong: "Small letters, digits, _ . and -.", help: "A word of your own, such as service or offers." },
    { name: "level", label: "Level", kind: "choice", options: LEVELS },
    { name: "version", label: "Version of the wording", code: true, most: 32, required: true, style: "half" },
  ],
  value,
  yes: "Record",
  act: (body) => ctx.api.post(`customers/${id}/consents`, body),
});

/** The panel of what holds now. */
export async function consents(ctx, id, again) {
  const { consents: now } = await ctx.api.get(`customers/${id}/consents`);
  const change = (value) => async () => {
    if (await record(ctx, id, value)) again();
  };
  const may = ctx.may("consents:write");
  return panel("Consents", {
    id: "consents",
    more: may ? [button([icon("plus"), "Record"], change({ purpose: "", level: "explicit", version: "1" }))] : [],
  }, now.length
    ? tableOf("Consents", ["Purpose", "Level", "Since", "How", "Wording", ...may ? [el("span", { class: "unseen", text: "Change" })] : []], now.map((one) => [
      el("code", { text: one.purpose }),
      badge(levelName(one.level), one.level === "opted_out" ? "bad" : "good"),
      moment(one.at),
      SOURCES[one.source] ?? one.source,
      one.version,
      ...may ? [el("button", { class: "link", type: "button", "aria-label": `Change ${one.purpose}`, text: "Change", on: { click: change({ purpose: one.purpose, level: one.level, version: one.version }) } })] : [],
    ]))
    : el("p", { class: "soft calm-line", text: "Nothing was agreed to yet. The first message agrees to being answered." }));
}

function told(event) {
  switch (event.kind) {
    case "consent":
      return ["sent", `${levelName(event.level)}: ${event.purpose}`, [event.version && `wording ${event.version}`, SOURCES[event.source] ?? event.source].filter(Boolean).join(", ")];
    case "restricted":
    case "restriction": {
      const why = RESTRICTION_REASONS.find(([one]) => one === event.reason)?.[1];
      const notice = event.notice_given_at ? `told ${exact(event.notice_given_at)}` : "";
      return [event.is_set ? "lock" : "release", `${restrictionName(event.restriction)}: ${event.is_set ? "set" : "lifted"}`, event.is_set ? why ?? "" : notice];
    }
    case "rectified":
    case "rectification":
      return ["pen", `Corrected: ${(event.fields ?? []).join(", ") || "nothing"}`, event.note];
    default:
      return ["info", sentence(event.kind), ""];
  }
}

/** The panel of all that happened, the newest first. */
export async function history(ctx, id) {
  const { events } = await ctx.api.get(`customers/${id}/history`);
  const row = (event) => {
    const [mark, text, more] = told(event);
    return el("li", {}, el("span", { class: "past-mark" }, icon(mark)),
      el("div", {}, el("strong", { text }),
        el("p", { class: "soft", dir: "auto" }, [more, event.by ? `by ${event.by}` : ""].filter(Boolean).join(" · "))),
      moment(event.at));
  };
  return panel("History", { id: "history", lead: "Only ever added to." }, events.length
    ? el("ol", { class: "past" }, ...events.toReversed().map(row))
    : el("p", { class: "soft calm-line", text: "Nothing happened yet." }));
}
