import { describeMediaHandlerContract, type MediaSample } from "@genblaze/contract";
import { mp4Handler } from "../src/mp4/mp4-handler.js";
import { pngHandler } from "../src/png/png-handler.js";
import { wavHandler } from "../src/wav/wav-handler.js";
import { embedRows, goldenBytes } from "./golden-rows.js";
import { mp4Samples, pngSamples, wavSamples } from "./made-samples.js";

/** Golden originals up to this size; the big ones repeat what small ones show. */
const MAX_SAMPLE_BYTES = 20_000;

describeMediaHandlerContract(pngHandler, { samples: [...originals("image/png"), ...pngSamples] });
describeMediaHandlerContract(mp4Handler, { samples: [...originals("video/mp4"), ...mp4Samples] });
describeMediaHandlerContract(wavHandler, { samples: [...originals("audio/wav"), ...wavSamples] });

function originals(mime: string): MediaSample[] {
  return embedRows
    .filter((row) => row.mime === mime)
    .map((row) => ({ name: row.original, bytes: goldenBytes(row.original) }))
    .filter((sample) => sample.bytes.length <= MAX_SAMPLE_BYTES);
}
