import { registerAacEncoder } from "@mediabunny/aac-encoder";
import {
  ALL_FORMATS,
  AudioSample,
  AudioSampleSource,
  BufferSource,
  BufferTarget,
  canEncodeAudio,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  Mp4OutputFormat,
  Output,
} from "mediabunny";
import type { StereoSound } from "../wav/stereo-sound.js";
import { isKeyPacket } from "./is-key-packet.js";
import { zeroClock } from "./zero-clock.js";

export interface FilmParts {
  /** mp4 files with one H.264 track each, all of the same size. */
  readonly clips: readonly Uint8Array[];
  readonly sound: StereoSound | undefined;
}

const AUDIO_BITRATE = 160_000;
/** Samples handed to the encoder at once. */
const AUDIO_CHUNK = 8192;

/** Joins the clips' packets and encodes the sound: one mp4 with fast start and no clock time. */
export async function muxFilm(parts: FilmParts): Promise<Uint8Array> {
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target });
  const video = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(video);
  const audio = parts.sound === undefined ? undefined : await openAudio();
  if (audio !== undefined) output.addAudioTrack(audio);
  await output.start();
  let start = 0;
  for (const clip of parts.clips) start = await copyClip(clip, video, start);
  video.close();
  if (audio !== undefined && parts.sound !== undefined) await encodeSound(parts.sound, audio);
  await output.finalize();
  if (target.buffer === null) throw new Error("The mp4 writer gave no bytes.");
  return zeroClock(new Uint8Array(target.buffer));
}

async function openAudio(): Promise<AudioSampleSource> {
  if (!(await canEncodeAudio("aac"))) registerAacEncoder();
  return new AudioSampleSource({ codec: "aac", bitrate: AUDIO_BITRATE });
}

/** Copies one clip's packets behind the others; gives the time at which it ends. */
async function copyClip(bytes: Uint8Array, source: EncodedVideoPacketSource, start: number): Promise<number> {
  const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  if (track === null) throw new Error("A clip has no picture.");
  const config = await track.getDecoderConfig();
  if (config === null || !config.codec.startsWith("avc1")) throw new Error("A clip is not H.264.");
  const colorSpace = { primaries: "bt709", transfer: "bt709", matrix: "bt709", fullRange: false } as const;
  const sink = new EncodedPacketSink(track);
  let end = start;
  for await (const packet of sink.packets()) {
    const moved = new EncodedPacket(
      packet.data,
      isKeyPacket(packet.data) ? "key" : "delta",
      start + packet.timestamp,
      packet.duration,
    );
    await source.add(moved, { decoderConfig: { ...config, colorSpace } });
    end = Math.max(end, start + packet.timestamp + packet.duration);
  }
  return end;
}

async function encodeSound(sound: StereoSound, source: AudioSampleSource): Promise<void> {
  const total = sound.left.length;
  for (let from = 0; from < total; from += AUDIO_CHUNK) {
    const frames = Math.min(AUDIO_CHUNK, total - from);
    const data = new Float32Array(frames * 2);
    data.set(sound.left.subarray(from, from + frames), 0);
    data.set(sound.right.subarray(from, from + frames), frames);
    const sample = new AudioSample({
      data,
      format: "f32-planar",
      numberOfChannels: 2,
      sampleRate: sound.sampleRate,
      timestamp: from / sound.sampleRate,
    });
    await source.add(sample);
    sample.close();
  }
  source.close();
}
