/** The media type of an asset that is only expected: it counts as any kind. No real asset has it. */
export const ANY_MEDIA = "*/*";
