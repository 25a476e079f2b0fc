import { expect, it } from "vitest";
import { ERROR_CODES, type ErrorCode } from "./error-codes.js";
import { GenblazeError } from "./genblaze-error.js";

it("gives every error the kind, and the answer to trying again, of its code's row in the table", () => {
  const codes = Object.keys(ERROR_CODES) as ErrorCode[];
  const facts = codes.map((code) => {
    const { kind, isRetryable } = new GenblazeError(code, "");
    return [code, { kind, isRetryable }];
  });
  expect(Object.fromEntries(facts)).toEqual(ERROR_CODES);
  expect(new GenblazeError("TIMED_OUT", "", { isRetryable: false }).isRetryable).toBe(false);
});
