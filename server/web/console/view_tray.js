/* Files on their way, one line each above the field. */

import { sizeIn } from "../shared/attachments.js";
import { arrange, el, say, set } from "./element.js";
import { icon } from "./icons.js";
import { words } from "./words.js";

let count = 0;
const keys = new WeakMap();

function keyOf(item) {
  if (!keys.has(item)) keys.set(item, ++count);
  return keys.get(item);
}

export function trayView(uploads) {
  const list = el("ul", { "aria-label": words.uploads });
  const spoken = el("p", { class: "unseen", role: "status" });
  const node = el("div", { class: "tray" }, list, spoken);

  function make(item) {
    return el("li", {}, icon("file"),
      el("div", { class: "tray-name" },
        el("span", { text: item.name, dir: "auto" }),
        el("small", {}),
        el("progress", { max: 1, "aria-label": words.uploading(item.name) })),
      el("button", {
        class: "link",
        type: "button",
        text: words.retry,
        on: { click: () => uploads.retry(item) },
      }),
      el("button", {
        class: "quiet square",
        type: "button",
        on: { click: () => uploads.remove(item) },
      }, icon("end")));
  }

  function update(row, item) {
    const [, name, again, stop] = row.children;
    const [, note, bar] = name.children;
    const failed = item.state === "failed";
    const text = failed ? words.uploadFailed[item.reason] : sizeIn(undefined, item.size);
    if (failed && note.textContent !== text) say(spoken, `${item.name}: ${text}`);
    say(note, text);
    set(row, "data-failed", failed || null);
    bar.hidden = failed;
    bar.value = item.size ? item.sent / item.size : 0;
    again.hidden = !failed || !item.passes;
    set(stop, "aria-label",
      failed ? words.uploadRemove(item.name) : words.uploadCancel(item.name));
  }

  const draw = () => arrange(list, uploads.items, { key: keyOf, make, update });
  return { node, draw };
}
