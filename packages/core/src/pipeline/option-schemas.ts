import { z } from "zod";
import type { Guard } from "../guard/guard.js";
import { findNonJson } from "../json/find-non-json.js";
import type { JsonObject } from "../json/json-value.js";
import type { Runtime } from "../run/runtime.js";
import type { SchemaLike } from "./scope.js";

const longestTimeoutMs = 2_147_483_647; // what timers of Node and browsers can hold

const isWellFormed = (text: string) => text.isWellFormed();
const wellFormedText = "a text without half surrogate pairs is expected, since manifests are UTF-8";

/** Any text that a manifest can hold. */
export const text = z.string("a text is expected").refine(isWellFormed, wellFormedText);

/** The name of a step, a pipeline, a tenant. */
export const name = z
  .string("a name is expected")
  .min(1, "a name must not be empty")
  .max(200, "a name has at most 200 characters")
  .refine(isWellFormed, wellFormedText);

export const modelId = z
  .string("a model id is expected")
  .min(1, "a model id must not be empty")
  .refine(isWellFormed, wellFormedText);

/** A JSON object, checked to its leaves. */
export const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value) && findNonJson(value) === undefined,
  "a JSON object is expected",
);

/** A zod schema, or any other Standard Schema. */
export const schemaLike = z.custom<SchemaLike>(isSchema, "a zod schema (or other Standard Schema) is expected");

/** A time limit in milliseconds. */
export const timeoutMs = z
  .number("milliseconds are expected")
  .positive("more than 0 milliseconds are expected")
  .max(longestTimeoutMs, `at most ${longestTimeoutMs} milliseconds are expected`);

/** An object that has the given methods. */
export function objectWith<T>(...methods: readonly string[]) {
  const has = (value: object) => methods.every((method) => typeof Reflect.get(value, method) === "function");
  return z.custom<T>(
    (value) => typeof value === "object" && value !== null && has(value),
    `an object with ${methods.join(" and ")} is expected`,
  );
}

/** Guards in the order in which they are asked. */
export const guardList = z.array(
  z.custom<Guard>(isGuard, "a guard { name, checkPrompt, checkOutput } is expected"),
  "a list of guards is expected",
);

/** What `createRuntime` makes. */
export const runtime = objectWith<Runtime>("createId", "random");

function isGuard(value: unknown): boolean {
  if (typeof value !== "object" || value === null || typeof Reflect.get(value, "name") !== "string") return false;
  return ["checkPrompt", "checkOutput"].some((check) => typeof Reflect.get(value, check) === "function");
}

function isSchema(value: unknown): boolean {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  const standard: unknown = Reflect.get(value, "~standard");
  return typeof standard === "object" && standard !== null && typeof Reflect.get(standard, "validate") === "function";
}
