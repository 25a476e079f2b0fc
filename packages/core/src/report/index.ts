export { formatDuration } from "./format-duration.js";
export { formatTimeline, type TimelineOptions } from "./format-timeline.js";
export type { TextStream } from "./text-stream.js";
export { type WatchOptions, watchRun } from "./watch-run.js";
