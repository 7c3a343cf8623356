/* Redaction rules: what is hidden before it is stored, shown or handed on. */

import { el } from "../console/element.js";
import { ID_FIELD, NEW, pageOf } from "./editing.js";
import { addLink, badge, head, rowsOf } from "./list.js";
import { trialBox } from "./rule_trial.js";
import { state } from "./states.js";

const KINDS = [
  ["cards", "Payment cards", "Numbers that look like a card's and have the right check digit."],
  ["iban", "Bank accounts", "IBANs of every country, with the right check digits."],
  ["national_numbers", "National numbers", "Identity, tax and social security numbers that can be checked."],
  ["phones", "Phone numbers", "International ones, and those of one region."],
  ["email", "Mail addresses"],
  ["secrets", "Passwords and codes", "What somebody says is one."],
  ["pattern", "A pattern of your own", "In the syntax of RE2."],
];
const NAMES = Object.fromEntries(KINDS.map(([id, name]) => [id, name]));
const ROLES = [["customer", "Customers"], ["agent", "Agents"], ["application", "Applications"]];
const ACTIONS = [
  ["replace", "Replace it by a word"],
  ["mask", "Mask all but its end", "****1111: enough to tell one from another."],
  ["remove", "Remove it"],
];
const LIST_LEAD = "What is hidden before it is stored, shown or handed on. What is hidden is gone: nobody can get it back.";

const does = (one) => ({
  replace: `replaced by ${one.replacement || "nothing"}`,
  mask: one.keep ? `masked but for the last ${one.keep}` : "masked",
  remove: "removed",
})[one.action];

const words = (roles) => roles.length === ROLES.length ? "everybody's words"
  : `the words of ${ROLES.filter(([role]) => roles.includes(role)).map(([, name]) => name.toLowerCase()).join(" and ")}`;

const describe = (ctx) => (one) => ({
  title: one.id,
  sub: `${one.rule ? NAMES[one.rule] : one.pattern}, ${does(one)}, in ${words(one.roles)}`,
  to: ctx.href("rules", one.id),
  badges: [
    ...one.enabled ? [] : [badge("off", "warn")],
    ...one.declared ? [badge("settings file")] : [],
  ],
  facts: [`priority ${one.priority}`],
});

async function list(ctx) {
  const items = await ctx.api.all("redaction-rules");
  items.sort((a, b) => a.priority - b.priority || a.id.localeCompare(b.id));
  const add = ctx.may("rules:write") ? [addLink("Add rule", ctx.href("rules", NEW))] : [];
  ctx.mount(el("div", { class: "page" },
    head({ title: "Redaction rules", lead: LIST_LEAD, more: items.length ? add : [] }),
    items.length ? rowsOf(items, describe(ctx), "Redaction rules") : state({
      name: "hide",
      title: "Nothing is hidden",
      lead: "Add a rule for what customers should not have sent you: a card number, say.",
      level: "h2",
      more: add,
    }),
    items.length ? trialBox(ctx, { lead: "See what the rules above hide. Nothing of it is kept." }).node : null), {});
}

/* A rule is of a built-in kind or has a pattern; the form has one choice. */
const opened = (value) => ({ ...value, what: value.rule ?? "pattern", pattern: value.pattern ?? "" });

function body({ what, ...value }) {
  const own = what === "pattern";
  return {
    ...value,
    rule: own ? null : what,
    pattern: own ? value.pattern : null,
    region: what === "phones" && value.region ? value.region.toUpperCase() : null,
  };
}

/* Only what the chosen kind and action use is shown. */
function showNeeded(form) {
  const field = (name) => form.field(name).node;
  return (value) => {
    field("pattern").hidden = value.what !== "pattern";
    field("region").hidden = value.what !== "phones";
    field("replacement").hidden = value.action !== "replace";
    field("keep").hidden = value.action !== "mask";
  };
}

function kind(ctx) {
  let box = null;
  let needed = null;
  return {
    list: "redaction-rules",
    title: "Redaction rules",
    word: "rule",
    newTitle: "New redaction rule",
    scope: "rules:write",
    fresh: () => opened({
      id: "", rule: "cards", pattern: null, action: "replace", replacement: "[hidden]",
      keep: 4, roles: ["customer", "agent", "application"], region: null, priority: 100, enabled: true,
    }),
    open: opened,
    nameOf: (value) => value.id,
    badges: (value) => value.enabled ? [] : [badge("off", "warn")],
    sections: (_, isNew) => [
      { title: "What is looked for", fields: [
        { ...ID_FIELD, label: "Name", readOnly: !isNew, help: "What is hidden is counted under it. Small letters, digits and hyphens. It never changes." },
        { name: "what", label: "Kind", kind: "choice", style: "columns full", options: KINDS },
        { name: "pattern", label: "Pattern", code: true, most: 512, style: "full", placeholder: "(?i)case-[0-9]{6}", help: "Best with a beginning that is always the same, such as case-.", needed: (value) => value.what === "pattern" },
        { name: "region", label: "Region of numbers without a country", code: true, most: 2, optional: true, empty: null, placeholder: "DE", pattern: /^[A-Za-z]{2}$/, wrong: "Two letters, such as DE.", style: "half" },
        { name: "roles", label: "In the words of", kind: "many", style: "columns", options: ROLES, required: true },
      ] },
      { title: "What becomes of it", fields: [
        { name: "action", label: "Action", silent: true, kind: "choice", options: ACTIONS },
        { name: "replacement", label: "Word", most: 40, style: "half" },
        { name: "keep", label: "Characters that stay at the end", kind: "number", min: 0, max: 8, step: 1 },
      ] },
      { title: "Order", fields: [
        { name: "priority", label: "Priority", kind: "number", min: -1_000_000, max: 1_000_000, step: 1, help: "Lower ones look first; of what they find, others see nothing." },
        { name: "enabled", label: "In force", kind: "switch" },
      ] },
    ],
    started(form) {
      needed = showNeeded(form);
      needed(form.value());
    },
    changed(value) {
      needed?.(value);
      box?.again();
    },
    prepare: body,
    below(_, __, form) {
      box = trialBox(ctx, {
        lead: "See what this rule would hide, together with the others. Nothing of it is kept.",
        rule: () => {
          const rule = body(form.value());
          return { ...rule, id: rule.id || "this-rule" };
        },
      });
      return box.node;
    },
    removing: (value) => ({
      title: `Remove ${value.id}?`,
      text: "What it would have hidden is stored and shown from now on.",
    }),
  };
}

export const page = pageOf("rules", { list, kind });
