/* Turns text into text nodes and links, without ever parsing markup.
 *
 * Only what is written out as http:// or https:// becomes a link, and only if
 * the browser's own parser agrees. An address with a user name in it
 * (https://shop.example@evil.example) stays text: it is made to deceive.
 */

import { el } from "./element.js";

const CANDIDATE = /https?:\/\/[^\s<>"'`\u200b-\u200f\u2028-\u202e\u2066-\u2069]+/giu;
const TRAILING = /[.,;:!?…]+$/u;

export function linked(text) {
  const parts = [];
  let done = 0;
  for (const { 0: found, index } of text.matchAll(CANDIDATE)) {
    const address = trimmed(found);
    if (!safe(address)) continue;
    if (index > done) parts.push(text.slice(done, index));
    parts.push(link(address));
    done = index + address.length;
  }
  if (done < text.length) parts.push(text.slice(done));
  return parts;
}

/* Punctuation behind an address belongs to the sentence, and so does a
 * bracket that was not opened inside the address. */
function trimmed(found) {
  let address = found.replace(TRAILING, "");
  while (address.endsWith(")") && !address.includes("(")) {
    address = address.slice(0, -1).replace(TRAILING, "");
  }
  return address;
}

function safe(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  const web = url.protocol === "https:" || url.protocol === "http:";
  return web && url.hostname !== "" && !url.username && !url.password;
}

const link = (address, text = address) =>
  el("a", {
    href: address,
    target: "_blank",
    rel: "noopener noreferrer nofollow",
    text,
  });

/** A link that reads `text`; only the text if it leads nowhere good. */
export const linkTo = (address, text) =>
  safe(address) ? link(address, text) : text;
