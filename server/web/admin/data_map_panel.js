/* One record type of the data map: what it is, and what the account says. */

import { el } from "../console/element.js";
import { show } from "../console/view_dialogs.js";
import { enc } from "./api.js";
import { formOf } from "./form.js";
import { badge } from "./list.js";
import { facts, moment } from "./privacy_parts.js";
import { aheadOf, BASES, basisName, CLASSIFICATIONS, classificationName, plain, sentence } from "./privacy_words.js";

const FIELDS = [
  { name: "classification", label: "Classification", kind: "select", options: CLASSIFICATIONS, style: "half" },
  { name: "legal_basis", label: "Legal basis", kind: "select", options: BASES, empty: null, help: "Why it may be held, by article 6 of the GDPR." },
  { name: "owner", label: "Owner", most: 80, help: "Who in the account answers for it: a person, or better a post." },
  { name: "note", label: "Note", kind: "area", rows: 2, most: 1000 },
];

const told = ({ fields }) => facts([
  ["Classification", `${classificationName(fields.classification)}${fields.proposed ? " (proposed)" : ""}`],
  ["Legal basis", basisName(fields.legal_basis)],
  ["Owner", fields.owner || "Not said yet"],
  ["Note", fields.note],
]);

/** Show it at the side; `changed(name, fields)` once something was said. */
export function panelOf(ctx, place, changed) {
  const { fields } = place;
  const save = async ({ proposed, ...body }) => {
    const kept = await ctx.api.put(`privacy/fields/${enc(place.name)}`, body);
    changed(place.name, kept);
    ctx.toast("Saved.");
    dialog.close();
  };
  const form = ctx.may("privacy:fields")
    ? formOf({ value: { ...fields }, sections: [{ fields: FIELDS }], save, changed: null })
    : null;
  form?.drop.addEventListener("click", () => dialog.close());
  const dialog = show(sentence(place.name), {
    style: "side-dialog",
    body: [
      el("div", { class: "marks" },
        badge(place.group === "ephemeral" ? "goes with a conversation" : "belongs to the account"),
        place.sensitivity === "sensitive" ? badge("sensitive", "warn") : badge("standard"),
        place.encrypted ? badge("encrypted", "good") : null),
      el("p", { text: `${sentence(place.what)}.` }),
      facts([
        ["Lives in", place.home],
        ["Dies", plain(place.dies)],
        ["Held now", place.count === null ? "not counted: it has left the server" : place.count.toLocaleString()],
        ["Oldest", place.oldest && moment(place.oldest)],
        ["Next goes", place.next_at && moment(place.next_at, aheadOf(place.next_at))],
        ["Overdue", place.overdue ? badge(place.overdue.toLocaleString(), "bad") : "none"],
      ]),
      el("section", { class: "side-part", "aria-labelledby": "side-said" },
        el("h3", { id: "side-said", text: "What the account says of it" }),
        fields.proposed ? el("p", { class: "help", text: "Nothing yet: the classification is proposed, by how sensitive it is." }) : null,
        form ? form.node : told(place)),
    ],
  });
}
