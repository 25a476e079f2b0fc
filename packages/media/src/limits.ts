/**
 * Most chunks or boxes that are walked in one file. libpng writes image data in chunks of 8 KiB, so a million
 * chunks are 8 GB of image; a file with more is made to keep us busy.
 */
export const MAX_PARTS = 1_000_000;

/** How many first bytes a handler sees to recognise its format. */
export const HEAD_BYTES = 64;
