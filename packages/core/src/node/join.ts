import { GenblazeError } from "../errors/genblaze-error.js";
import { quoteValue } from "../options/describe-value.js";
import type { JoinPolicy } from "../pipeline/definition.js";
import type { BodyOutcome } from "./composite-node.js";
import { errorOf } from "./output-of.js";

/** INVALID_OPTION for what is no policy. */
export function checkJoin(join: unknown, where: string): JoinPolicy {
  if (join === undefined || join === "all") return "all";
  if (join === "any") return "any";
  const atLeast: unknown = typeof join === "object" && join !== null ? Reflect.get(join, "atLeast") : undefined;
  if (typeof atLeast === "number" && Number.isInteger(atLeast) && atLeast >= 1) return { atLeast };
  throw new GenblazeError(
    "INVALID_OPTION",
    `${where}: option "join" must be "all", "any" or { atLeast: a whole number from 1 }; ${quoteValue(join)} was given.`,
  );
}

/** Throws when too few runs of a node's bodies ended well; those that were left out by choice do not count. */
export function assertEnough(outcomes: readonly BodyOutcome[], join: JoinPolicy, step: string, what: string): void {
  const wanted = outcomes.filter(({ state }) => state !== "skipped");
  const failed = wanted.filter(({ state }) => state !== "succeeded");
  const needed = join === "all" ? wanted.length : join === "any" ? Math.min(1, outcomes.length) : join.atLeast;
  const succeeded = wanted.length - failed.length;
  if (succeeded >= needed) return;
  const [first] = failed;
  const cause = first === undefined ? undefined : errorOf(first);
  const message =
    `Step "${step}": ${succeeded} of ${wanted.length} ${what} succeeded, and ${needed} are needed. ${cause?.message ?? ""}`.trim();
  throw new GenblazeError(cause?.code ?? "RUN_FAILED", message, { cause, details: { step, succeeded, needed } });
}
