/* The data map: what is held now, where, and until when; drawn, or as a table. */

import { el, say, set } from "../console/element.js";
import { drawingOf } from "./data_map_drawing.js";
import { panelOf } from "./data_map_panel.js";
import { stripOf } from "./data_map_strip.js";
import { icon } from "./icons.js";
import { badge, head } from "./list.js";
import { button, keepJson, moment, tableOf } from "./privacy_parts.js";
import { aheadOf, basisName, classificationName, plain, sentence } from "./privacy_words.js";

const LOOKS_EVERY = 30_000;
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

const HEADINGS = ["Record type", "Lives in", "Held", "Oldest", "Next goes", "Overdue", "Classification", "Legal basis", "Owner"];

const rowOf = (open) => (one) => [
  el("button", { class: "link", type: "button", text: sentence(one.name), on: { click: () => open(one.name) } }),
  one.home,
  one.count === null ? "not counted" : one.count.toLocaleString(),
  one.oldest ? moment(one.oldest) : "",
  one.next_at ? moment(one.next_at, aheadOf(one.next_at)) : "",
  one.overdue ? badge(one.overdue.toLocaleString(), "bad") : "none",
  classificationName(one.fields.classification),
  one.fields.legal_basis ? basisName(one.fields.legal_basis) : badge("not said", "warn"),
  one.fields.owner || badge("not said", "warn"),
];

const figure = (value, text) => {
  const number = el("strong", { text: value });
  return { node: el("div", { class: "figure" }, number, el("span", { text })), number };
};

function legend() {
  const item = (style, text) => el("li", {}, el("span", { class: `legend-mark ${style}`, "aria-hidden": "true" }), text);
  return el("ul", { class: "legend", "aria-label": "What the marks mean" },
    item("legend-ephemeral", "goes with a conversation"),
    item("legend-operational", "belongs to the account"),
    item("legend-sensitive", "sensitive"),
    el("li", {}, icon("lock", "icon legend-lock"), "encrypted"));
}

function views(drawn, listed) {
  const choice = (value, text) => {
    const input = el("input", { type: "radio", name: "view", value });
    input.checked = value === "picture";
    input.addEventListener("change", () => {
      drawn.hidden = value !== "picture";
      listed.hidden = value === "picture";
    });
    return el("label", {}, input, el("span", { text }));
  };
  return el("fieldset", { class: "choices views" },
    el("legend", { class: "unseen", text: "Show as" }),
    el("div", {}, choice("picture", "Picture"), choice("table", "Table")));
}

