import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeOf, messageOf } from "../../test/thrown.js";
import { secret } from "../../test/webhook-support.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { signWebhook } from "./sign-webhook.js";
import { type VerifyWebhookOptions, verifyWebhook } from "./verify-webhook.js";

const id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const now = 1_614_265_330_000;
const body = '{"test": 2432232314}';
/** That of the specification's own JavaScript library for these parts. */
const signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const headers = { "webhook-id": id, "webhook-timestamp": "1614265330", "webhook-signature": signature };
const other = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

const verify = (changes: Partial<VerifyWebhookOptions> = {}) =>
  verifyWebhook({ secret, headers, body, now, ...changes });

describe("signWebhook", () => {
  it("signs as the library of the specification does", () => {
    expect(signWebhook({ secret, id, now, body })).toEqual(headers);
  });

  it("signs bytes with bytes to the same signature", () => {
    const key = new Uint8Array(Buffer.from(secret.slice(6), "base64"));
    expect(signWebhook({ secret: key, id, now, body: new TextEncoder().encode(body) })).toEqual(headers);
  });

  it("gives one signature for each of several secrets, separated by a blank", () => {
    const both = signWebhook({ secret: [secret, other], id, now, body })["webhook-signature"].split(" ");
    expect(both).toHaveLength(2);
    expect(both[0]).toBe(signature);
    const mac = createHmac("sha256", Buffer.alloc(32, 7)).update(`${id}.1614265330.${body}`).digest("base64");
    expect(both[1]).toBe(`v1,${mac}`);
  });

  it("writes whole seconds for a time between two", () => {
    expect(signWebhook({ secret, id, now: now + 999, body })).toEqual(headers);
  });

  it.each([
    ["a full stop in the id", { id: "msg.1" }],
    ["an empty id", { id: "" }],
    ["a line feed in the id", { id: "a\nb" }],
    ["a secret without prefix", { secret: secret.slice(6) }],
    ["a secret that is too short", { secret: new Uint8Array(23) }],
    ["a secret that is too long", { secret: new Uint8Array(76) }],
    ["a secret that is no base64", { secret: "whsec_!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!" }],
    ["no secret", { secret: [] }],
    ["a time that is none", { now: Number.NaN }],
  ])("refuses %s with INVALID_OPTION", (_, changes) => {
    expect(codeOf(() => signWebhook({ secret, id, now, body, ...changes }))).toBe("INVALID_OPTION");
  });

  it("names an option that it does not know, and never shows a secret that is none", () => {
    const strange = { secret, id, now, body, timestamp: 1 };
    expect(messageOf(() => signWebhook(strange))).toContain('there is no option "timestamp"');
    expect(messageOf(() => signWebhook({ secret: "my-password", id, now, body }))).toBe(
      'signWebhook(options): option "secret": "whsec_" and base64, or bytes, are expected; a string that is neither was given.',
    );
  });
});

