/* The only file that makes elements.
 *
 * What people typed enters the page as text nodes and in no other way: no
 * markup is ever parsed here, so the page runs under Trusted Types with no
 * policy at all.
 */

const SVG = "http://www.w3.org/2000/svg";

/** An element: `props` are attributes, but `class`, `text`, `on` and booleans
 * mean what they say; children are nodes or strings, and null is skipped. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) give(node, name, value);
  node.append(...children.flat().filter((c) => c !== null && c !== undefined));
  return node;
}

function give(node, name, value) {
  if (value === null || value === undefined) return;
  if (name === "text") node.textContent = value;
  else if (name === "on") {
    for (const [type, act] of Object.entries(value)) {
      node.addEventListener(type, act);
    }
  } else if (typeof value === "boolean" && !name.startsWith("aria-")) {
    node.toggleAttribute(name, value);
  } else node.setAttribute(name, String(value));
}

/** Set the text only where it differs: a rewritten node is read aloud again. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function set(node, name, value) {
  const text = value === null || value === undefined ? null : String(value);
  if (node.getAttribute(name) === text) return;
  if (text === null) node.removeAttribute(name);
  else node.setAttribute(name, text);
}

/** A 24x24 drawing from path data; decorative, so hidden from readers. */
export function drawing(paths, name = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", name);
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/* What stands in a parent now, by key: elements stay the same while their
 * row lives, so focus, selection and animations survive an update. */
const standing = new WeakMap();

/** Make the children of `parent` those of `rows`, in order.
 *
 * `key(row)` tells rows apart, `make(row)` builds one, `update(node, row)`
 * brings one up to date. */
export function arrange(parent, rows, { key, make, update }) {
  const before = standing.get(parent) ?? new Map();
  const after = new Map();
  let place = parent.firstChild;
  for (const row of rows) {
    const id = key(row);
    const node = before.get(id) ?? make(row);
    before.delete(id);
    after.set(id, node);
    update?.(node, row);
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
  }
  for (const node of before.values()) node.remove();
  standing.set(parent, after);
}
