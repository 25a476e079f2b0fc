import { readWav } from "../wav/wav.js";
import { mixSound } from "./mix-sound.js";
import { muxFilm } from "./mux-film.js";

/** A wav file and where in the film it begins. */
export interface VoiceFile {
  readonly wav: Uint8Array;
  readonly startSeconds: number;
}

export interface FilmJob {
  readonly clips: readonly Uint8Array[];
  readonly durationSeconds: number;
  readonly music: readonly Uint8Array[];
  readonly voices: readonly VoiceFile[];
  readonly musicVolume: number;
  readonly voiceVolume: number;
}

/** Mixes the sound and joins it with the clips to one mp4. */
export async function makeFilm(job: FilmJob, onProgress: (fraction: number) => void): Promise<Uint8Array> {
  const sound = mixSound({
    durationSeconds: job.durationSeconds,
    music: job.music.map(decode),
    voices: job.voices.map(({ wav, startSeconds }) => ({ sound: decode(wav), startSeconds })),
    musicVolume: job.musicVolume,
    voiceVolume: job.voiceVolume,
  });
  onProgress(0.4);
  return muxFilm({ clips: job.clips, sound });
}

function decode(wav: Uint8Array): NonNullable<ReturnType<typeof readWav>> {
  const sound = readWav(wav);
  if (sound === undefined) throw new Error("A sound is not a 16-bit PCM wav.");
  return sound;
}
