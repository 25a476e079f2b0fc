/** A text and the place where reading goes on. */
export interface JsonCursor {
  readonly text: string;
  index: number;
}
