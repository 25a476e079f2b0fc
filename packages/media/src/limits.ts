/**
 * Most chunks or boxes that are walked in one file; embedding in a file of that many empty ones takes less than a
 * second. A fragmented MP4 of 24 hours with a fragment per second has 173,000 boxes, and 180,000 of the 8 KiB chunks
 * that libpng writes are 1.5 GB of image; a file with more is made to keep us busy.
 */
export const MAX_PARTS = 180_000;

/** How many first bytes a handler sees to recognise its format. */
export const HEAD_BYTES = 64;
