import type { TemplateValue } from "./template-value.js";

type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";
type Blank = " " | "\n" | "\r" | "\t";
type Bracket = "(" | ")" | "[" | "]" | "<" | ">" | "}";
type Quote = '"' | "'" | "`";
type Mark = "!" | "#" | "$" | "%" | "&" | "*" | "+" | "," | "-" | "." | "/" | ":" | ";";
type OtherMark = "=" | "?" | "@" | "\\" | "^" | "|" | "~";
/** The characters of ASCII that begin no name. */
type NoStart = Digit | Blank | Bracket | Quote | Mark | OtherMark;

type Cased<Character extends string> = Uppercase<Character> extends Lowercase<Character> ? false : true;

/**
 * The names of a literal template's variables. `string` when they cannot be told from its type: it is not a literal, or
 * a brace stands before a character without case, which may be a letter.
 */
export type TemplateVariables<Template extends string, Found extends string = never> = string extends Template
  ? string
  : Template extends `${string}{${infer After}`
    ? After extends `{${infer Rest}`
      ? TemplateVariables<Rest, Found>
      : After extends `${infer First}${string}`
        ? First extends NoStart
          ? TemplateVariables<After, Found>
          : First extends "_"
            ? AfterField<After, Found>
            : Cased<First> extends true
              ? AfterField<After, Found>
              : string
        : Found
    : Found;

type AfterField<After extends string, Found extends string> = After extends `${infer Field}}${infer Rest}`
  ? TemplateVariables<Rest, Found | NameIn<Field>>
  : Found;

type NameIn<Field extends string> = Field extends `${infer Name}:${string}` ? BeforeMark<Name> : BeforeMark<Field>;
type BeforeMark<Field extends string> = Field extends `${infer Name}!${string}` ? Name : Field;

/** The values that a template needs, under its variables' names. */
export type ValuesOf<Template extends string> = {
  readonly [Name in TemplateVariables<Template>]: TemplateValue;
};

/** The arguments of `render`: a template without variables needs none. */
export type RenderArguments<Template extends string> = [TemplateVariables<Template>] extends [never]
  ? [values?: Readonly<Record<string, TemplateValue>>]
  : [values: ValuesOf<Template>];
