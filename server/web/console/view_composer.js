/* Where the agent writes: grows with the text, counts down near the limit. */

import { cannedView } from "./canned.js";
import { el, say, set } from "./element.js";
import { filesOf } from "./files.js";
import { icon } from "./icons.js";
import { trayView } from "./view_tray.js";
import { words } from "./words.js";

const TALLEST = 200;
const COUNT_BELOW = 400;

/* The server counts characters (code points) after NFC; so do we. */
const lengthOf = (text) => [...text.normalize("NFC")].length;

export function composerView(desk, c) {
  const area = el("textarea", {
    id: "reply",
    rows: 1,
    dir: "auto",
    placeholder: words.replyHint,
    "aria-label": words.reply,
    "aria-describedby": "reply-keys reply-count",
    "aria-keyshortcuts": "Enter",
    spellcheck: "true",
    autocomplete: "off",
  });
  area.value = c.draft;
  const count = el("span", { id: "reply-count", class: "counter", role: "status" });
  const button = el("button", { class: "primary send", "aria-label": words.send, title: words.send }, icon("send"));
  const files = filesOf(desk, c);
  const tray = trayView(files.uploads);
  const input = el("input", { type: "file", multiple: true, hidden: true });
  const clip = el("button", {
    class: "quiet square clip",
    type: "button",
    title: words.attach,
    "aria-label": words.attach,
    on: { click: () => input.click() },
  }, icon("clip"));
  const canned = cannedView(area, (text) => {
    area.value = text;
    area.dispatchEvent(new Event("input"));
    area.focus();
  });
  const node = el("form", { class: "composer" }, ...canned.nodes, tray.node,
    el("div", { class: "composer-box" }, clip, input, area, button),
    el("div", { class: "composer-foot" },
      el("span", { id: "reply-keys", class: "keys-hint", text: words.sendKeys }), count));

  const left = () => desk.textLimit - lengthOf(area.value);
  const sendable = () => area.value.trim() !== "" && left() >= 0;

  function draw() {
    const rest = left();
    const text = rest < 0 ? words.over(-rest) : rest <= COUNT_BELOW ? words.left(rest) : "";
    say(count, text);
    set(count, "data-over", rest < 0 || null);
    set(area, "aria-invalid", rest < 0 ? "true" : null);
    set(button, "aria-disabled", sendable() ? null : "true");
    clip.hidden = files.off;
    tray.draw();
  }

  function grow() {
    area.style.height = "auto";
    area.style.height = `${Math.min(TALLEST, area.scrollHeight)}px`;
  }

  function submit(event) {
    event?.preventDefault();
    if (!sendable()) return;
    desk.say(c, area.value);
    area.value = "";
    grow();
    draw();
    area.focus();
  }

  area.addEventListener("input", () => {
    c.draft = area.value;
    desk.types(c, area.value !== "");
    grow();
    draw();
  });
  area.addEventListener("blur", () => desk.types(c, false));
  area.addEventListener("keydown", (event) => {
    if (canned.key(event)) return;
    /* Enter inside an input method picks a word; it must not send. */
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    submit(event);
  });
  node.addEventListener("submit", submit);
  input.addEventListener("change", () => {
    files.uploads.add([...input.files]);
    input.value = "";
    area.focus();
  });
  area.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    files.uploads.add([...event.clipboardData.files]);
  });
  new ResizeObserver(grow).observe(node);
  return { node, draw, focus: () => area.focus(), add: (given) => files.uploads.add(given) };
}
