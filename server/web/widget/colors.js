// The channel's colour, made readable: WCAG contrast decides, not taste.

const SURFACES = { light: '#ffffff', dark: '#17191d' };
const DEFAULT = '#0b6e4f';

const channels = (hex) =>
  [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

function luminance(hex) {
  const [r, g, b] = channels(hex).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function mixed(hex, towards, share) {
  const other = channels(towards);
  return `#${channels(hex).map((part, at) =>
    Math.round(part + (other[at] - part) * share)
      .toString(16).padStart(2, '0')).join('')}`;
}

function readable(hex, surface) {
  const towards = luminance(surface) > 0.5 ? '#000000' : '#ffffff';
  for (let share = 0; share < 1; share += 0.05) {
    const found = mixed(hex, towards, share);
    // 5.2, not 4.5: the same colour also stands on tinted surfaces.
    if (contrast(found, surface) >= 5.2) return found;
  }
  return towards;
}

// Dresses the document; returns what the launcher wears.
export function wear(color, wished) {
  const accent = /^#[0-9a-f]{6}$/iu.test(color) ? color : DEFAULT;
  const ink = contrast(accent, '#ffffff') >= 4.5 ? '#ffffff' : '#101214';
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const put = () => {
    const theme = wished in SURFACES ? wished : dark.matches ? 'dark' : 'light';
    const surface = SURFACES[theme];
    const { dataset, style } = document.documentElement;
    dataset.theme = theme;
    style.setProperty('--accent', accent);
    style.setProperty('--ink', ink);
    style.setProperty('--accent-text', readable(accent, surface));
    return { '--c': accent, '--i': ink, '--s': surface };
  };
  dark.onchange = put;
  return put();
}
