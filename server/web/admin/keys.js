/* API keys: what programs call the API with. A key is shown once. */

import { el } from "../console/element.js";
import { showOnce } from "./dialogs.js";
import { ID_FIELD, NEW, pageOf } from "./editing.js";
import { badge, listPage } from "./list.js";
import { scopesOf, SCOPES } from "./scopes.js";
import { day, whenOf } from "./when.js";
import { t } from "./words.js";

const DAY = 86_400;
const TERMS = [["", "Never"], ["30", "In 30 days"], ["90", "In 90 days"], ["365", "In a year"]];

const expiry = (one) => {
  if (one.expires_at === null) return null;
  return one.expires_at * 1000 <= Date.now()
    ? badge("expired", "bad")
    : badge(`until ${day(one.expires_at)}`);
};

const list = (ctx) =>
  listPage(ctx, {
    title: "API keys",
    lead: "With a key, a program of yours calls the API. A key does what its scopes say, in this account only.",
    path: "keys",
    make: { scope: "keys:write", label: "Make key", to: ctx.href("keys", NEW), icon: "key" },
    empty: ["No API keys", "Make one for each program, with the few scopes that it needs: then one can be removed without the others."],
    describe: (one) => ({
      title: one.name,
      sub: one.id,
      to: ctx.href("keys", one.id),
      badges: [expiry(one)].filter(Boolean),
      facts: [
        t("many", one.scopes.length, "scope", "scopes"),
        ..."used_at" in one ? [one.used_at ? `used ${whenOf(one.used_at)}` : "not used since the start"] : [],
      ],
    }),
  });

const shown = (stored) => el("dl", { class: "told" },
  ...[
    ["Id", stored.id],
    ["Made", whenOf(stored.created_at)],
    ["Good until", stored.expires_at ? day(stored.expires_at) : "it is removed"],
    ..."used_at" in stored ? [["Last used", stored.used_at ? whenOf(stored.used_at) : "not since the server started"]] : [],
  ].map(([term, text]) => el("div", {}, el("dt", { text: term }), el("dd", { text }))));

function kind(ctx) {
  const given = ctx.me.scopes;
  return {
    list: "keys",
    title: "API keys",
    word: "key",
    newTitle: "New API key",
    /* A key is made and removed, never changed. */
    scope: ctx.path[0] === NEW ? "keys:write" : "nobody",
    silent: true,
    fresh: () => ({ id: "", name: "", scopes: [], expires_at: "90" }),
    nameOf: (value) => value.name,
    badges: (value) => [expiry(value)].filter(Boolean),
    sections: (value, isNew, stored) => isNew ? [
      { fields: [
        { name: "name", label: "Name", help: "Which program has it.", required: true, most: 80 },
        ID_FIELD,
        { name: "expires_at", label: "Expires", kind: "select", options: TERMS, style: "half" },
      ] },
      { title: "Scopes", lead: "What the key may do: at most what you may do yourself.", fields: [
        { name: "scopes", control: scopesOf, allowed: SCOPES.filter(([scope]) => given.has(scope)), required: true },
      ] },
    ] : [
      { title: "Key", fields: [], more: [shown(stored)] },
      { title: "Scopes", fields: [], more: [el("ul", { class: "scope-list" },
        ...value.scopes.map((scope) => el("li", {},
          el("code", { text: scope }), el("span", { class: "soft", text: SCOPES.find(([one]) => one === scope)?.[1] ?? "" }))))] },
    ],
    prepare: (value) => ({
      ...value,
      expires_at: value.expires_at ? Math.floor(Date.now() / 1000) + Number(value.expires_at) * DAY : null,
    }),
    after: (kept) => showOnce(`The key of ${kept.name}`, [["API key", kept.key]],
      "It is shown only now, and kept here only as a hash. Put it where the program reads it before you close this."),
    removing: (value) => ({
      title: `Remove the key of ${value.name}?`,
      text: "Whatever still uses it is refused at once.",
    }),
    removeScope: "keys:write",
  };
}

export const page = pageOf("keys", { list, kind });
