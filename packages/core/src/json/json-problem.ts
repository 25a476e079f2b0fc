import { GenblazeError } from "../errors/genblaze-error.js";

/** An `INVALID_JSON` error at a place of the text; never quotes the text itself. */
export function jsonProblem(index: number, expected: string, cause?: unknown): GenblazeError {
  return new GenblazeError(
    "INVALID_JSON",
    `This is not JSON: expected ${expected} at character ${index}. Check that the whole document was read, unchanged.`,
    { cause, details: { index, expected } },
  );
}
