import { canonicalKey } from "../json/canonical-string.js";
import type { HashRule, WireType, WriteMode } from "./wire-type.js";

/** A rule for a value beyond its type. */
export interface Check<Value> {
  /** What the value must be, to go after "expected". */
  readonly expected: string;
  /** `always`, or only when an asset is built: a stored manifest may break it and is reported, not refused. */
  readonly when: "always" | "built";
  holds(value: Value): boolean;
}

/**
 * One row of a model's table. Its name in JSON is that of the model in snake_case. A field that can be null is null when
 * it is absent; every other row says what an absent field counts as, or that it is required.
 */
export type FieldSpec<Value> = {
  readonly type: WireType<NonNullable<Value>>;
  /** @default "always" */
  readonly hashed?: HashRule;
  readonly check?: Check<NonNullable<Value>>;
} & (null extends Value ? unknown : AbsentField<Value>);

/** What an absent field counts as; `invented` only in a document, where it stands for an id or a time. */
type AbsentField<Value> = { readonly fallback: Value } | { readonly invented: Value } | { readonly required: true };

/** A row with its place in the model; the value's type is checked where the table is written. */
export interface Field {
  readonly name: string;
  /** The name in JSON. */
  readonly wire: string;
  readonly type: WireType<unknown>;
  readonly hashed: HashRule;
  readonly isNullable: boolean;
  readonly fallback: unknown;
  readonly invented: unknown;
  readonly check: Check<unknown> | undefined;
}

/** One field of a text in the making: `lead` is the separator and the key. */
interface PlanEntry {
  readonly name: string;
  readonly lead: string;
  readonly type: WireType<unknown>;
}

export interface ModelOptions<Model> {
  /** Whether an unknown key is an error. @default false, it is dropped */
  readonly refusesUnknownKeys?: boolean;
  /** A rule across fields: what is wrong, or undefined. */
  readonly rule?: (model: Model) => string | undefined;
  /** Fields to write in `bound` mode instead of those of `content`, for the models that `when` picks. */
  readonly bound?: { readonly when: (model: Model) => boolean; readonly fields: readonly BoundField[] };
}

/** A field that only the payload of schema 1.6 has, made from the model's field `name`. */
export type BoundField = Pick<Field, "name" | "wire" | "type">;

/** A model's table and what is derived from it. */
export interface ModelSchema<Model> {
  readonly fields: readonly Field[];
  readonly wireNames: ReadonlySet<string>;
  readonly options: ModelOptions<Model>;
  /** What an absent field counts as; null stands for a required one. Every model starts as a copy of this. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Every field in sorted order, by what is written. */
  readonly plans: Readonly<Record<WriteMode, readonly PlanEntry[]>>;
}

const HASHED_IN: Readonly<Record<WriteMode, readonly HashRule[]>> = {
  full: ["always", "legacy", "never"],
  legacy: ["always", "legacy"],
  content: ["always"],
  bound: ["always"],
};

/** Makes a model's schema of its table; the compiler checks that every field of the model has a row of its type. */
export function defineModel<Model>(
  table: { readonly [Name in keyof Model & string]-?: FieldSpec<Model[Name]> },
  options: ModelOptions<Model> = {},
): ModelSchema<Model> {
  const fields = Object.entries<AnySpec>(table).map(([name, spec]) => toField(name, spec));
  const planOf = (mode: WriteMode, extra: readonly BoundField[] = []) =>
    makePlan([...fields.filter((field) => HASHED_IN[mode].includes(field.hashed)), ...extra]);
  return {
    fields,
    wireNames: new Set(fields.map((field) => field.wire)),
    options,
    defaults: Object.fromEntries(fields.map((field) => [field.name, field.fallback ?? null])),
    plans: {
      full: planOf("full"),
      legacy: planOf("legacy"),
      content: planOf("content"),
      bound: planOf("bound", options.bound?.fields),
    },
  };
}

interface AnySpec {
  readonly type: WireType<unknown>;
  readonly hashed?: HashRule;
  readonly check?: Check<unknown>;
  readonly fallback?: unknown;
  readonly invented?: unknown;
  readonly required?: true;
}

function toField(name: string, spec: AnySpec): Field {
  const { type, hashed = "always", check, fallback, invented, required } = spec;
  const wire = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const isNullable = (fallback ?? invented ?? required) === undefined;
  // Frozen: an object or array stands in every model that lacks the field.
  const absent = isNullable ? null : Object.freeze(fallback);
  return { name, wire, type, hashed, isNullable, fallback: absent, invented, check };
}

function makePlan(fields: readonly BoundField[]): readonly PlanEntry[] {
  const sorted = [...fields].sort((left, right) => (left.wire < right.wire ? -1 : 1));
  return sorted.map(({ name, wire, type }, index) => ({
    name,
    lead: `${index === 0 ? "{" : ","}${canonicalKey(wire)}:`,
    type,
  }));
}
