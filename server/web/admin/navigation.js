/* The left side: where one is, where one may go, and who one is. */

import { el, set } from "../console/element.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

const link = (page, href) =>
  el("li", {},
    el("a", { class: "rail-link", href: href(page.id), "data-page": page.id }, icon(page.icon), el("span", { text: page.title })));

function foot({ me, account, signOut }) {
  return el("div", { class: "rail-foot" },
    el("a", { class: "rail-link", href: "../" }, icon("back"), el("span", { text: t("toConsole") })),
    el("div", { class: "rail-me" },
      el("span", { class: "rail-mark", "aria-hidden": "true", text: me.id.slice(0, 1).toUpperCase() }),
      el("span", { class: "rail-who" },
        el("span", { class: "rail-name", text: me.id }),
        el("span", { class: "soft", text: account.name })),
      el("button", {
        class: "quiet square",
        type: "button",
        title: t("signOut"),
        "aria-label": t("signOut"),
        on: { click: signOut },
      }, icon("leave"))));
}

export function navigation({ me, account, groups, href, signOut }) {
  const where = el("span", { class: "rail-where", text: t("title") });
  const menu = el("button", {
    class: "plain rail-menu",
    type: "button",
    "aria-expanded": "false",
    "aria-controls": "rail-body",
  }, icon("menu"), el("span", { text: t("menu") }));
  const lists = groups.map(({ group, pages }, n) =>
    el("div", { class: "rail-group" },
      el("p", { class: "rail-title", id: `rail-${n}`, text: group }),
      el("ul", { "aria-labelledby": `rail-${n}` }, ...pages.map((page) => link(page, href)))));
  const body = el("div", { class: "rail-body", id: "rail-body" },
    el("div", { class: "rail-scroll" }, ...lists),
    foot({ me, account, signOut }));
  const node = el("nav", { class: "rail", "aria-label": t("navigation") },
    el("div", { class: "rail-head" },
      el("span", { class: "brand-mark small" }, icon("fly")),
      where, menu),
    body);

  const expand = (on) => {
    set(menu, "aria-expanded", on);
    set(node, "data-open", on || null);
  };
  menu.addEventListener("click", () => expand(menu.ariaExpanded !== "true"));
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || menu.ariaExpanded !== "true") return;
    expand(false);
    menu.focus();
  });
  body.addEventListener("click", (event) => {
    if (event.target.closest("a")) expand(false);
  });

  return {
    node,
    show(id) {
      for (const one of node.querySelectorAll("[data-page]")) {
        set(one, "aria-current", one.dataset.page === id ? "page" : null);
      }
    },
  };
}
