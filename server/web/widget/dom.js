// Elements: the only place that makes them, so that text stays text.

// `props.text` becomes a text node, `on...` a listener, `class` the class, and
// every other name an attribute; false and null leave the attribute out.
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

const DRAWINGS = {
  down: 'm6 9 6 6 6-6',
  send: 'M12 19V5m-6 6 6-6 6 6',
  end: 'M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4m7 14 5-5-5-5m5 5H9',
  lock: 'M6 11h12v9H6zm2.5 0V8a3.5 3.5 0 0 1 7 0v3',
  sent: 'm5 13 4 4L19 7',
  delivered: 'm2 13 4 4L16 7m-5 9 1 1L22 7',
  done: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-4 9 3 3 5-6',
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
