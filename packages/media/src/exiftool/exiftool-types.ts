/** What exiftool can write XMP into and no handler of our own knows, with the extension that it expects of the file. */
export const EXIFTOOL_TYPES: ReadonlyMap<string, string> = new Map([
  ["image/gif", ".gif"],
  ["image/tiff", ".tif"],
  ["application/pdf", ".pdf"],
  ["image/jp2", ".jp2"],
  ["image/jxl", ".jxl"],
  // Only files without an ftyp box come here: the others have a handler of our own.
  ["video/quicktime", ".mov"],
]);
