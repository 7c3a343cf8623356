// Links in a message: text in, text nodes and safe anchors out.
import { make } from './dom.js';

const ADDRESS = /https:\/\/[^\s<>"'`]+/giu;
const TRAILING = /[.,;:!?…'*_~]+$/u;

// A closing bracket belongs to the address only if it was opened inside it.
function trimmed(found) {
  let address = found.replace(TRAILING, '');
  for (const [opening, closing] of ['()', '[]', '{}']) {
    while (address.endsWith(closing)
      && address.split(closing).length > address.split(opening).length) {
      address = address.slice(0, -1).replace(TRAILING, '');
    }
  }
  return address;
}

// Names before an `@` make an address lie about where it leads: no link.
function safe(address) {
  try {
    const { protocol, username, password, hostname } = new URL(address);
    return protocol === 'https:' && !username && !password
      && hostname.includes('.');
  } catch {
    return false;
  }
}

// Returns the nodes that show `text`, with its https addresses clickable.
export function linked(text) {
  const nodes = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = trimmed(found);
    if (!safe(address)) continue;
    nodes.push(text.slice(from, index), make('a', {
      href: address, text: address, target: '_blank',
      rel: 'noopener noreferrer', referrerpolicy: 'no-referrer',
    }));
    from = index + address.length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== '');
}
