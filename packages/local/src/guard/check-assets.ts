import type { GuardVerdict, OutputCheck } from "@genblaze/core/guards";

/** What was found out of one asset; undefined when there is nothing to say, or nothing of it to look at. */
export type Finding = { readonly kind: "wrong" | "gap"; readonly text: string } | undefined;

/** The kind of media that a media type begins with. */
type Kind = "image" | "audio" | "video";

/**
 * Looks at each asset of the given kinds: the first that is wrong is a rejection, what could not be looked at is told.
 * Assets of other kinds have nothing to be looked at.
 */
export async function checkAssets(
  { assets, signal }: OutputCheck,
  kinds: readonly Kind[],
  judge: (bytes: Uint8Array) => Promise<Finding> | Finding,
): Promise<GuardVerdict> {
  const gaps: string[] = [];
  for (const [index, part] of assets.entries()) {
    const { asset } = part;
    if (!kinds.some((kind) => asset.mediaType.toLowerCase().startsWith(`${kind}/`))) continue;
    signal.throwIfAborted();
    const bytes = await part.read();
    const finding = bytes === undefined ? onlyUrl : await judge(bytes);
    const place = `${index + 1} (${asset.mediaType})`;
    if (finding?.kind === "wrong") return { allowed: false, reason: `Asset ${place} ${finding.text}.` };
    if (finding?.kind === "gap") gaps.push(`asset ${place} ${finding.text}`);
  }
  return gaps.length === 0 ? { allowed: true } : { allowed: true, notChecked: gaps.join("; ") };
}

const onlyUrl: Finding = { kind: "gap", text: "was not looked at, since only its URL is known" };
