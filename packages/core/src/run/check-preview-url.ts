/** Longer than any signed URL, shorter than what a hostile answer could fill events with. */
const LONGEST_URL = 8_192;

/**
 * The address of a preview that a provider's answer names, in its normal form; undefined for what is not to be shown:
 * what is no URL, is not of https, holds a name or password, or is longer than 8,192 characters. It may be signed, so
 * it belongs into progress reports only, and whoever fetches it does so by `download()`.
 */
export function checkPreviewUrl(url: unknown): string | undefined {
  if (typeof url !== "string" || url.length > LONGEST_URL || !URL.canParse(url)) return undefined;
  const { protocol, username, password, href } = new URL(url);
  return protocol === "https:" && username === "" && password === "" ? href : undefined;
}
