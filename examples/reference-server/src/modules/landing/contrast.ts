/** Least contrast of text that people can read. @see https://www.w3.org/TR/WCAG22/#contrast-minimum */
const LEAST_CONTRAST = 4.5;
const HEX = /^#[0-9a-f]{6}$/i;

/** Whether white text can be read on a colour, `#rrggbb`. */
export function carriesWhiteText(colour: string): boolean {
  return HEX.test(colour) && 1.05 / (luminance(colour) + 0.05) >= LEAST_CONTRAST;
}

/** A colour mixed with white until it stands out from a dark page. @returns `#rrggbb` */
export function onDark(colour: string): string {
  let share = 0;
  let mixed = colour;
  while ((luminance(mixed) + 0.05) / (DARK_LUMINANCE + 0.05) < LEAST_CONTRAST && share < 1) {
    share += 0.1;
    mixed = mix(colour, share);
  }
  return mixed;
}

/** Of the dark page, `#1a1d21`. */
const DARK_LUMINANCE = luminance("#1a1d21");

function channels(colour: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

/** Relative luminance, 0 … 1. @see https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function mix(colour: string, share: number): string {
  const parts = channels(colour).map((value) => Math.round(value + (255 - value) * share));
  return `#${parts.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
