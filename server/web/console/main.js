/* The agent console: puts desk, views, keys and alerts together.
 *
 * Which conversation is open is kept in the tab's own history state, so that
 * a phone's back button leads to the list and nothing shows in the address.
 */

import { alertsOf, offlineBar } from "./alerts.js";
import { Desk } from "./desk.js";
import { el, set } from "./element.js";
import { listenToKeys } from "./keys.js";
import { memory } from "./memory.js";
import { conversationView, nothingView } from "./view_conversation.js";
import { detailsView } from "./view_details.js";
import { dialogsOf } from "./view_dialogs.js";
import { listsView } from "./view_lists.js";
import { signInView } from "./view_sign_in.js";
import { words } from "./words.js";

/* Relative to /console/, so that a proxy may serve us under a path. */
const address = new URL("../socket/agent", location.href);
address.protocol = address.protocol.replace("http", "ws");
address.hash = address.search = "";

const WIDE = matchMedia("(min-width: 1180px)");
const PHONE = matchMedia("(max-width: 759px)");

const preferences = {
  now: memory.preferences,
  get(name) {
    return this.now[name];
  },
  put(name, value) {
    this.now = memory.preferences = { ...this.now, [name]: value };
    this.apply();
  },
  apply() {
    set(document.documentElement, "data-theme", this.now.theme);
  },
};

const desk = new Desk(address.href);
const alerts = alertsOf(desk, preferences);
const dialogs = dialogsOf(preferences, alerts);

let detailsOpen = WIDE.matches;
let talk = null;
let drawnFor;

const does = {
  take: () => desk.current?.phase === "waiting" && desk.ask("take", desk.current),
  release: () => desk.current?.mine && desk.ask("release", desk.current),
  end() {
    const c = desk.current;
    if (c && !c.ended) dialogs.confirmEnd(() => desk.ask("end", c));
  },
  details() {
    detailsOpen = !detailsOpen;
    desk.changed();
    if (detailsOpen && !WIDE.matches) queueMicrotask(() => details.focus());
  },
  detailsShown: () => detailsOpen,
  back() {
    const id = desk.selected;
    if (history.state?.pushed) history.back();
    else {
      history.replaceState(null, "");
      desk.open(null);
    }
    queueMicrotask(() => lists.focus(id));
  },
  step: (by) => lists.step(by),
  oldest: () => desk.waiting.length && desk.openAndFocus(desk.waiting[0].id),
  reply: () => talk?.reply(),
  help: dialogs.help,
  preferences: dialogs.preferences,
  escape(event) {
    if (detailsOpen && !WIDE.matches) does.details();
    else if (event.target.closest?.(".talk")) lists.focus(desk.selected);
  },
};

const lists = listsView(desk, dialogs);
const details = detailsView(desk, does.details);
const offline = offlineBar(desk);
const signIn = signInView(desk);
const middle = el("section", { class: "talk", "aria-label": words.conversation });
const nothing = nothingView();
const panes = el("main", { class: "desk" }, lists.node, middle, details.node);
const deskScreen = el("div", { class: "desk-screen" },
  el("header", { class: "unseen" }, el("h1", { text: words.title })),
  offline.node, panes);

desk.openAndFocus = (id) => {
  const pushed = history.state?.pushed ?? false;
  if (PHONE.matches && !pushed) history.pushState({ open: id, pushed: true }, "");
  else history.replaceState({ open: id, pushed }, "");
  desk.open(id);
  queueMicrotask(() => talk?.focus());
};

function drawTalk() {
  const c = desk.current;
  if (drawnFor !== c) {
    drawnFor = c;
    talk = c ? conversationView(desk, c, does) : null;
    middle.replaceChildren(talk?.node ?? nothing);
  }
  talk?.draw();
  const showDetails = detailsOpen && c && !c.gone;
  set(panes, "data-open", c ? "true" : null);
  set(panes, "data-details", showDetails ? "true" : null);
  details.node.hidden = !showDetails;
}

/* A conversation taken by key or button: on with the answer. */
let hadMine = null;
function followTake() {
  const c = desk.current;
  const mine = c?.mine ? c.id : null;
  if (mine && mine !== hadMine && c.taking) talk.focus();
  if (mine) c.taking = false;
  hadMine = mine;
}

let screen = null;
function draw() {
  const next = desk.screen === "desk" ? deskScreen : signIn.node;
  if (screen !== next) {
    document.body.replaceChildren(next, alerts.node);
    for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  }
  if (desk.screen === "desk") {
    drawTalk();
    followTake();
    for (const view of [lists, details, offline]) view.draw();
  } else drawTalk();
  /* At the desk, too: there it forgets the password that was typed. */
  signIn.draw();
  if (screen !== next && next === signIn.node) signIn.focus();
  screen = next;
}

desk.onChange(draw);
preferences.apply();
listenToKeys(desk, does, preferences);
WIDE.addEventListener("change", () => {
  detailsOpen = WIDE.matches;
  desk.changed();
});
addEventListener("popstate", () => desk.open(history.state?.open ?? null));
for (const type of ["dragover", "drop"]) {
  addEventListener(type, (event) => {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  });
}
addEventListener("focus", () => desk.looked());
document.addEventListener("visibilitychange", () => desk.looked());
setInterval(() => {
  desk.tick();
  if (desk.screen !== "desk") return;
  for (const view of [lists, offline, details]) view.tick();
  talk?.tick();
}, 1000);
draw();
