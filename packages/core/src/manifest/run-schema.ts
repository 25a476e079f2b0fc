import { freeType } from "./free-type.js";
import { INVENTED_ID, INVENTED_TIME } from "./invented.js";
import { listType } from "./list-type.js";
import type { RunInput } from "./model-input.js";
import { defineModel } from "./model-schema.js";
import { modelType } from "./model-type.js";
import { stepSchema } from "./step-schema.js";
import { choiceType, textType } from "./text-type.js";
import { timeType } from "./time-type.js";

const statusType = choiceType(["pending", "running", "completed", "failed", "cancelled"] as const);

/** The table of a run. */
export const runSchema = defineModel<RunInput>({
  runId: { type: textType, hashed: "legacy", invented: INVENTED_ID },
  tenantId: { type: textType },
  projectId: { type: textType },
  name: { type: textType },
  status: { type: statusType, hashed: "never", fallback: "pending" },
  steps: { type: listType(modelType(stepSchema)), fallback: [] },
  parentRunId: { type: textType, hashed: "never" },
  idempotencyKey: { type: textType, hashed: "never" },
  createdAt: { type: timeType, hashed: "never", invented: INVENTED_TIME },
  startedAt: { type: timeType, hashed: "never" },
  completedAt: { type: timeType, hashed: "never" },
  metadata: { type: freeType, fallback: {} },
});
