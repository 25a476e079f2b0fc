import { GenblazeError } from "../errors/genblaze-error.js";

/** The error of a template that cannot be read, or not be rendered with what was given; never shows a value. */
export function templateProblem(message: string): GenblazeError {
  return new GenblazeError("TEMPLATE_INVALID", message);
}