export async function page(ctx) {
  if (ctx.path[0] === "register") return register(ctx);
  let told = await ctx.api.get("data-map");
  const find = (name) => told.places.find((one) => one.name === name);
  const open = (name) => panelOf(ctx, find(name), (which, fields) => {
    find(which).fields = fields;
    draw();
  });

  const drawing = drawingOf(told.places, open);
  const strip = stripOf(open);
  const table = el("div", {});
  const held = figure("", "records held");
  const kinds = figure("", "record types with any");
  const said = figure("", "with a legal basis and an owner");
  const verdict = el("div", { class: "verdict", role: "status" });
  const as_of = el("span", { class: "soft as-of" });
  const drawn = el("div", { class: "map-view" }, legend(), el("div", { class: "map-box-outer" }, drawing.node));
  const listed = el("div", { class: "map-table", hidden: true }, table);

  function draw() {
    const places = told.places;
    say(held.number, places.reduce((sum, one) => sum + (one.count ?? 0), 0).toLocaleString());
    say(kinds.number, `${places.filter(({ count }) => count).length} of ${places.length}`);
    const full = places.filter(({ fields }) => fields.legal_basis && fields.owner).length;
    say(said.number, `${full} of ${places.length}`);
    set(verdict, "data-bad", told.overdue > 0 || null);
    const text = told.overdue
      ? `${told.overdue.toLocaleString()} past their deadline`
      : "Nothing is past its deadline";
    if (verdict.textContent !== text) verdict.replaceChildren(icon(told.overdue ? "alert" : "shield"), el("span", { text }));
    say(as_of, `as of ${CLOCK.format(told.at * 1000)}`);
    drawing.update(places);
    strip.update(places, told.at);
    /* Whoever is in the table is not to lose their place to a new one. */
    if (!table.contains(document.activeElement)) {
      table.replaceChildren(tableOf("Record types", HEADINGS, places.map(rowOf(open)), { numbers: [2] }));
    }
  }
  draw();

  const more = [button([icon("file"), "Register of processing"], () => ctx.navigate("data-map", "register"))];
  const node = el("div", { class: "page data-map" },
    head({
      title: "Data map",
      lead: "Every kind of data that the server can hold of this account: how much there is now, where it lives, and when it goes. It is counted where it lies.",
      more,
    }),
    el("div", { class: "figures" }, verdict, held.node, kinds.node, said.node),
    el("section", { class: "strip-box", "aria-labelledby": "strip-title" },
      el("h2", { id: "strip-title", text: "What goes next" }), strip.node),
    el("div", { class: "map-head" }, el("h2", { text: "What is held" }), as_of, views(drawn, listed)),
    drawn, listed);
  ctx.mount(node, { title: "Data map", wide: true });

  const fit = () => {
    if (!drawn.hidden) drawing.layOut(Math.floor(drawing.node.parentNode.clientWidth));
    strip.layOut(Math.floor(strip.node.parentNode.clientWidth));
  };
  const watching = new ResizeObserver(fit);
  watching.observe(node);
  watching.observe(drawn);
  fit();

  const timer = setInterval(async () => {
    if (document.hidden) return;
    try {
      told = await ctx.api.get("data-map");
      draw();
    } catch {
      /* The next look may work; meanwhile it says of when it is. */
    }
  }, LOOKS_EVERY);
  ctx.leaving(() => {
    clearInterval(timer);
    watching.disconnect();
  });
}

const listOf = (items) => el("ul", { class: "plain-list" }, ...items.map((text) => el("li", { text: sentence(text) })));

const part = (title, ...inner) => el("section", { class: "panel" }, el("h2", { text: title }), ...inner);

async function register(ctx) {
  const told = await ctx.api.get("privacy/register");
  const date = new Date(told.at * 1000).toISOString().slice(0, 10);
  ctx.mount(el("div", { class: "page register" },
    head({
      title: "Register of processing",
      lead: `What ${told.name} does with personal data by this server (GDPR 30), made from its set-up just now. What it does elsewhere is not in it.`,
      back: ["Data map", ctx.href("data-map")],
      more: [
        button("Print", () => print()),
        button([icon("get"), "Download"], () => keepJson(told, `register-${told.account}-${date}.json`), "primary"),
      ],
    }),
    el("div", { class: "form" },
      part("What for", listOf(told.purposes)),
      part("Whose data", listOf(told.people)),
      part("Who is given any", told.recipients.length
        ? tableOf("Recipients", ["Recipient", "How", "Channels"], told.recipients.map((one) => [one.name, one.kind === "mail" ? "transcripts by mail" : "application", one.channels.join(", ")]))
        : el("p", { class: "soft calm-line", text: "Nobody." })),
      part("How long", tableOf("How long each channel keeps", ["Channel", "Kept after the end", "Ends without a sign of life", "Ends in any case", "Transcript"], told.keeping.map((one) => [
        one.name,
        one.retention_days ? `${one.retention_days.toLocaleString()} days` : "not at all",
        `${one.inactivity_minutes.toLocaleString()} minutes`,
        `${one.max_age_hours.toLocaleString()} hours`,
        one.transcript,
      ]))),
      part("Which data", tableOf("Categories of data", ["Category", "Consists of", "Classification", "Legal basis", "Owner", "Goes"], told.categories.map((one) => [
        sentence(one.name), one.what, classificationName(one.fields.classification),
        one.fields.legal_basis ? basisName(one.fields.legal_basis) : badge("not said", "warn"),
        one.fields.owner || badge("not said", "warn"), plain(one.dies),
      ]))),
      part("Measures", listOf(told.measures)))), { title: "Register of processing", wide: true });
}
