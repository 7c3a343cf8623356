/* The data map as a picture: homes are regions, record types cards in them.
 *
 * A card keeps its place for as long as the picture stands: `update` changes
 * what it says. Only another width lays the picture out anew, and then focus
 * goes back to the card that had it.
 */

import { icon } from "./icons.js";
import { linesOf, stamp, svg } from "./svg.js";
import { sentence } from "./privacy_words.js";

const GAP = 10;
const PAD = 14;
const HEAD = 58;
const LANE = 26;
const CARD = { least: 172, height: 84, wide: 240, low: 66 };
/* Lanes part cards where there are many; two cards tell by their colour. */
const WORTH_LANES = 4;
const NARROW = 720;
const FONT = '600 13px Inter, system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

/* Where things live, and what is to be known of that, in the order in which
 * they stand; where there is room, `place` says on which side or in the row
 * below the database. */
const HOMES = [
  { home: "memory only", name: "Memory", says: "Gone with the session, or a restart", mark: "fly", place: "side" },
  { home: "key file", name: "Key file", says: "Overwritten in place, before all else", mark: "key", place: "side" },
  { home: "database", name: "Database", says: "One file. What is sealed opens only with a key from the key file", mark: "map", place: "middle" },
  { home: "blobs", name: "Files", says: "Sealed, each a file", mark: "file", place: "below" },
  { home: "log stream", name: "Log", says: "Leaves the server at once", mark: "audit", place: "below" },
  { home: "settings file", name: "Settings file", says: "The operator's", mark: "sliders", place: "below" },
  { home: "nowhere", name: "Nowhere", says: "Passed on, kept by nobody", mark: "away", place: "below" },
];

const LANES = [["ephemeral", "Goes with a conversation"], ["operational", "Belongs to the account"]];

/** What a card says to those who listen. */
export function spoken(place) {
  const count = place.count === null ? "not counted" : `${place.count.toLocaleString()} held`;
  return [
    sentence(place.name), count,
    place.overdue ? `${place.overdue.toLocaleString()} overdue` : null,
    place.sensitivity === "sensitive" ? "sensitive" : null,
    place.encrypted ? "encrypted" : null,
  ].filter(Boolean).join(", ");
}

