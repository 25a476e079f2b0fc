/** How a layer moves in the clip; every field is plain JSON and travels in the layer's metadata. */
export interface LayerMotion {
  /** Share of the camera's move that the layer follows: 0 for the sky, about 1 for the ground, more in front. */
  readonly parallax: number;
  /** Widths of the frame per second, to the right. */
  readonly drift?: number;
  /** Heights of the frame, up and down. */
  readonly bob?: number;
  /** Widths of the frame that rows swing to and fro, like water. */
  readonly ripple?: number;
  /** Lean of the layer, in widths per height, to and fro, like grass or a boat. */
  readonly sway?: number;
  /** Share of the opacity that comes and goes. */
  readonly pulse?: number;
  /** Row that stands still under `sway`, 0 top to 1 bottom. @default 1 */
  readonly pivot?: number;
}

/** A raster of straight (not premultiplied) RGBA. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Light that catches the edges of a layer. */
export interface RimLight {
  readonly color: string;
  /** Board units towards the light. */
  readonly x: number;
  readonly y: number;
  readonly strength: number;
}

/** One layer to paint: as SVG on the board, as pixels, or from what lies behind it. */
export type LayerPlan = {
  readonly name: string;
  /** 0 far to 1 near. */
  readonly depth: number;
  readonly motion: LayerMotion;
} & (
  | { readonly kind: "svg"; readonly body: string; readonly rim?: RimLight; readonly rimOnly?: boolean }
  | {
      readonly kind: "pixels";
      /** Paints at `scale` times the layer's size; the result is scaled up. */
      readonly scale: number;
      readonly paint: (raster: Raster) => void;
    }
  | { readonly kind: "reflection"; readonly paint: (behind: Raster, raster: Raster) => void }
);
