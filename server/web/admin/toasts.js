/* What is said for a moment, in the corner. */

import { el } from "../console/element.js";
import { icon } from "./icons.js";

const STAYS = 6000;
const AT_MOST = 3;

export function toasts() {
  const node = el("div", { class: "toasts", role: "status", "aria-live": "polite" });
  return {
    node,
    say(text, name = "sent") {
      const one = el("p", { class: "toast" }, icon(name), el("span", { text }));
      node.append(one);
      while (node.children.length > AT_MOST) node.firstChild.remove();
      setTimeout(() => one.remove(), STAYS);
    },
  };
}
