/* How the page calls an agent who looks elsewhere: title, toast, desktop
 * notification, sound. None of them ever shows what a customer wrote: a lock
 * screen or a shared monitor may be reading along. */

import { el, say } from "./element.js";
import { icon } from "./icons.js";
import { words } from "./words.js";

const TOAST_STAYS = 6000;
const AT_MOST = 3;
/* Hertz and seconds after the start: a fifth, softly. */
const NOTES = [[587, 0], [880, 0.14]];

export function alertsOf(desk, preferences) {
  const toasts = el("div", { class: "toasts", role: "status", "aria-live": "polite" });

  /* What the list shows anyway is only said aloud while it is in view. */
  function toast(text, name = "info", style = "") {
    const node = el("p", { class: `toast ${style}` }, icon(name), el("span", { text }));
    toasts.append(node);
    while (toasts.children.length > AT_MOST) toasts.firstChild.remove();
    setTimeout(() => node.remove(), TOAST_STAYS);
  }

  function notify() {
    const there = "Notification" in globalThis && Notification.permission === "granted";
    if (!preferences.get("notify") || !there || document.hasFocus()) return;
    const note = new Notification(words.arrived, { tag: "dayfly-waiting" });
    note.onclick = () => {
      globalThis.focus();
      note.close();
    };
  }

  function title() {
    const count = desk.screen === "desk"
      ? desk.waiting.length + desk.mine.filter((c) => c.unread > 0).length
      : 0;
    const text = count ? `(${count}) ${words.title}` : words.title;
    if (document.title !== text) document.title = text;
  }

  const events = {
    arrived(c) {
      toast(words.arrivedFrom(c.summary.channel), "clock", "listed");
      notify();
      if (preferences.get("sound")) chime();
    },
    wrote: (c) => toast(words.wrote(words.customer(c.mark)), "info", "listed"),
    gone: (c) => toast(words[c.gone?.kept ? "closedToast" : "goneToast"](words.customer(c.mark)), "shield"),
    refused: ({ code }) => toast(words.refused[code] ?? words.refusedOther, "alert"),
  };

  desk.onEvent((what, details) => events[what]?.(details));
  desk.onChange(title);

  return {
    node: toasts,
    async allowed() {
      if (!("Notification" in globalThis)) return false;
      return (await Notification.requestPermission()) === "granted";
    },
  };
}

function chime() {
  const audio = new AudioContext();
  for (const [pitch, after] of NOTES) {
    const start = audio.currentTime + after;
    const voice = new OscillatorNode(audio, { frequency: pitch });
    const volume = new GainNode(audio, { gain: 0 });
    volume.gain.linearRampToValueAtTime(0.08, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.5);
    voice.connect(volume).connect(audio.destination);
    voice.start(start);
    voice.stop(start + 0.5);
  }
  setTimeout(() => audio.close(), 1500);
}

/** The bar over the desk while there is no connection. */
export function offlineBar(desk) {
  const countdown = el("span", { "aria-hidden": "true" });
  const node = el("div", { class: "offline", hidden: true },
    icon("cloud"),
    el("span", { role: "status" }),
    countdown,
    el("button", {
      class: "link",
      type: "button",
      text: words.retryNow,
      on: { click: () => desk.connection.hurry() },
    }));
  const draw = () => {
    const off = desk.link.state === "offline";
    node.hidden = !off;
    say(node.children[1], off ? words.offlineLong : "");
    const seconds = Math.ceil((desk.link.at - Date.now()) / 1000);
    say(countdown, off && seconds > 0 ? words.retryIn(seconds) : "");
  };
  return { node, draw, tick: draw };
}
