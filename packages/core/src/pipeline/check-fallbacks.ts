import { GenblazeError } from "../errors/genblaze-error.js";
import { assertNoSecret } from "./assert-no-secret.js";
import { checkParams } from "./check-params.js";
import { assertProvider } from "./check-provider.js";
import type { ProviderStep } from "./definition.js";
import { DEFAULT_FALLBACK_ON, type Fallback } from "./fallback.js";
import { isReference } from "./reference.js";
import type { ProviderStepOptions } from "./step-option-schemas.js";
import type { AnyProvider } from "./step-options.js";

const noFallbacks: readonly Fallback[] = [];

/** Checks who else is asked for a step: INVALID_OPTION, WRONG_MODALITY. */
export function checkFallbacks(
  checked: ProviderStepOptions,
  own: AnyProvider,
  key: string,
): Pick<ProviderStep, "fallbacks" | "fallbackOn" | "hedge"> {
  const { fallbackOn = DEFAULT_FALLBACK_ON, hedge } = checked;
  const isPrivate = checked.promptVisibility !== undefined;
  const fallbacks = checked.fallbacks?.map((given, place) => {
    const where = `Step "${key}", fallback ${place + 1}`;
    const { provider = own, model, params = {}, providerOptions } = given;
    assertProvider(provider, where);
    if (provider.yields !== own.yields) throw wrongModality(where, provider, own);
    assertNoSecret({ providerOptions: providerOptions ?? {} }, key);
    assertSettled(params, where);
    const kept = { ...undefinedOf(params), ...checkParams(params, key, isPrivate) };
    return Object.freeze({
      provider,
      model,
      params: kept,
      providerOptions: providerOptions ?? ownWords(provider, own),
    });
  });
  if (hedge !== undefined && fallbacks?.length === undefined) throw nobodyToHedge(key);
  return {
    fallbacks: fallbacks ?? noFallbacks,
    fallbackOn,
    hedge: hedge && { afterMs: hedge.afterMs, observed: hedge.observed ?? false },
  };
}

/** Another model of one provider is told the same; another provider has other words. */
function ownWords(provider: AnyProvider, own: AnyProvider): Fallback["providerOptions"] {
  return provider === own ? undefined : {};
}

/** What is read of other steps stands in the step, for all who can do it. */
function assertSettled(params: Readonly<Record<string, unknown>>, where: string): void {
  const computed = Object.keys(params).find((name) => isReference(params[name]));
  if (computed === undefined) return;
  const message = `${where}: option "params.${computed}" must be JSON; from(...) was given. Compute it in the step's own params, which all its targets get.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

/** The parameters of the step that this one shall not have. */
function undefinedOf(params: Readonly<Record<string, unknown>>): Readonly<Record<string, undefined>> {
  const names = Object.keys(params).filter((name) => params[name] === undefined);
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

function wrongModality(where: string, provider: AnyProvider, own: AnyProvider): GenblazeError {
  const message = `${where}: ${provider.name} yields ${provider.yields}, but ${own.name} yields ${own.yields}. All who are asked for a step yield the same.`;
  return new GenblazeError("WRONG_MODALITY", message);
}

function nobodyToHedge(key: string): GenblazeError {
  const message = `Step "${key}": option "hedge" asks a second target when the first is slow, but there is none. Give the step \`fallbacks\`; the same provider and model may be one of them.`;
  return new GenblazeError("INVALID_OPTION", message, { details: { step: key } });
}
