/** A thing that is drawn, in the colours of a light and of a dark page. */
interface Tint {
  readonly light: string;
  readonly dark: string;
}

/**
 * The colours of charts. Those of the phases are from the palette of Okabe and Ito (2008), which stays apart under the
 * common kinds of colour blindness; the phases differ in height too, so none is told by its colour alone.
 */
export const TINTS = {
  page: { light: "#ffffff", dark: "#16181c" },
  text: { light: "#1b1d21", dark: "#e8e9ec" },
  muted: { light: "#5c6169", dark: "#a3a8b0" },
  grid: { light: "#e4e5e8", dark: "#2f333a" },
  queued: { light: "#a9adb5", dark: "#6d737e" },
  waiting: { light: "#cc79a7", dark: "#d995ba" },
  submit: { light: "#e69f00", dark: "#e69f00" },
  provider: { light: "#0072b2", dark: "#3a9ad9" },
  failed: { light: "#d55e00", dark: "#f0813a" },
  transfer: { light: "#009e73", dark: "#35c79b" },
} as const satisfies Readonly<Record<string, Tint>>;

export type TintName = keyof typeof TINTS;

/** The attributes that fill a shape; readable without the style sheet too, in the colours of a light page. */
export function fillWith(name: TintName): string {
  return `class="gb-${name}" fill="${TINTS[name].light}"`;
}

/** The attributes that draw a shape's line and leave it empty. */
export function strokeWith(name: TintName): string {
  return `class="gb-${name}-line" fill="none" stroke="${TINTS[name].light}"`;
}

/** The style sheet that turns charts dark where the reader's system is. Always the same text. */
export function chartStyle(): string {
  const rules = Object.entries(TINTS).map(
    ([name, { dark }]) => `.gb-${name}{fill:${dark}}.gb-${name}-line{stroke:${dark}}`,
  );
  return `@media (prefers-color-scheme:dark){${rules.join("")}}`;
}
