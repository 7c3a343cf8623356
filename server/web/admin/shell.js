/* Administration: signs in, shows the navigation, and opens the page that the
 * address names (`#/channels/shop`).
 *
 * A page is a module that exports `page(ctx)`; it is called each time its
 * address is opened, may be async, and what it gives to `mount` stays until the
 * next page. The `ctx` it gets:
 *
 *   api       calls of the API (api.js): `get`, `ask`, `post`, `put`, `patch`,
 *             `remove`, `page`, `all`, `file`; they throw a `Problem` whose
 *             `message` says what to do. A caller whose token has expired
 *             signs in, and the call goes on.
 *   me        {kind, id, account, scopes: Set} as GET /me tells it
 *   may(scope)            whether `me` has it
 *   account   {id, name}
 *   path      what follows the page's id: `#/channels/shop` is ["shop"]
 *   mount(element, {title, wide, again})  show it; `title` names the tab,
 *             `again` keeps the place. A page that was left meanwhile mounts
 *             into nothing
 *   navigate(...path)     open another address; ids are encoded here
 *   href(...path)         that address, for a link
 *   reload()              open this address anew
 *   toast(text, icon)     say it for a moment
 *   confirm({title, text, yes, danger})  ask; a promise of true or false
 *   guard(isDirty)        ask before the page is left while `isDirty()`
 *   leaving(act)          call `act` when the page is left
 *   t(name, ...given)     the words that pages share (words.js)
 *
 * An error that `page` throws is shown in place of the page, with a way to try
 * again. The pages, and who sees which, are in sections.js; list.js, form.js
 * and dialogs.js are what they are made of.
 */

import { el, set } from "../console/element.js";
import { memory } from "../console/memory.js";
import { Api, enc } from "./api.js";
import { confirm } from "./dialogs.js";
import { navigation } from "./navigation.js";
import { pagesFor } from "./sections.js";
import { failed, loading, missing } from "./states.js";
import { signIn } from "./signing_in.js";
import { toasts } from "./toasts.js";
import { t } from "./words.js";

set(document.documentElement, "data-theme", memory.preferences.theme);

const api = new Api({ token: () => memory.token, again: signedIn });
const toasting = toasts();
const href = (...path) => `#/${path.map(enc).join("/")}`;

let me = null;
let account = null;
let rail = null;
let groups = [];
let opened = 0; // counts pages: what an earlier one mounts is dropped
let isDirty = () => false;
let leave = [];
let shownAt = "";

const main = el("main", { id: "main", tabindex: -1 });

/* One at a time, however many calls find that the token is worth nothing. */
let asking = null;
function signedIn() {
  asking ??= signIn(api, toasting.node).then(async () => {
    const before = me;
    await introduce();
    if (before && (before.id !== me.id || before.account !== me.account)) location.reload();
    put();
  }).finally(() => {
    asking = null;
  });
  return asking;
}

async function introduce() {
  const told = await api.get("/me");
  me = { ...told, scopes: new Set(told.scopes) };
  api.account = me.account;
  account = await api.get("").catch(() => ({ id: me.account, name: me.account }));
  groups = pagesFor(me.scopes);
  rail = navigation({ me, account, groups, href, signOut });
}

/* The page is put back as it was: what somebody had typed is still there. */
function put() {
  const skip = el("a", { class: "skip", href: "#main", text: t("skip"), on: { click(event) {
    event.preventDefault();
    main.focus();
  } } });
  document.body.replaceChildren(
    el("div", { class: "admin" }, skip, rail.node, main), toasting.node);
}

async function signOut() {
  if (!(await mayLeave())) return;
  isDirty = () => false;
  await api.post("/sign-out").catch(() => {});
  memory.token = null;
  location.hash = "";
  location.reload();
}

async function mayLeave() {
  if (!isDirty()) return true;
  return confirm({
    title: t("leaveTitle"),
    text: t("leaveText"),
    yes: t("leaveYes"),
    no: t("stay"),
    danger: true,
  });
}

const pathNow = () => location.hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decode);

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function contextOf(number, path, title) {
  const here = () => number === opened;
  return {
    api,
    me,
    account,
    path,
    t,
    confirm,
    href,
    toast: toasting.say,
    may: (scope) => me.scopes.has(scope),
    navigate(...to) {
      if (here()) location.hash = href(...to);
    },
    reload: () => here() && open(),
    guard(dirty) {
      if (here()) isDirty = dirty;
    },
    leaving(act) {
      if (here()) leave.push(act);
      else act();
    },
    mount(node, { title: own = title, wide = false, again = false } = {}) {
      if (!here()) return;
      const place = again ? main.scrollTop : 0;
      set(main, "data-wide", wide || null);
      main.replaceChildren(node);
      main.scrollTop = place;
      document.title = t("pageTitle", own);
      if (document.activeElement === document.body) main.focus({ preventScroll: true });
    },
  };
}

async function open() {
  const [id = groups[0]?.pages[0]?.id, ...path] = pathNow();
  const page = groups.flatMap(({ pages }) => pages).find((one) => one.id === id);
  const number = (opened += 1);
  for (const act of leave.splice(0)) act();
  isDirty = () => false;
  shownAt = location.hash;
  rail.show(id);
  if (!page) {
    document.title = t("pageTitle", t("title"));
    main.replaceChildren(missing(groups.length > 0));
    return;
  }
  const ctx = contextOf(number, path, page.title);
  const wait = setTimeout(() => ctx.mount(loading(), {}), 250);
  try {
    await (await page.load()).page(ctx);
  } catch (error) {
    ctx.mount(failed(error, open));
  } finally {
    clearTimeout(wait);
  }
}

addEventListener("hashchange", async () => {
  if (location.hash === shownAt) return;
  const wanted = location.hash;
  if (isDirty()) {
    history.pushState(null, "", shownAt || "#/");
    if (!(await mayLeave())) return;
    history.replaceState(null, "", wanted);
  }
  main.focus({ preventScroll: true });
  open();
});
addEventListener("beforeunload", (event) => {
  if (isDirty()) event.preventDefault();
});

async function start() {
  document.body.replaceChildren(loading());
  try {
    if (!memory.token) await signedIn();
    else {
      await introduce();
      put();
    }
    await open();
  } catch (error) {
    document.body.replaceChildren(el("main", {}, failed(error, start)));
  }
}

start();
