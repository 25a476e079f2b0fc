import type { BudgetChange } from "../budget/budget-types.js";
import type { UnplacedEvent } from "./event-teller.js";

/** What a budget tells of, as an event of the run whose spending it was. */
export function budgetEvent(change: BudgetChange): UnplacedEvent {
  switch (change.type) {
    case "threshold": {
      const { scope, spentUsd, reservedUsd, capUsd, fraction } = change;
      return { type: "budget.threshold", scope, spentUsd, reservedUsd, capUsd, fraction };
    }
    case "overrun": {
      const { what, reservedUsd, spentUsd, overrunUsd } = change;
      return { type: "budget.overrun", what, reservedUsd, spentUsd, overrunUsd };
    }
    case "unknown":
      return { type: "budget.unknown", what: change.what, spentUsd: change.spentUsd };
  }
}
