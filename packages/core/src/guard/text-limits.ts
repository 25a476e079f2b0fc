import { z } from "zod";
import { utf8Length } from "../json/utf8-length.js";
import { checkOptions } from "../options/check-options.js";
import type { Guard, GuardVerdict, PromptCheck } from "./guard.js";
import { ALLOWED, reject } from "./verdicts.js";

export interface TextLimitsOptions {
  /**
   * Bytes in UTF-8 that one segment may have: the words between two blank lines, so a prompt, a negative prompt, the
   * text of an input, or a paragraph of them. @default 8192
   */
  readonly maxSegmentBytes?: number | undefined;
  /** Bytes in UTF-8 that all of them together may have, with the blank lines between. @default 32768 */
  readonly maxTotalBytes?: number | undefined;
}

const KIBIBYTE = 1024;
const bytes = z.int("a whole number of bytes is expected").min(1, "at least 1 is expected");
const optionsSchema = z.strictObject({ maxSegmentBytes: bytes.optional(), maxTotalBytes: bytes.optional() });

/**
 * Refuses words that are longer than a step should ever send, before a provider is paid for them. The defaults are
 * the limits of the Python library. INVALID_OPTION for a limit that is no whole number from 1.
 *
 * @example
 * textLimits({ maxTotalBytes: 4096 });
 */
export function textLimits(options: TextLimitsOptions = {}): Guard {
  const checked = checkOptions(optionsSchema, options, "textLimits(options)");
  const { maxSegmentBytes = 8 * KIBIBYTE, maxTotalBytes = 32 * KIBIBYTE } = checked;
  return {
    name: "text limits",
    checkPrompt: (check) => checkLengths(check, maxSegmentBytes, maxTotalBytes),
  };
}

function checkLengths({ text, texts }: PromptCheck, maxSegmentBytes: number, maxTotalBytes: number): GuardVerdict {
  const total = utf8Length(text);
  if (total > maxTotalBytes) {
    return reject(`The words have ${total} bytes in UTF-8; at most ${maxTotalBytes} are allowed.`);
  }
  const longest = texts.reduce((most, segment) => Math.max(most, utf8Length(segment)), 0);
  if (longest <= maxSegmentBytes) return ALLOWED;
  return reject(`One of the texts has ${longest} bytes in UTF-8; at most ${maxSegmentBytes} are allowed.`);
}
