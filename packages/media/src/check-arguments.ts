import { GenblazeError } from "@genblaze/core";
import type { EmbedPolicy } from "@genblaze/core/manifest";
import { assertKnownOptions } from "@genblaze/core/provider";

/** What an option must be: its words in the message, and the check. */
interface OptionRule {
  readonly expected: string;
  readonly isValid: (value: unknown) => boolean;
}

const POLICY_RULES: Readonly<Record<keyof EmbedPolicy, OptionRule>> = {
  promptVisibility: oneOf("public", "private", "redacted", "encrypted"),
  embedMode: oneOf("full", "pointer", "none"),
  includeParams: { expected: "true or false", isValid: isBoolean },
  includeSeed: { expected: "true or false", isValid: isBoolean },
};

const RULES = {
  output: { expected: "a path", isValid: isPath },
  mediaType: { expected: 'a media type such as "video/mp4"', isValid: (value) => typeof value === "string" },
  sha256: { expected: "true or false", isValid: isBoolean },
  signal: { expected: "an AbortSignal", isValid: (value) => isObject(value) && "aborted" in value },
  policy: { expected: "an object", isValid: isObject },
  keys: { expected: "a JWK set, a JWK or a list of JWKs", isValid: isObject },
  inPlace: { expected: "true or false", isValid: isBoolean },
} as const satisfies Readonly<Record<string, OptionRule>>;

/** An option that some function of this package takes. */
type OptionName = keyof typeof RULES;

/** INVALID_OPTION for options that `where` does not take or that are of another kind; nothing was touched by then. */
export function checkOptions(options: unknown, known: readonly OptionName[], where: string): void {
  assertKnownOptions(options, known, where);
  for (const name of known) checkOption(options, name, RULES[name], where);
}

/** INVALID_OPTION for a policy with a name or a value that does not exist; `undefined` is no policy. */
export function checkPolicy(policy: unknown, where: string): void {
  if (policy === undefined) return;
  assertKnownOptions(policy, Object.keys(POLICY_RULES), `${where}, policy`);
  for (const [name, rule] of Object.entries(POLICY_RULES)) checkOption(policy, name, rule, `${where}, policy`);
}

/** INVALID_OPTION unless the media is a path or bytes. */
export function checkMedia(media: unknown, where: string): void {
  if (media instanceof Uint8Array || isPath(media)) return;
  throw invalid(where, "the media file", "a path or a Uint8Array", media);
}

/** INVALID_OPTION unless the media is a path. */
export function checkPath(file: unknown, where: string): void {
  if (!isPath(file)) throw invalid(where, "the media file", "a path", file);
}

/** INVALID_OPTION unless the media is bytes. */
export function checkBytes(bytes: unknown, where: string): void {
  if (!(bytes instanceof Uint8Array)) throw invalid(where, "the media", "a Uint8Array", bytes);
}

/** INVALID_OPTION for what is no manifest. Asked by its method, as the class may come from a second copy of core. */
export function checkManifestArgument(manifest: unknown, where: string): void {
  if (isObject(manifest) && typeof Reflect.get(manifest, "toCanonicalJson") === "function") return;
  throw invalid(where, "the manifest", "a Manifest (result.manifest, or what parseManifest gives)", manifest);
}

function checkOption(options: unknown, name: string, rule: OptionRule, where: string): void {
  const value: unknown = isObject(options) ? Reflect.get(options, name) : undefined;
  if (value !== undefined && !rule.isValid(value)) throw invalid(where, `option "${name}"`, rule.expected, value);
}

function invalid(where: string, name: string, expected: string, value: unknown): GenblazeError {
  const message = `${where}: ${expected} is expected for ${name}; ${kindOf(value)} was given.`;
  return new GenblazeError("INVALID_OPTION", message);
}

function oneOf(...values: readonly string[]): OptionRule {
  const expected = `one of ${values.map((value) => `"${value}"`).join(", ")}`;
  return { expected, isValid: (value) => typeof value === "string" && values.includes(value) };
}

/** Names a value's kind without its content. */
function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (value === "") return "an empty text";
  if (typeof value === "function") return "a function";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function isPath(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isBoolean(value: unknown): boolean {
  return typeof value === "boolean";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
