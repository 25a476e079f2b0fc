import type { ErrorCode } from "../errors/error-codes.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { isConnectionLoss } from "../retry/is-connection-loss.js";

/**
 * What an error says of the target that it came from: `failure` counts against it, `busy` asks to wait, `answer` shows
 * that it is there and answers, `nothing` says nothing, like an abort or a fault of the caller's own.
 */
export type BreakerSign = "failure" | "busy" | "answer" | "nothing";

/** Codes that say something; every other one says nothing. */
const signs: Readonly<Partial<Record<ErrorCode, BreakerSign>>> = {
  SERVER_ERROR: "failure",
  TIMED_OUT: "failure",
  RATE_LIMITED: "busy",
  INVALID_INPUT: "answer",
  CONTENT_POLICY: "answer",
  AUTH_FAILED: "answer",
  MODEL_ERROR: "answer",
  OUTPUT_INVALID: "answer",
};

/** The sign of an error: by its code; a lost connection of whoever threw no error of ours is a failure. */
export function breakerSign(error: unknown): BreakerSign {
  // Whether the job was taken is not known; why, its cause says.
  if (GenblazeError.isInstance(error) && error.code === "SUBMIT_UNKNOWN") return breakerSign(error.cause);
  if (GenblazeError.isInstance(error) && error.code !== "UNEXPECTED") return signs[error.code] ?? "nothing";
  return isConnectionLoss(error) ? "failure" : "nothing";
}
