import { fieldProblem } from "./manifest-problem.js";
import type { WireType } from "./wire-type.js";

/** An array whose entries all have one type; its order is part of the hash. */
export function listType<Entry>(entryType: WireType<Entry>): WireType<readonly Entry[]> {
  return {
    expected: "an array",
    read: (value, context) => {
      if (!Array.isArray(value)) return undefined;
      return value.map((raw: unknown, index) => {
        context.path.push(index);
        const entry = entryType.read(raw, context);
        if (entry === undefined) throw fieldProblem(context, entryType.expected, raw);
        context.path.pop();
        return entry;
      });
    },
    write: (entries, depth, mode) => {
      let text = "[";
      for (const entry of entries) {
        if (text.length > 1) text += ",";
        text += entryType.write(entry, depth + 1, mode);
      }
      return `${text}]`;
    },
  };
}
