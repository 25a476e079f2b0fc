import { GenblazeError } from "../errors/genblaze-error.js";
import { type CappedAccount, standOf } from "./account.js";
import { CAP_OPTIONS } from "./budget-options.js";
import type { BudgetRequest, BudgetScope } from "./budget-types.js";
import { fromNanoUsd } from "./nano-usd.js";

/** The error for a call that costs more than a cap has left. */
export function budgetExceeded(account: CappedAccount, asked: bigint, what: string): GenblazeError {
  const { scope, key, spentUsd, reservedUsd } = standOf(account);
  const { amount } = account.cap;
  const left = amount - account.spent - account.reserved;
  const [capUsd, askedUsd, leftUsd] = [amount, asked, left > 0n ? left : 0n].map(fromNanoUsd);
  const message = [
    `${what} may cost ${askedUsd} USD, and the budget ${places[scope](key)} (${names[scope]}) has ${leftUsd} USD left:`,
    `it is ${capUsd} USD, of which ${spentUsd} USD are spent and ${reservedUsd} USD are reserved by calls under way.`,
    `The call was not made. ${advice[scope]}`,
  ];
  const details = { scope, key, capUsd: fromNanoUsd(amount), spentUsd, reservedUsd, askedUsd: fromNanoUsd(asked) };
  return new GenblazeError("BUDGET_EXCEEDED", message.join(" "), { details });
}

/** The error for a call of unknown price. */
export function priceUnknown({ what, reason }: BudgetRequest): GenblazeError {
  const because = reason === undefined ? "" : ` (${reason})`;
  const message = `What ${what} may cost is not known${because}, and there is a budget, so the call was not made. Give its model a price with createRuntime({ prices }), or say what to assume: createRuntime({ budget: { assumeUsd } }).`;
  return new GenblazeError("PRICE_UNKNOWN", message);
}

/** A run may have a cap of its own beside that of all runs. */
const names: Readonly<Record<BudgetScope, string>> = { ...CAP_OPTIONS, run: "perRunUsd, or budgetUsd of the run" };

const places: Readonly<Record<BudgetScope, (key: string) => string>> = {
  run: (key) => `of run "${key}"`,
  tenant: (key) => `of tenant "${key}"`,
  tenantDay: (key) => `of tenant "${key.slice(key.indexOf("/") + 1)}" for ${key.slice(0, key.indexOf("/"))} (UTC)`,
  day: (key) => `of all runs for ${key} (UTC)`,
  total: () => "of all runs",
};

const advice: Readonly<Record<BudgetScope, string>> = {
  run: "Raise that, or choose cheaper models, and resume the run.",
  tenant: "Raise perTenantUsd, or choose cheaper models, and resume the run.",
  tenantDay: "Resume the run on the next day, or raise perTenantDayUsd.",
  day: "Resume the run on the next day, or raise perDayUsd.",
  total: "Raise totalUsd, or choose cheaper models, and resume the run.",
};
