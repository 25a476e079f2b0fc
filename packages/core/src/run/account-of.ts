import type { ProviderStep } from "../pipeline/definition.js";

/** Whose limits and bill a step's calls are. */
export function accountOf({ provider }: Pick<ProviderStep, "provider">): string {
  return provider.account ?? provider.name;
}
