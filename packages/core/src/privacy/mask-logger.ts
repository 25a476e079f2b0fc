import type { Logger } from "../provider/logger.js";
import type { Mask } from "./mask.js";

/** A logger that takes private texts out of what it is told. */
export function maskLogger(logger: Logger, mask: Mask): Logger {
  return {
    debug: (message, facts) => logger.debug(mask.text(message), mask.json(facts)),
    info: (message, facts) => logger.info(mask.text(message), mask.json(facts)),
    warn: (message, facts) => logger.warn(mask.text(message), mask.json(facts)),
  };
}
