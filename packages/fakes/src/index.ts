export { createFakeClock, type FakeClock } from "./fake-clock.js";
export {
  type ScriptedAnswer,
  type ScriptedCall,
  type ScriptedOptions,
  type ScriptedProvider,
  scriptedAsset,
  scriptedProvider,
} from "./scripted-provider.js";
