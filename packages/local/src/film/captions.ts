/** One line of captions. */
export interface CaptionLine {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A word and when it is heard. */
export interface HeardWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

const MAX_CHARACTERS = 42;
const MAX_GAP_SECONDS = 0.55;

/** Writes WebVTT. */
export function writeVtt(lines: readonly CaptionLine[]): string {
  const cues = lines.map(
    (line, index) =>
      `${index + 1}\n${clock(line.start)} --> ${clock(Math.max(line.end, line.start + 0.2))}\n${line.text.replaceAll("-->", "->").replace(/\s*\n\s*/g, " ")}\n`,
  );
  return `WEBVTT\n\n${cues.join("\n")}`;
}

/** Groups words into lines of at most 42 characters; a pause or a full stop begins a new one. */
export function linesFromWords(words: readonly HeardWord[]): readonly CaptionLine[] {
  const lines: CaptionLine[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const isNew =
      last === undefined ||
      word.start - last.end > MAX_GAP_SECONDS ||
      /[.!?]$/.test(last.text) ||
      last.text.length + word.word.length + 1 > MAX_CHARACTERS;
    if (isNew) lines.push({ text: word.word, start: word.start, end: word.end });
    else lines[lines.length - 1] = { text: `${last.text} ${word.word}`, start: last.start, end: word.end };
  }
  return lines;
}

function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds * 1000));
  const part = (value: number, digits: number): string => String(value).padStart(digits, "0");
  return `${part(Math.floor(whole / 3_600_000), 2)}:${part(Math.floor(whole / 60_000) % 60, 2)}:${part(Math.floor(whole / 1000) % 60, 2)}.${part(whole % 1000, 3)}`;
}
