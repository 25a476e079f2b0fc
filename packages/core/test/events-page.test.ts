import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { webhookEventTypes } from "../src/webhooks/webhook-event-types.js";

const page = new URL("../../../docs/reference/events.md", import.meta.url);
const row = /^\| `((?:pipeline|step|budget)\.[a-z]+)` +\|/;

it("lists exactly the events that there are", async () => {
  const lines = (await readFile(page, "utf8")).split("\n");
  const documented = lines.flatMap((line) => row.exec(line)?.[1] ?? []);
  expect(documented.toSorted()).toEqual(Object.keys(webhookEventTypes).toSorted());
});
