import encoderModule from "h264-mp4-encoder";
import type { Frame } from "./frame.js";

/** Takes frames one by one and gives an H.264 mp4. */
export interface ClipEncoder {
  add(frame: Frame): void;
  finish(): Uint8Array;
}

export interface EncoderOptions {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  /** 10 finest to 51 coarsest. */
  readonly quantization: number;
}

/** Speed 9 is the fastest with the deblocking filter on. */
const SPEED = 9;

/** Opens the wasm encoder; one key frame per clip, so nothing pulses. */
export async function openClipEncoder(options: EncoderOptions): Promise<ClipEncoder> {
  const encoder = await encoderModule.createH264MP4Encoder();
  encoder.width = options.width;
  encoder.height = options.height;
  encoder.frameRate = options.frameRate;
  encoder.quantizationParameter = options.quantization;
  encoder.speed = SPEED;
  encoder.groupOfPictures = 2000;
  encoder.initialize();
  return {
    add: (frame) => encoder.addFrameYuv(frame.data),
    finish: () => {
      encoder.finalize();
      const bytes = new Uint8Array(encoder.FS.readFile(encoder.outputFilename));
      encoder.delete();
      return bytes;
    },
  };
}
