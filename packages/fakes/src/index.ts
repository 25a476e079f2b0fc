export { createFakeClock, type FakeClock } from "./fake-clock.js";
export { createJobProvider, type JobBody, type JobProviderOptions } from "./job-provider/create-job-provider.js";
export { type Fault, JOB_FAULTS, type RetryAfter, type SpoiltBody } from "./job-vendor/fault.js";
export type { VendorKind } from "./job-vendor/job-book.js";
export type { JobRequest } from "./job-vendor/job-request.js";
export type { JobState, LedgerRow } from "./job-vendor/ledger.js";
export {
  type JobVendor,
  type JobVendorOptions,
  type RecordedCall,
  startJobVendor,
  type VendorCall,
} from "./job-vendor/start-job-vendor.js";
export {
  type ScriptedAnswer,
  type ScriptedCall,
  type ScriptedOptions,
  type ScriptedProvider,
  scriptedAsset,
  scriptedProvider,
} from "./scripted-provider.js";
