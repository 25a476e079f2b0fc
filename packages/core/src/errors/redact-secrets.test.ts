import { describe, expect, it } from "vitest";
import { errorFromUnknown } from "./error-from-unknown.js";
import { holdsSecret, redactSecrets } from "./redact-secrets.js";

/** Long enough that work which grows with the square of it would go over the time limit of the tests. */
const HOSTILE_CHARACTERS = 1_000_000;

const jwt = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ0ZXN0In0.c2lnbmF0dXJlLXRleHQ";

describe("a text without its secrets", () => {
  it.each([
    "eyJ",
    "eyJaaaaaaaaaa.",
    "eyJaaaaaaaaaa.eyJ",
    "r8_",
    "sk-",
    "AIza",
    "AKIA",
    "K005",
    "bearer",
    "bearer ",
    "token\n",
    "api_key",
    "api_key=",
    "apikey = ",
    "https://",
    "https://a:",
    "https://a:b",
    "?sig=",
    "?x-amz-",
    "&x-goog-a",
    "+",
    "-",
    "a",
    " ",
  ])("is found in work that grows with the length of the text, however often %j comes in it", (piece) => {
    const repeated = piece.repeat(HOSTILE_CHARACTERS / piece.length);
    const stretched = `${piece}${"a".repeat(HOSTILE_CHARACTERS)}!`;
    const blank = `${piece}${" ".repeat(HOSTILE_CHARACTERS)}!`;
    for (const text of [repeated, stretched, blank]) expect(redactSecrets(text)).not.toBe("");
  });

  it.each([
    ["by itself", jwt, "[REDACTED]"],
    ["after Bearer", `Bearer ${jwt}`, "[REDACTED]"],
    ["after an escaped blank", `%20${jwt}`, "%20[REDACTED]"],
    ["after a name", `id_token_${jwt}`, "id_token_[REDACTED]"],
    ["after a name that looks like its start", `keyJ-eyJ-${jwt}.x`, "k[REDACTED].x"],
  ])("has no JWT %s", (_, text, shown) => {
    expect(redactSecrets(text)).toBe(shown);
    expect(holdsSecret(text)).toBe(true);
  });
});

describe("an error from elsewhere", () => {
  it("keeps its message up to 8,000 characters, and says that more was cut", () => {
    const short = "x".repeat(8_000);
    expect(errorFromUnknown(short, "Doing it failed").message).toBe(`Doing it failed: ${short}`);
    const long = "{".repeat(8_001);
    expect(errorFromUnknown(long, "Doing it failed").message).toBe(
      `Doing it failed: ${"{".repeat(8_000)}...(truncated)`,
    );
  });

  it("shows no piece of a secret that the cut goes through", () => {
    const before = '"x",'.repeat(1_995);
    const cutShort = errorFromUnknown(`${before}"r8_${"a".repeat(40)}"`, "Doing it failed");
    expect(cutShort.message).toBe(`Doing it failed: ${before}"...(truncated)`);
    const cutLong = errorFromUnknown(`"r8_${"a".repeat(9_000)}"`, "Doing it failed");
    expect(cutLong.message).toBe('Doing it failed: "[REDACTED]...(truncated)');
  });
});
