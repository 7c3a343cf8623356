/* The way to administration, for those who may do more there than look.
 *
 * Asked once a sign-in; who is not allowed, or cannot be asked, sees no link.
 */

import { el } from "./element.js";
import { icon } from "./icons.js";
import { memory } from "./memory.js";
import { words } from "./words.js";

const ME = new URL("../api/v1/me", location.href);
/* What every agent may: nothing of it is worth a page of its own. */
const OF_EVERYBODY = new Set(["account:read", "channels:read", "desk:read"]);

async function mayMore() {
  try {
    const answer = await fetch(ME, {
      headers: { authorization: `Bearer ${memory.token}` },
      cache: "no-store",
      credentials: "omit",
    });
    if (!answer.ok) return false;
    return (await answer.json()).scopes.some((scope) => !OF_EVERYBODY.has(scope));
  } catch {
    return false;
  }
}

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
      const may = await mayMore();
      if (asked === memory.token) node.hidden = !may;
    },
  };
}
