import fc from "fast-check";
import { z } from "zod";
import {
  fanOut,
  from,
  loop,
  map,
  Pipeline,
  type PipelineData,
  type Provider,
  route,
  type StepData,
} from "../../src/index.js";
import type { JoinPolicy } from "../../src/pipeline/definition.js";

/** What steps of all kinds say of their place in a random graph; sources are places of earlier steps. */
interface CommonSpec {
  readonly inputs: readonly number[];
  readonly takesGiven: boolean;
  readonly after: readonly number[];
  readonly when: boolean | undefined;
  readonly optional: boolean;
  readonly join: JoinPolicy;
}

/** An arm of a route or a fan-out: a target, or a pipeline. */
export type ArmSpec = "target" | ScopeSpec;

export type StepSpec = CommonSpec &
  (
    | { readonly kind: "step" }
    | { readonly kind: "map"; readonly items: number; readonly enough: JoinPolicy; readonly body: ScopeSpec }
    | { readonly kind: "fan-out"; readonly enough: JoinPolicy; readonly arms: readonly ArmSpec[] }
    | { readonly kind: "route"; readonly taken: number; readonly arms: readonly ArmSpec[] }
    | { readonly kind: "loop"; readonly passAt: number; readonly body: ScopeSpec }
    | { readonly kind: "pipeline"; readonly body: ScopeSpec }
  );

export type ScopeSpec = readonly StepSpec[];

export const nameOf = (place: number) => `s${place}`;
export const armName = (place: number) => `arm${place}`;
export const MAX_ROUNDS = 3;

/** Random graphs; strict ones have nothing that makes up for a failure. */
export function scopes(depth: number, isStrict: boolean): fc.Arbitrary<ScopeSpec> {
  const size = depth === 0 ? { minLength: 1, maxLength: 6 } : { minLength: 1, maxLength: 3 };
  return fc.array(steps(depth, isStrict), size).map((all) => all.map(withEarlierSources));
}

function steps(depth: number, isStrict: boolean): fc.Arbitrary<StepSpec> {
  const policies: fc.Arbitrary<JoinPolicy> = isStrict
    ? fc.constant("all")
    : fc.oneof(fc.constant<JoinPolicy>("all"), fc.constant<JoinPolicy>("any"), fc.constant({ atLeast: 2 }));
  const common = {
    inputs: fc.array(fc.nat(5), { maxLength: 3 }),
    takesGiven: fc.boolean(),
    after: fc.array(fc.nat(5), { maxLength: 1 }),
    when: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.boolean() }),
    optional: isStrict ? fc.constant(false) : fc.oneof(fc.constant(false), fc.constant(false), fc.constant(true)),
    join: policies,
  };
  const plain = fc.record({ kind: fc.constant("step" as const), ...common });
  if (depth === 2) return plain;
  const body = scopes(depth + 1, isStrict);
  const arms = fc.array(fc.oneof(fc.constant("target" as const), body), { minLength: 1, maxLength: 3 });
  const nodes: fc.Arbitrary<StepSpec>[] = [
    fc.record({ kind: fc.constant("map" as const), items: fc.nat(3), enough: policies, body, ...common }),
    fc.record({ kind: fc.constant("fan-out" as const), enough: policies, arms, ...common }),
    fc.record({ kind: fc.constant("route" as const), taken: fc.nat(2), arms, ...common }),
    fc.record({ kind: fc.constant("pipeline" as const), body, ...common }),
    ...(isStrict
      ? []
      : [fc.record({ kind: fc.constant("loop" as const), passAt: fc.integer({ min: 1, max: 4 }), body, ...common })]),
  ];
  return fc.oneof({ weight: 3, arbitrary: plain }, ...nodes.map((arbitrary) => ({ weight: 1, arbitrary })));
}

/** Sources that exist, each once, and policies that they can meet. */
function withEarlierSources(spec: StepSpec, place: number): StepSpec {
  const earlier = (places: readonly number[]) =>
    place === 0 ? [] : [...new Set(places.map((source) => source % place))];
  const inputs = earlier(spec.inputs);
  const isPossible = (policy: JoinPolicy) =>
    policy === "all" || inputs.length >= (policy === "any" ? 1 : policy.atLeast);
  return { ...spec, inputs, after: earlier(spec.after), join: isPossible(spec.join) ? spec.join : "all" };
}

type Painter = Provider<"image", "image", unknown>;

/** The pipeline of a random graph. Its steps learn their full names by their input, so that a provider can tell them apart. */
export function buildPipeline(spec: ScopeSpec, painter: Painter) {
  return Pipeline.from(toData(spec, painter, "", false));
}

/** Only the pipeline of a step that brings assets takes some. */
function toData(spec: ScopeSpec, painter: Painter, suffix: string, isFed: boolean): PipelineData {
  return {
    name: "random",
    input: z.string(),
    ...(isFed ? { accepts: ["image"] as const } : {}),
    steps: spec.map((step, place) => toStepData(step, place, painter, suffix, isFed)),
  };
}

function toStepData(spec: StepSpec, place: number, painter: Painter, suffix: string, isFed: boolean): StepData {
  const name = nameOf(place);
  const read = (make: (full: string) => unknown) =>
    from<never, never, unknown>("input" as never, (path: unknown) => make(`${path}${suffix}${name}`));
  const { when } = spec;
  const common = {
    name,
    inputs: [...(spec.takesGiven && isFed ? ["input"] : []), ...spec.inputs.map(nameOf)],
    after: spec.after.map(nameOf),
    ...(when === undefined ? {} : { when: read(() => when) }),
    optional: spec.optional,
    join: spec.join,
  };
  const body = (inner: ScopeSpec, more = "") => Pipeline.from(toData(inner, painter, more, common.inputs.length > 0));
  switch (spec.kind) {
    case "step":
      return { provider: painter, model: "m", prompt: read((full) => full), ...common };
    case "map": {
      const items = Array.from({ length: spec.items }, (_, item) => item);
      const input = read((full) => items.map((item) => `${full}[${item}].`));
      return { node: map(body(spec.body), { join: spec.enough }), input, ...common };
    }
    case "pipeline":
      return { node: body(spec.body), input: read((full) => `${full}.`), ...common };
    case "loop": {
      const node = loop(body(spec.body), {
        maxRounds: MAX_ROUNDS,
        judge: ({ round }) => round >= spec.passAt,
        next: ({ input, round }) => String(input).replace(/\[\d+\]\.$/, `[${round}].`),
      });
      return { node, input: read((full) => `${full}[0].`), ...common };
    }
    default: {
      const arms = Object.fromEntries(
        spec.arms.map((arm, index) => {
          const target = { provider: painter, model: armName(index) };
          return [armName(index), arm === "target" ? target : body(arm, `${armName(index)}.`)];
        }),
      );
      const node =
        spec.kind === "fan-out"
          ? fanOut(arms, { join: spec.enough })
          : route(arms, () => armName(spec.taken % spec.arms.length));
      const prompt = spec.arms.includes("target") ? { prompt: read((full) => full) } : {};
      return { node, ...prompt, input: read((full) => `${full}.`), ...common };
    }
  }
}