describe("verifyWebhook", () => {
  it("gives id and time of what fits", () => {
    expect(verify()).toEqual({ id, sentMs: now });
    expect(verify({ headers: new Headers(headers) })).toEqual({ id, sentMs: now });
    expect(verify({ body: new TextEncoder().encode(body) })).toEqual({ id, sentMs: now });
  });

  it("reads the headers of Node, in either case, and those of Svix when told so", () => {
    const upper = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
    expect(verify({ headers: upper }).id).toBe(id);
    const svix = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.replace("webhook", "svix"), value]),
    );
    expect(verify({ headers: svix, headerPrefix: "svix" }).id).toBe(id);
    expect(reasonOf(() => verify({ headers: svix }))).toBe("header");
  });

  it("takes any fitting signature among those of other keys and other versions", () => {
    const others = ["v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=", "v1a,hnO3f9T8Ytu9HwrXslvumlUp", "v2,x"];
    const many = [...others, signature].join(" ");
    expect(verify({ headers: { ...headers, "webhook-signature": many } }).id).toBe(id);
    expect(reasonOf(() => verify({ headers: { ...headers, "webhook-signature": others.join(" ") } }))).toBe(
      "signature",
    );
  });

  it("takes a signature of any of several secrets, on either side, while keys change", () => {
    expect(verify({ secret: [other, secret] }).id).toBe(id);
    const both = signWebhook({ secret: [other, secret], id, now, body });
    expect(verify({ headers: { ...both } }).id).toBe(id);
    expect(reasonOf(() => verify({ secret: other }))).toBe("signature");
  });

  it.each([
    [299_999, undefined, true],
    [300_000, undefined, true],
    [300_001, undefined, false],
    [-300_000, undefined, true],
    [-300_001, undefined, false],
    [1_000, 999, false],
    [0, 0, true],
    [Number.NaN, undefined, false],
  ])("with a clock that is %d ms ahead and a tolerance of %s: %s", (aheadMs, toleranceMs, isTaken) => {
    const check = () => verify({ now: now + aheadMs, toleranceMs });
    if (isTaken) expect(check().id).toBe(id);
    else expect(reasonOf(check)).toBe("timestamp");
  });

  it.each([
    ["webhook-id", undefined],
    ["webhook-id", ""],
    ["webhook-id", "a.b"],
    ["webhook-id", "x".repeat(257)],
    ["webhook-timestamp", undefined],
    ["webhook-timestamp", "hello"],
    ["webhook-timestamp", "1e9"],
    ["webhook-timestamp", "-1614265330"],
    ["webhook-timestamp", "1614265330.5"],
    ["webhook-timestamp", "1".repeat(13)],
    ["webhook-signature", undefined],
    ["webhook-signature", `${signature} `.repeat(100)],
  ])("refuses a header %s of %s", (name, value) => {
    expect(reasonOf(() => verify({ headers: { ...headers, [name]: value } }))).toBe("header");
  });

  it.each(["", "v1", "v1,", signature.slice(0, 20), signature.slice(3), `v2${signature.slice(2)}`, `${signature}=`])(
    "refuses the signature %j",
    (given) => {
      expect(reasonOf(() => verify({ headers: { ...headers, "webhook-signature": given } }))).toBe("signature");
    },
  );

  it("refuses two values of one header", () => {
    expect(reasonOf(() => verify({ headers: { ...headers, "Webhook-Id": "other" } }))).toBe("header");
  });

  it("keeps apart what a full stop could move from one part into another", () => {
    const moved = { ...headers, "webhook-id": `${id}.1614265330`, "webhook-timestamp": "2432232314" };
    expect(reasonOf(() => verify({ headers: moved }))).toBe("header");
  });

  it("shows neither secret nor signature in any refusal", () => {
    for (const changes of [{ body: "{}" }, { now: 0 }, { headers: {} }, { secret: other }]) {
      const error = thrownBy(() => verify(changes));
      const shown = JSON.stringify([error.message, error.details]);
      for (const word of [signature.slice(3), secret.slice(6), other.slice(6)]) expect(shown).not.toContain(word);
    }
  });

  it("refuses any flip of a bit in body, id, timestamp or signature", () => {
    const keys = fc.uint8Array({ minLength: 24, maxLength: 75 });
    const ids = fc.stringMatching(/^[\w-]{1,40}$/);
    const bodies = fc.string({ minLength: 1, maxLength: 200, unit: "binary" });
    const property = fc.property(keys, ids, bodies, fc.nat(2 ** 31), fc.nat(), (key, messageId, text, seconds, bit) => {
      const sent = {
        body: Buffer.from(text),
        ...signWebhook({ secret: key, id: messageId, now: seconds * 1_000, body: text }),
      };
      const check = (parts: typeof sent) => {
        const { body: bytes, ...given } = parts;
        return verifyWebhook({
          secret: key,
          headers: { ...given },
          body: bytes,
          now: seconds * 1_000,
          toleranceMs: 2 ** 50,
        });
      };
      expect(check(sent)).toEqual({ id: messageId, sentMs: seconds * 1_000 });
      for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"] as const) {
        const changed = flip(Buffer.from(sent[name], "latin1"), bit).toString("latin1");
        expect(codeOf(() => check({ ...sent, [name]: changed }))).toBe("WEBHOOK_REFUSED");
      }
      expect(codeOf(() => check({ ...sent, body: flip(sent.body, bit) }))).toBe("WEBHOOK_REFUSED");
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("refuses every single flip of a bit in the signature, its last characters too", () => {
    const bytes = Buffer.from(signature, "latin1");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = flip(bytes, bit).toString("latin1");
      expect(codeOf(() => verify({ headers: { ...headers, "webhook-signature": changed } }))).toBe("WEBHOOK_REFUSED");
    }
  });

  it("refuses hostile headers of any kind without another error", () => {
    const anything = fc.record({
      "webhook-id": fc.anything(),
      "webhook-timestamp": fc.anything(),
      "webhook-signature": fc.anything(),
    });
    fc.assert(fc.property(anything, (given) => codeOf(() => verify({ headers: given })) === "WEBHOOK_REFUSED"));
  });
});

function flip(bytes: Uint8Array, bit: number): Buffer<ArrayBuffer> {
  const changed = Buffer.from(bytes);
  const index = Math.floor(bit / 8) % changed.length;
  changed[index] = (changed[index] ?? 0) ^ (1 << (bit % 8));
  return changed;
}

function thrownBy(work: () => unknown): GenblazeError {
  try {
    work();
  } catch (error) {
    if (GenblazeError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

function reasonOf(work: () => unknown): unknown {
  const { code, details } = thrownBy(work);
  expect(code).toBe("WEBHOOK_REFUSED");
  return details.reason;
}
