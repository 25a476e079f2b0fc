import type { Guard, GuardVerdict, OutputCheck, PromptCheck } from "../../src/guard/guard.js";
import { worker } from "./graph-support.js";

/** A writer that gives these answers in turn, the last one again and again. */
export function writer(...answers: readonly string[]) {
  return worker({
    name: "writer",
    yields: "text",
    give: (_, call) => ({ text: answers[Math.min(call, answers.length - 1)] ?? "", costUsd: 0.01 }),
  });
}

/** A painter that may be given pictures. */
export const painter = () => worker({ name: "painter", yields: "image", accepts: ["image"] });

/** A guard that can be asked what it was shown. */
export interface Watching extends Guard {
  readonly prompts: PromptCheck[];
  readonly outputs: OutputCheck[];
}

/** A guard that remembers what it was shown, and says what it is told to. */
export function watch(
  verdicts: { readonly prompt?: GuardVerdict; readonly outputs?: readonly GuardVerdict[] } = {},
): Watching {
  const prompts: PromptCheck[] = [];
  const outputs: OutputCheck[] = [];
  return {
    name: "watch",
    prompts,
    outputs,
    checkPrompt(check) {
      prompts.push(check);
      return verdicts.prompt ?? { allowed: true };
    },
    checkOutput(check) {
      outputs.push(check);
      return verdicts.outputs?.[outputs.length - 1] ?? { allowed: true };
    },
  };
}

/** A verdict that refuses. */
export const no = (reason: string, ...categories: string[]): GuardVerdict => ({ allowed: false, reason, categories });
