import { GenblazeError } from "@genblaze/core";

/** MEDIA_MALFORMED with a sentence that says what is wrong, and what to do about a file that is not whole. */
export function malformedMedia(problem: string): GenblazeError {
  return new GenblazeError("MEDIA_MALFORMED", `${problem} Get the file again from where it came.`);
}
