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
export const runSchema = defineModel<RunInput>("run", {
  runId: { wire: "run_id", type: textType, hashed: "legacy", invented: INVENTED_ID },
  tenantId: { wire: "tenant_id", type: textType, hashed: "always", nullable: true },
  projectId: { wire: "project_id", type: textType, hashed: "always", nullable: true },
  name: { wire: "name", type: textType, hashed: "always", nullable: true },
  status: { wire: "status", type: statusType, hashed: "never", fallback: "pending" },
  steps: { wire: "steps", type: listType(modelType(stepSchema)), hashed: "always", fallback: [] },
  parentRunId: { wire: "parent_run_id", type: textType, hashed: "never", nullable: true },
  idempotencyKey: { wire: "idempotency_key", type: textType, hashed: "never", nullable: true },
  createdAt: { wire: "created_at", type: timeType, hashed: "never", invented: INVENTED_TIME },
  startedAt: { wire: "started_at", type: timeType, hashed: "never", nullable: true },
  completedAt: { wire: "completed_at", type: timeType, hashed: "never", nullable: true },
  metadata: { wire: "metadata", type: freeType, hashed: "always", fallback: {} },
});
