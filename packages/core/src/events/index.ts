export type { OverflowRule, StreamOptions } from "../run/stream-options.js";
export { lastEventId, type RequestWithHeaders } from "./last-event-id.js";
export { type ServerSentEventsOptions, toServerSentEvents } from "./to-server-sent-events.js";
