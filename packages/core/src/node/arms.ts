import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonValue } from "../json/json-value.js";
import type { Modality } from "../manifest/model.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import { describeValue } from "../options/describe-value.js";
import type { PipelineBody, PlainText } from "../pipeline/scope.js";
import type { Provider } from "../provider/provider.js";
import { isTarget } from "./assert-node.js";
import type { NodeBody, Target } from "./composite-node.js";
import { yieldsOf } from "./yields-of.js";

/** One of several that a node chooses from or runs side by side: a target, or a pipeline. */
export type Arm = Target | PipelineBody<Modality, Modality, unknown, never>;

/** What an arm yields. */
export type ArmYields<A> =
  A extends PipelineBody<infer M, Modality, unknown, never>
    ? M
    : A extends { readonly provider: { readonly yields: infer M } }
      ? Extract<M, Modality>
      : never;

/** What an arm takes. */
export type ArmAccepts<A> =
  A extends PipelineBody<Modality, infer M, unknown, never>
    ? M
    : A extends { readonly provider: Provider<Modality, infer M, unknown> }
      ? M
      : never;

/** What `from(...)` reads of an arm: the text of a target, the text or JSON of a pipeline. */
export type ArmValue<A> =
  A extends PipelineBody<Modality, Modality, infer V, never>
    ? V
    : A extends { readonly provider: { readonly yields: "text" } }
      ? PlainText
      : undefined;

/** What an arm reads under the name `input`. */
export type ArmInput<A> = A extends PipelineBody<Modality, Modality, unknown, infer In> ? In : undefined;

/**
 * The `input` of a step with arms: what those of its arms read that are pipelines with an input; else any JSON, for the
 * functions of its node.
 */
export type ArmsInput<Arms> = OpenInput<Exclude<ArmInput<Arms[keyof Arms]>, undefined>>;

type OpenInput<In> = [In] extends [never] ? JsonValue | undefined : unknown extends In ? JsonValue | undefined : In;

/** What the arms of a node yield and take together; INVALID_OPTION when there is none, WRONG_MODALITY when they differ. */
export function describeArms(
  arms: unknown,
  where: string,
): {
  readonly bodies: Readonly<Record<string, NodeBody>>;
  readonly yields: Modality;
  readonly accepts: readonly Modality[];
} {
  if (typeof arms !== "object" || arms === null || Array.isArray(arms) || Object.keys(arms).length === 0) {
    const came =
      typeof arms === "object" && arms !== null && !Array.isArray(arms)
        ? "an object without arms"
        : describeValue(arms);
    const message = `${where}: arms like { fast: { provider, model }, ... } are expected; ${came} was given. Give at least one arm.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  const entries = Object.entries(arms).map(([name, arm]): [string, NodeBody] => [
    checkName(name, where),
    checkArm(name, arm, where),
  ]);
  const facts = entries.map(([, body]) => factsOf(body));
  const yields = facts[0]?.yields ?? "image";
  const other = facts.findIndex((each) => each.yields !== yields);
  if (other !== -1) {
    const message = `${where}: all arms must yield the same, but "${entries[0]?.[0]}" yields ${yields} and "${entries[other]?.[0]}" ${facts[other]?.yields}.`;
    throw new GenblazeError("WRONG_MODALITY", message);
  }
  return {
    bodies: Object.freeze(Object.fromEntries(entries)),
    yields,
    accepts: [...new Set(facts.flatMap((each) => each.accepts))],
  };
}

const targetOptions = [
  "provider",
  "model",
  "prompt",
  "params",
  "providerOptions",
  "type",
  "timeoutMs",
  "metadata",
  "inputs",
] as const satisfies readonly (keyof Target)[];

function checkName(name: string, where: string): string {
  if (/^[\p{L}\p{N}_-]{1,100}$/u.test(name) && name !== "body") return name;
  const message = `${where}: the name of an arm has letters, digits, "-" and "_", and is not "body"; "${name}" was given.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

function checkArm(name: string, arm: unknown, where: string): NodeBody {
  if (typeof arm === "object" && arm !== null) {
    const definition: unknown = Reflect.get(arm, "definition");
    // The shapes are checked in full where the step is planned.
    if (typeof definition === "object" && definition !== null) return { definition } as NodeBody;
    const provider: unknown = Reflect.get(arm, "provider");
    if (typeof provider === "object" && provider !== null) {
      assertKnownOptions(arm, targetOptions, `${where}: arm "${name}"`);
      // As above.
      return arm as NodeBody;
    }
  }
  const message = `${where}: arm "${name}" must be { provider, model } or a pipeline; ${describeValue(arm)} was given.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

function factsOf(body: NodeBody): { readonly yields: Modality; readonly accepts: readonly Modality[] } {
  if (isTarget(body)) return body.provider;
  return { yields: yieldsOf(body.definition), accepts: body.definition.accepts };
}