/** The picture of `places`; `open(name)` is called for a card. */
export function drawingOf(places, open) {
  const root = svg("svg", { class: "map", role: "group", "aria-label": "The data map: where each record type lives, and how much of it there is" });
  let now = new Map(places.map((one) => [one.name, one]));
  /* The fullest first, and so it stays while the picture is looked at. */
  const order = [...places].sort((a, b) => (b.count ?? 0) - (a.count ?? 0)).map(({ name }) => name);
  const cards = new Map();
  let drawnAt = 0;

  function layOut(width) {
    if (!width || width === drawnAt) return;
    drawnAt = width;
    const focused = document.activeElement?.closest?.("[data-card]")?.dataset.card;
    cards.clear();
    const regions = HOMES
      .map((home) => ({ ...home, names: order.filter((name) => now.get(name).home === home.home) }))
      .filter(({ names }) => names.length > 0);
    const { nodes, height } = width < NARROW ? stacked(regions, width) : beside(regions, width);
    root.setAttribute("viewBox", `0 0 ${width} ${height}`);
    root.setAttribute("width", width);
    root.setAttribute("height", height);
    root.replaceChildren(...nodes);
    draw();
    if (focused) cards.get(focused)?.node.focus();
  }

  function stacked(regions, width) {
    let y = 1;
    const nodes = regions.map((region) => {
      const { node, height } = regionOf(region, { x: 1, y, width: width - 2 });
      y += height + GAP + 4;
      return node;
    });
    return { nodes, height: y };
  }

  function beside(regions, width) {
    const gap = GAP + 4;
    const narrow = Math.max(230, Math.min(300, Math.round(width * 0.25)));
    const wide = width - narrow - gap - 2;
    const right = narrow + gap + 1;
    const nodes = [];
    const put = (region, place) => {
      const made = regionOf(region, place);
      nodes.push(made.node);
      return made.height + gap;
    };
    const at = (place) => regions.filter((one) => one.place === place);
    let left = 1;
    for (const one of at("side")) left += put(one, { x: 1, y: left, width: narrow });
    let middle = 1;
    for (const one of at("middle")) middle += put(one, { x: right, y: middle, width: wide });
    const row = at("below");
    const each = (wide - (row.length - 1) * gap) / row.length;
    const ends = row.map((one, n) => put(one, { x: right + n * (each + gap), y: middle, width: each }));
    return { nodes, height: Math.max(left, middle + Math.max(0, ...ends)) };
  }

  function regionOf({ home, name, says, mark, names }, { x, y, width }) {
    const inside = width - 2 * PAD;
    const columns = Math.max(1, Math.floor((inside + GAP) / (CARD.least + GAP)));
    const card = (inside - (columns - 1) * GAP) / columns;
    const tall = card >= CARD.wide ? CARD.low : CARD.height;
    const parted = LANES
      .map(([group, title]) => [title, names.filter((one) => now.get(one).group === group)])
      .filter(([, found]) => found.length > 0);
    const lanes = names.length < WORTH_LANES ? [["", names]] : parted;
    const lines = linesOf(says, { width: inside - 40, font: FONT.replace("600 13px", "12.5px"), most: 2 });
    const parts = [];
    let at = HEAD + (lines.length - 1) * 16;
    for (const [title, found] of lanes) {
      if (lanes.length > 1) {
        parts.push(svg("text", { class: "map-lane", x: PAD, y: at + 12, text: title }));
        at += LANE;
      }
      found.forEach((one, n) => {
        parts.push(cardOf(one, {
          x: PAD + (n % columns) * (card + GAP),
          y: at + Math.floor(n / columns) * (tall + GAP),
          width: card,
          height: tall,
        }));
      });
      at += Math.ceil(found.length / columns) * (tall + GAP) + 6;
    }
    const height = at - 6 - GAP + PAD;
    const node = svg("g", { class: "map-home", "data-home": home, role: "group", "aria-label": `${name}. ${says}`, transform: `translate(${x} ${y})` },
      svg("rect", { class: "map-region", width, height, rx: 16 }),
      stamp(icon(mark), { x: PAD + 2, y: 17, size: 24, style: "map-mark" }),
      svg("text", { class: "map-name", x: PAD + 38, y: 27, text: name }),
      ...lines.map((line, n) => svg("text", { class: "map-says", x: PAD + 38, y: 44 + n * 16, text: line })),
      ...parts);
    return { node, height };
  }

  function cardOf(name, { x, y, width, height }) {
    const place = now.get(name);
    const marks = (place.encrypted ? 20 : 0) + 26;
    const lines = linesOf(sentence(name), {
      width: width - 28, first: width - marks - 14, font: FONT, most: height === CARD.low ? 1 : 2,
    });
    const count = svg("text", { class: "map-count", x: 14, y: height - 20 });
    const late = svg("text", { class: "map-late", x: width - 12, y: height - 20, "text-anchor": "end" });
    const fill = svg("rect", { class: "map-fill", x: 14, y: height - 11, height: 3, rx: 1.5 });
    const title = svg("title");
    const act = () => open(name);
    const node = svg("g", {
      class: "map-card", role: "button", tabindex: 0, "data-card": name, "data-group": place.group,
      transform: `translate(${x} ${y})`,
      on: {
        click: act,
        keydown(event) {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          act();
        },
      },
    },
    title,
    svg("rect", { class: "map-box", width, height, rx: 10 }),
    ...lines.map((line, n) => svg("text", { class: "map-title", x: 14, y: 22 + n * 16, text: line })),
    place.encrypted ? stamp(icon("lock"), { x: width - 26, y: 9, size: 16, style: "map-lock" }) : null,
    place.sensitivity === "sensitive"
      ? svg("circle", { class: "map-sensitive", cx: width - (place.encrypted ? 35 : 18), cy: 17.5, r: 4.5 })
      : null,
    svg("rect", { class: "map-track", x: 14, y: height - 11, width: width - 28, height: 3, rx: 1.5 }),
    count, late, fill);
    cards.set(name, { node, count, late, fill, title, room: width - 28 });
    return node;
  }

  /* Logarithms: one message must show beside a million. */
  const share = (count, most) => count ? Math.max(0.04, Math.log1p(count) / Math.log1p(most)) : 0;

  function draw() {
    const most = Math.max(10, ...[...now.values()].map(({ count }) => count ?? 0));
    for (const [name, card] of cards) {
      const place = now.get(name);
      card.count.textContent = place.count === null ? "not counted" : place.count.toLocaleString();
      card.late.textContent = place.overdue ? `${place.overdue.toLocaleString()} overdue` : "";
      card.fill.setAttribute("width", card.room * share(place.count ?? 0, most));
      card.title.textContent = place.what;
      card.node.setAttribute("aria-label", spoken(place));
      card.node.toggleAttribute("data-empty", !place.count);
      card.node.toggleAttribute("data-late", place.overdue > 0);
    }
  }

  return {
    node: root,
    layOut,
    update(after) {
      now = new Map(after.map((one) => [one.name, one]));
      draw();
    },
    focus: (name) => cards.get(name)?.node.focus(),
  };
}
