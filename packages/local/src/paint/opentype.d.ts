declare module "opentype.js" {
  interface Path {
    toPathData(decimalPlaces?: number): string;
    getBoundingBox(): { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number };
  }
  interface Font {
    readonly unitsPerEm: number;
    charToGlyphIndex(character: string): number;
    getPath(
      text: string,
      x: number,
      y: number,
      fontSize: number,
      options?: { readonly kerning?: boolean; readonly letterSpacing?: number },
    ): Path;
    getAdvanceWidth(
      text: string,
      fontSize: number,
      options?: { readonly kerning?: boolean; readonly letterSpacing?: number },
    ): number;
  }
  const opentype: { parse(buffer: ArrayBuffer): Font };
  // biome-ignore lint/style/noDefaultExport: the package's CommonJS object is its default export
  export default opentype;
}
