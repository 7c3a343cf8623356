/* What goes with words, as it was sent: nothing here can be chosen. */

import { fillPicture, isPicture, sizeIn } from "../shared/attachments.js";
import { el, set } from "./element.js";
import { filesOf } from "./files.js";
import { icon } from "./icons.js";
import { words } from "./words.js";

const still = (node) => ({ node, draw: () => {} });

/** A `node`, and `draw(answer)`: what the customer chose from it, if they did. */
export function partView(desk, c, message) {
  const { rich } = message;
  if (!Object.hasOwn(kinds, rich.kind)) return null;
  const { node, draw } = kinds[rich.kind](rich, filesOf(desk, c).addresses);
  node.classList.add("part");
  return { node, draw };
}

const kinds = {
  menu(rich) {
    const { node: list, draw } = choices(rich.items);
    return { node: titled(rich.title, list), draw };
  },

  quick_replies(rich) {
    const { node, draw } = choices(rich.items);
    node.classList.add("pills");
    return { node, draw };
  },

  cards(rich, addresses) {
    const drawn = [];
    const card = (one, n) => {
      const list = one.items?.length ? choices(one.items) : null;
      if (list) drawn.push(list.draw);
      return el("li", { class: "card-shown", "aria-label": words.card(n + 1, rich.items.length) },
        one.picture ? framed(one.picture, addresses) : null,
        el("p", { class: "part-title", dir: "auto", text: one.title }),
        one.subtitle ? el("p", { class: "soft", dir: "auto", text: one.subtitle }) : null,
        list?.node);
    };
    const node = el("ul", { class: "cards-shown", tabindex: 0, "aria-label": words.kinds.cards },
      ...rich.items.map(card));
    return { node, draw: (answer) => drawn.forEach((draw) => draw(answer)) };
  },

  link_button(rich) {
    const url = new URL(rich.url);
    const label = url.protocol === "https:"
      ? el("a", {
        class: "part-link",
        href: rich.url,
        target: "_blank",
        rel: "noopener noreferrer nofollow",
      }, rich.label, icon("away"))
      : el("span", { text: rich.label });
    return still(titled(rich.title, el("p", {}, label,
      el("small", { text: url.hostname }))));
  },

  attachment(rich, addresses) {
    const shows = isPicture(rich);
    const note = el("small", { text: sizeIn(undefined, rich.size) });
    const open = async () => {
      const url = await addresses.of(rich.id);
      if (!url) note.textContent = words.pictureLost;
      else if (shows) window.open(url, "_blank", "noopener,noreferrer");
      else el("a", { href: url, download: rich.name }).click();
    };
    return still(el("button", {
      type: "button",
      class: shows ? "picture-shown" : "file-shown",
      "aria-label": (shows ? words.openPicture : words.download)(rich.name),
      title: rich.name,
      on: { click: open },
    }, ...(shows ? [framed(rich.id, addresses)] : [
      icon("file"),
      el("span", { dir: "auto" }, rich.name, note),
      icon("get"),
    ])));
  },
};

const titled = (title, ...inner) =>
  el("div", {}, title ? el("p", { class: "part-title", dir: "auto", text: title }) : null, ...inner);

function choices(items) {
  const rows = items.map(({ text }) =>
    el("li", { dir: "auto" }, el("span", { text })));
  const node = el("ul", { class: "choices-shown" }, ...rows);
  const draw = (answer) => {
    if (!answer || node.dataset.used) return;
    set(node, "data-used", true);
    const same = items.filter(({ payload }) => payload === answer.postback);
    const item = same.find(({ text }) => text === answer.text) ?? same[0];
    const row = rows[items.indexOf(item)];
    set(row ?? node, "data-chosen", row ? true : null);
    row?.append(icon("sent"), el("span", { class: "unseen", text: ` (${words.chosen})` }));
  };
  return { node, draw };
}

function framed(id, addresses) {
  const image = el("img", { alt: "" });
  const node = el("span", { class: "framed" }, image);
  fillPicture(image, id, addresses, () => node.classList.add("lost"));
  return node;
}
