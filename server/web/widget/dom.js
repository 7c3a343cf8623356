// Elements, drawings and links: the only place that makes them, so that text
// stays text.

// `text` becomes a text node, `on...` a listener, all else an attribute.
export function make(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value == null) continue;
    if (name === 'text') element.textContent = value;
    else if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

export const DRAWINGS = {
  down: 'm6 9 6 6 6-6',
  send: 'M12 19V5m-6 6 6-6 6 6',
  end: 'M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4m7 14 5-5-5-5m5 5H9',
  lock: 'M6 11h12v9H6zm2.5 0V8a3.5 3.5 0 0 1 7 0v3',
  sent: 'm5 13 4 4L19 7',
  delivered: 'm2 13 4 4L16 7m-5 9 1 1L22 7',
  done: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-4 9 3 3 5-6',
  bot: 'M5 9h14v10H5zM12 9V5m-3 8v2m6-2v2M2 13v2m20-2v2',
  clip: 'm20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 5 5l-8.5 8.5a1.7 1.7 0 0 1-2.5-2.5L15 7',
  shield: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 4v5l3 2',
};

export function icon(name, marked = '') {
  const space = 'http://www.w3.org/2000/svg';
  const drawing = document.createElementNS(space, 'svg');
  drawing.setAttribute('viewBox', '0 0 24 24');
  drawing.setAttribute('aria-hidden', 'true');
  drawing.setAttribute('class', `icon ${marked}`);
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', DRAWINGS[name]);
  drawing.append(path);
  return drawing;
}

const dressed = {};

// The style sheet of what is loaded when somebody meets it; kept once here.
export function dress(name) {
  return dressed[name] ??= new Promise((done) => {
    document.head.append(make('link', {
      rel: 'stylesheet', href: `/web/widget/${name}.css`, onload: done,
      onerror: done,
    }));
  });
}

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
