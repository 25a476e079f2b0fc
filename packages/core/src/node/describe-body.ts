import { describeValue } from "../options/describe-value.js";

/** What was given in place of a pipeline, and what to do; a provider alone has no step yet. */
export function describeBody(body: unknown): string {
  const isProvider = typeof body === "object" && body !== null && "submit" in body;
  return isProvider
    ? 'a provider was given. Make it a step of one: new Pipeline("name").step(provider, { model: "..." })'
    : `${describeValue(body)} was given. Give new Pipeline("name") with the steps that it runs`;
}
