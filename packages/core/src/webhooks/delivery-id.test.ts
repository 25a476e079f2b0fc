import { describe, expect, it } from "vitest";
import { progress, started } from "../../test/webhook-support.js";
import { deliveryId } from "./delivery-id.js";

describe("deliveryId", () => {
  it("follows from the event, and stays the same from version to version", () => {
    // The first half of the SHA-256 of ["run-1",0,"pipeline.started","2026-01-15T12:00:00.250000Z"].
    expect(deliveryId(started())).toBe("evt_968a49d9ede9dfe9e9841639bc966077");
  });

  it("differs between events of one number, and between runs of one id", () => {
    const event = started();
    const others = [{ ...event, timestamp: "2026-01-15T12:00:01Z" }, { ...event, runId: "run-2" }, progress(0)];
    const ids = [event, ...others].map(deliveryId);
    expect(new Set(ids).size).toBe(4);
  });

  it("is another one each time for what is only reported", () => {
    const event = { ...progress(0), isTransient: true } as const;
    expect(deliveryId(event)).not.toBe(deliveryId(event));
  });

  it("takes run ids of any letters, and has no full stop", () => {
    expect(deliveryId({ ...started(), runId: "\ud83d\ude00 \ud800.x" })).toMatch(/^evt_[0-9a-f]{32}$/);
  });
});
