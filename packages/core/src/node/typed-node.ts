import type { Modality } from "../manifest/model.js";
import type { CompositeNode } from "./composite-node.js";

/**
 * A node under the types that its factory knows of it: those of its bodies, which are values of any shape at run time.
 * The factory answers for them.
 */
export function typedNode<M extends Modality, A extends Modality, V, In>(
  node: CompositeNode,
): CompositeNode<M, A, V, In> {
  return node as unknown as CompositeNode<M, A, V, In>;
}
