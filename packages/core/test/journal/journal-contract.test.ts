import { afterAll } from "vitest";
import { describeJournalContract } from "../../../contract/src/journal-contract.js";
import { folderJournal } from "../../src/journal/folder-journal.js";
import type { Journal } from "../../src/journal/journal.js";
import { memoryJournal } from "../../src/journal/memory-journal.js";
import { newRoot, removeRoots } from "./journal-support.js";

afterAll(removeRoots);

describeJournalContract({ name: "memoryJournal", open: memoryJournal, needsClaim: false });

const roots = new WeakMap<Journal, string>();

function openAt(root: string): Journal {
  const journal = folderJournal(root);
  roots.set(journal, root);
  return journal;
}

describeJournalContract({
  name: "folderJournal",
  open: async () => openAt(await newRoot()),
  reopen: (journal) => openAt(roots.get(journal) ?? ""),
});
