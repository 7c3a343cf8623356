/* Drawings that are made by script: elements, and text that fits its place. */

const SVG = "http://www.w3.org/2000/svg";
const measuring = document.createElement("canvas").getContext("2d");

/** An SVG element; `text` is its text, `on` its listeners, null is left out. */
export function svg(tag, props = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined) continue;
    if (name === "text") node.textContent = value;
    else if (name === "on") for (const [type, act] of Object.entries(value)) node.addEventListener(type, act);
    else node.setAttribute(name, String(value));
  }
  node.append(...children.filter(Boolean));
  return node;
}

/** One of the 24x24 drawings, at a place and of a size. */
export function stamp(drawn, { x, y, size, style }) {
  const inner = [...drawn.querySelectorAll("path")].map((path) => path.cloneNode());
  return svg("g", { class: style, transform: `translate(${x} ${y}) scale(${size / 24})`, "aria-hidden": "true" }, ...inner);
}

/** How many units wide `text` is in `font`. */
export function widthOf(text, font) {
  measuring.font = font;
  return measuring.measureText(text).width;
}

/** `text` in at most `most` lines of at most `width` units in `font`; the
 * first may have to be shorter. */
export function linesOf(text, { width, first = width, font, most }) {
  const wide = (part) => widthOf(part, font);
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (wide(longer) <= (lines.length === 1 ? first : width) || !lines.at(-1)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, most);
  let last = kept[most - 1];
  while (last && wide(`${last}…`) > width) last = last.slice(0, -1);
  kept[most - 1] = `${last.trimEnd()}…`;
  return kept;
}
