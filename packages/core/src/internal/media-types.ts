/** Extensions and their media types; where a type has several, new files get the first. */
const table: readonly (readonly [extension: string, mediaType: string])[] = [
  [".png", "image/png"],
  [".jpg", "image/jpeg"],
  [".jpeg", "image/jpeg"],
  [".webp", "image/webp"],
  [".gif", "image/gif"],
  [".avif", "image/avif"],
  [".svg", "image/svg+xml"],
  [".mp4", "video/mp4"],
  [".mov", "video/quicktime"],
  [".webm", "video/webm"],
  [".mp3", "audio/mpeg"],
  [".wav", "audio/wav"],
  [".wav", "audio/x-wav"],
  [".m4a", "audio/mp4"],
  [".aac", "audio/aac"],
  [".flac", "audio/flac"],
  [".oga", "audio/ogg"],
  [".ogg", "audio/ogg"],
  [".txt", "text/plain"],
  [".vtt", "text/vtt"],
  [".json", "application/json"],
  [".bin", "application/octet-stream"],
];

const byExtension = new Map([...table].reverse());
const byMediaType = new Map([...table].reverse().map(([extension, mediaType]) => [mediaType, extension]));

/** The media type that a file name's extension stands for. */
export function mediaTypeOfName(fileName: string): string | undefined {
  const extension = /\.[^./\\]+$/.exec(fileName)?.[0].toLowerCase();
  return extension === undefined ? undefined : byExtension.get(extension);
}

/** The extension, with its dot, that a file of a media type gets. */
export function extensionOfMediaType(mediaType: string): string | undefined {
  return byMediaType.get(mediaType);
}
