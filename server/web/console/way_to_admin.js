/* The way to administration, for those who may do more there than look.
 *
 * Who is not allowed, or cannot be asked, sees no link.
 */

import { me } from "./account.js";
import { el } from "./element.js";
import { icon } from "./icons.js";
import { memory } from "./memory.js";
import { words } from "./words.js";

/* What every agent may: nothing of it is worth a page of its own. */
const OF_EVERYBODY = new Set(["account:read", "channels:read", "desk:read"]);

export function wayToAdmin() {
  const node = el("a", {
    class: "quiet square",
    href: "admin/",
    title: words.administration,
    "aria-label": words.administration,
    hidden: true,
  }, icon("office"));
  let asked = null;
  return {
    node,
    async draw(desk) {
      if (!desk.online || asked === memory.token) return;
      asked = memory.token;
      node.hidden = true;
      const found = await me();
      if (asked !== memory.token) return;
      node.hidden = !found?.scopes.some((scope) => !OF_EVERYBODY.has(scope));
    },
  };
}
