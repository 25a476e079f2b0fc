import type { PricingStrategy } from "@genblaze/core/pricing";

/** What is rendered on this machine is billed by nobody. */
export const free: PricingStrategy = () => ({ usd: 0, unit: "request", quantity: 1 });
