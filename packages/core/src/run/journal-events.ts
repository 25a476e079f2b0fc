import type { JournalEntry } from "../journal/journal.js";
import { createEventTeller, type EventTeller, type TellerParts } from "./event-teller.js";
import type { RunEvent } from "./run-events.js";

/**
 * The events that the entries of a run stand for, after a number. `begin` says, by the first entry, how the run began.
 * What stands behind a gap is not told before the gap is filled, or a later turn went on without it: its number would
 * change.
 */
export async function* journalEvents(
  entries: AsyncIterable<JournalEntry>,
  begin: (first: JournalEntry) => Omit<TellerParts, "nextEvent">,
  after: number,
): AsyncGenerator<RunEvent, void> {
  let teller: EventTeller | undefined;
  let last = -1;
  let held: JournalEntry[] = [];
  for await (const entry of entries) {
    // A journal that wrote an entry and said that it could not has it twice.
    if (entry.sequence <= (held.at(-1)?.sequence ?? last)) continue;
    teller ??= createEventTeller({ ...begin(entry), nextEvent: 0 });
    held.push(entry);
    const isBehindGap = held.length > 1 || entry.sequence > last + 1;
    if (isBehindGap && entry.transition.state !== "run.resumed") continue;
    const ready = held;
    held = [];
    last = entry.sequence;
    for (const each of ready) {
      for (const event of teller.tell(each)) if (event.sequence > after) yield event;
    }
  }
}
