import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import type { Modality } from "../manifest/model.js";
import { describeValue } from "../options/describe-value.js";
import type { AnyProvider } from "../pipeline/step-options.js";

/** The providers that a replay may use, as a list or under any names. */
export type Providers = readonly AnyProvider[] | Readonly<Record<string, AnyProvider>>;

/** The providers as a list; INVALID_OPTION when one is none. */
export function toProviderList(providers: unknown): readonly AnyProvider[] {
  if (typeof providers !== "object" || providers === null) throw wrong(providers);
  const list: readonly unknown[] = Object.values(providers);
  for (const provider of list) if (!isProvider(provider)) throw wrong(provider);
  return list.filter(isProvider);
}

/** The provider of a name that yields a modality; INVALID_OPTION naming it and those given. */
export function matchProvider(
  providers: readonly AnyProvider[],
  name: string,
  modality: Modality,
  step: string,
): AnyProvider {
  const found = providers.find((provider) => provider.name === name && provider.yields === modality);
  if (found !== undefined) return found;
  const given = providers.map((provider) => `${provider.name} (${provider.yields})`).join(", ") || "none";
  const advice = `Give it to replay(manifest, providers), or name another in options.overrides.`;
  const message = `Step "${step}" needs provider "${name}" for ${modality}, which was not given. ${advice} Given: ${given}.`;
  const hint = didYouMean(
    name,
    providers.map((provider) => provider.name),
  );
  throw new GenblazeError("INVALID_OPTION", message + hint, { details: { step, provider: name, modality } });
}

function isProvider(value: unknown): value is AnyProvider {
  if (typeof value !== "object" || value === null) return false;
  const has = (key: string, type: string) => typeof Reflect.get(value, key) === type;
  return has("name", "string") && has("yields", "string") && has("prepare", "function") && has("submit", "function");
}

function wrong(value: unknown): GenblazeError {
  const message = `replay(manifest, providers): a list or an object of providers is expected; ${describeValue(value)} was given.`;
  return new GenblazeError("INVALID_OPTION", message);
}
