/* What stands where a page would: on its way, failed, not there, empty. */

import { el } from "../console/element.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

/** What stands in place of something; `more` are buttons or links. */
export function state({ name, title, lead, more = [], level = "h1", role = null }) {
  return el("div", { class: "state", role },
    el("span", { class: "state-mark" }, icon(name)),
    el(level, { text: title }),
    ...[].concat(lead ?? []).map((text) => el("p", { text })),
    more.length ? el("div", { class: "state-more" }, ...more) : null);
}

export const loading = () =>
  el("div", { class: "loading", role: "status" },
    el("span", { class: "unseen", text: t("loading") }),
    el("span", { class: "bone wide-bone" }), el("span", { class: "bone" }),
    el("span", { class: "bone" }), el("span", { class: "bone" }));

export function failed(error, again) {
  if (!error.code) console.error(error);
  return state({
    name: "alert",
    title: "This could not be shown",
    lead: error.code ? error.message : "Something in this page does not work. Reload it; if it stays so, tell whoever runs the server.",
    role: "alert",
    more: [el("button", { class: "primary", type: "button", text: t("retry"), on: { click: again } })],
  });
}

export const missing = (some) =>
  state({
    name: "search",
    title: t(some ? "notHere" : "nothing"),
    lead: t(some ? "notHereLead" : "nothingLead"),
    more: [el("a", { class: "plain", href: "../", text: t("toConsole") })],
  });
