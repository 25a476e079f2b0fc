export { cancelRun, type ResumablePipeline, type ResumeFromOptions, resume } from "../run/resume.js";
export { type EventsFromJournalOptions, eventsFromJournal } from "./events-from-journal.js";
export { type FolderJournal, folderJournal } from "./folder-journal.js";
export type { Journal, JournalEntry, KnownRun, RunClaim } from "./journal.js";
export { memoryJournal } from "./memory-journal.js";
export type { PruneOptions } from "./prune-runs.js";
export type { RunOverview, StepOverview } from "./run-overview.js";
export { summarizeRun } from "./summarize-run.js";
