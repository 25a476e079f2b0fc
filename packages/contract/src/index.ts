export { describeJournalContract, type JournalContractOptions } from "./journal-contract.js";
export {
  assertMediaLaw,
  describeMediaHandlerContract,
  type MediaHandlerContractOptions,
  type MediaSample,
} from "./media-handler-contract.js";
export { findLawBreach } from "./media-law.js";
export { describeProviderContract, type ProviderContractOptions } from "./provider-contract.js";
export { describeStorageContract, type StorageContractOptions } from "./storage-contract.js";
