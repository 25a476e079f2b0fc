import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Asset, Modality } from "../manifest/model.js";
import type { CallContext } from "../provider/call-context.js";
import type { InputAsset } from "../provider/provider.js";

/** What a guard says of words or of an output. */
export type GuardVerdict =
  | {
      readonly allowed: true;
      /** Something that nobody could look at, like a sound in a format that cannot be decoded here; a warning of the step. */
      readonly notChecked?: string;
    }
  | {
      readonly allowed: false;
      /** Why, for people and manifests; it must not quote a private prompt. */
      readonly reason: string;
      readonly categories?: readonly string[];
    };

interface GuardCheck extends Omit<CallContext, "onProgress"> {
  /** The step's full name. */
  readonly step: string;
  readonly provider: string;
  readonly model: string;
  readonly yields: Modality;
  readonly params: JsonObject;
  /** Whether the words are private: then nothing but the guard may see them. */
  readonly isPrivate: boolean;
}

/** What a step is about to send. */
export interface PromptCheck extends GuardCheck {
  /** Prompt, negative prompt and the texts of its inputs, those that there are. */
  readonly texts: readonly string[];
  /** The same with a blank line between; empty when only `params` hold texts. */
  readonly text: string;
  readonly inputs: readonly InputAsset[];
}

/** One asset that a step made. */
export interface OutputPart {
  readonly asset: Asset;
  /** Its bytes; undefined when only a URL is known. */
  read(): Promise<Uint8Array | undefined>;
}

/** What a step has made. */
export interface OutputCheck extends GuardCheck {
  readonly prompt: string | undefined;
  readonly assets: readonly OutputPart[];
  /** Of a step that yields text. */
  readonly text: string | undefined;
  /** Of a step with an output schema. */
  readonly json: JsonValue | undefined;
}

/**
 * Looks at what goes into a step, or at what comes out of it. Prompts are checked before anything is spent; outputs
 * after they were written down, since they were paid for. A guard that throws fails the step: what could not be
 * checked is not let through.
 */
export interface Guard {
  /** For people and manifests. */
  readonly name: string;
  /** Full names of the only steps that it looks at; `plan` warns of one that no step can have. @default all */
  readonly onlySteps?: readonly string[];
  checkPrompt?(check: PromptCheck): GuardVerdict | Promise<GuardVerdict>;
  checkOutput?(check: OutputCheck): GuardVerdict | Promise<GuardVerdict>;
}
