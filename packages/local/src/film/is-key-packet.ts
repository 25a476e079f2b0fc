const IDR_SLICE = 5;
const MAX_UNITS = 64;

/** Whether an H.264 access unit with 4-byte lengths begins a new picture sequence (ISO/IEC 14496-10, 7.4.1). */
export function isKeyPacket(data: Uint8Array): boolean {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let at = 0;
  for (let unit = 0; unit < MAX_UNITS && at + 5 <= data.byteLength; unit++) {
    if ((view.getUint8(at + 4) & 31) === IDR_SLICE) return true;
    at += 4 + view.getUint32(at);
  }
  return false;
}
