import type { Transition } from "../../src/run/transitions.js";

const request = {
  prompt: 'a "boat"\n日本',
  negativePrompt: undefined,
  seed: 7,
  params: { size: [1, 2.5], deep: { on: true } },
  inputs: [],
  warnings: [],
};
const error = { code: "RUN_FAILED", message: "it broke" } as const;

type State = Transition["state"];

/** One of each kind: a kind that is missing does not compile. */
const transitions: { readonly [S in State]: Extract<Transition, { readonly state: S }> } = {
  "run.planned": {
    state: "run.planned",
    name: "poster",
    steps: [{ step: "frame", stepId: "id-1" }],
    begun: {
      planHash: "0".repeat(64),
      startedAt: 1_000,
      input: { scenes: 2 },
      assets: [],
      metadata: {},
      parentRunIds: [],
    },
  },
  ready: { state: "ready", step: "frame", mustWait: false },
  loaded: {
    state: "loaded",
    step: "frame",
    files: [
      {
        place: 0,
        label: "photo.png",
        asset: {
          assetId: "id-3",
          url: "urn:sha256:00",
          mediaType: "image/png",
          sha256: "0".repeat(64),
          sizeBytes: 4,
          width: null,
          height: null,
          duration: null,
          video: null,
          audio: null,
          tracks: null,
          metadata: {},
        },
      },
    ],
  },
  entered: { state: "entered", step: "node", inputs: [] },
  expanded: {
    state: "expanded",
    step: "node",
    group: { body: "b", item: 0 },
    steps: [{ step: "node[0].frame", stepId: "id-2" }],
  },
  decided: { state: "decided", step: "node", name: "go", decision: { value: "left", reason: "it is near" } },
  intent: { state: "intent", step: "frame", attempt: 1, idempotencyKey: "key", request, isCold: true },
  cached: { state: "cached", step: "frame", request },
  retaken: { state: "retaken", step: "frame" },
  submitted: { state: "submitted", step: "frame", operation: { id: "job-1", url: "https://provider.test/jobs/1" } },
  "fell-back": {
    state: "fell-back",
    step: "frame",
    from: { index: 0, provider: "p", model: "m" },
    to: { index: 1, provider: "q", model: "n" },
    error: { code: "MODEL_ERROR", message: "no such model" },
  },
  outrun: { state: "outrun", step: "frame", attempt: 1, isCancelled: true },
  refused: { state: "refused", step: "frame", error, isFree: true },
  retried: { state: "retried", step: "frame", retry: { phase: "poll", attempt: 1, maxAttempts: 6, delayMs: 5, error } },
  rejected: { state: "rejected", step: "frame", rejection: { stage: "output", by: "guard", reason: "no boat" } },
  output: {
    state: "output",
    step: "frame",
    output: {
      assets: [],
      modelVersion: undefined,
      payload: { text: "x" },
      cost: { usd: 0.04, unit: "asset", quantity: 1 },
      warnings: [],
    },
    obtainedAt: 1_234,
  },
  waiting: { state: "waiting", step: "gate", question: { title: "?" } },
  resting: { state: "resting", step: "node" },
  answered: { state: "answered", step: "gate", answer: { approved: true } },
  unanswered: { state: "unanswered", step: "gate" },
  yielded: { state: "yielded", step: "node", yields: { assets: [], evidence: { rounds: 2 } } },
  succeeded: { state: "succeeded", step: "frame", cache: "stored" },
  failed: { state: "failed", step: "late", error, hasOpenJob: true },
  skipped: { state: "skipped", step: "clip", because: { kind: "source", step: "late" } },
  cancelled: { state: "cancelled", step: "other", error },
  "run.resumed": { state: "run.resumed" },
  "run.ended": { state: "run.ended", status: "failed", manifestHash: "0".repeat(64), endedAt: 2_000, error },
};

/** Transitions of all kinds, as they might come in a run, and one that is too large for a line. */
export const allTransitions: readonly Transition[] = [
  ...Object.values(transitions),
  { state: "submitted", step: "large", operation: "x".repeat(70_000) },
];
