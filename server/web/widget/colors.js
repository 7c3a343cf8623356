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

export function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function mixed(hex, towards, share) {
  const other = channels(towards);
  return `#${channels(hex).map((part, at) =>
    Math.round(part + (other[at] - part) * share)
      .toString(16).padStart(2, '0')).join('')}`;
}

// Moves `hex` towards black or white until text of it is readable on `surface`.
function readable(hex, surface) {
  const towards = luminance(surface) > 0.5 ? '#000000' : '#ffffff';
  for (let share = 0; share < 1; share += 0.05) {
    const found = mixed(hex, towards, share);
    // 5.2, not 4.5: the same colour also stands on tinted surfaces.
    if (contrast(found, surface) >= 5.2) return found;
  }
  return towards;
}

// Returns the colours of a theme (`light` or `dark`) for a channel's colour.
export function palette(color, theme) {
  const accent = /^#[0-9a-f]{6}$/iu.test(color) ? color : DEFAULT;
  const ink = contrast(accent, '#ffffff') >= 4.5 ? '#ffffff' : '#101214';
  const surface = SURFACES[theme];
  return { accent, ink, surface, text: readable(accent, surface) };
}
