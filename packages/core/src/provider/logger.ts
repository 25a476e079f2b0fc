import type { JsonObject } from "../json/json-value.js";

/** Where the SDK reports what a person may want to know. No secret is ever passed in. */
export interface Logger {
  debug(message: string, facts?: JsonObject): void;
  info(message: string, facts?: JsonObject): void;
  warn(message: string, facts?: JsonObject): void;
}

/** A logger that keeps quiet. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {} };
