import type { Fault } from "../../../fakes/src/index.js";

/** Whether a submit that meets this fault leaves open if it was taken. */
export function isAmbiguous(fault: Fault): boolean {
  switch (fault.kind) {
    case "fate":
      return false;
    case "status":
      // Too many requests, or an outage that says when to come back, was surely not taken.
      return fault.status >= 500 && fault.retryAfter === undefined;
    case "reset":
    case "hang":
    case "body":
      return true;
  }
}
