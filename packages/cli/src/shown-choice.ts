/** One thing that may be chosen, and the file where it can be looked at. */
export interface ShownChoice {
  readonly text: string;
  readonly path: string | undefined;
}

/** One line for each thing that may be chosen, with its number. */
export function linesOf(choices: readonly ShownChoice[]): readonly string[] {
  return choices.map(({ text, path }, index) => `  ${index}  ${text}${path === undefined ? "" : `  ${path}`}`);
}
