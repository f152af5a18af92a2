/** What is used of a package that has no types of its own. */
declare module 'd3-flame-graph' {
  /** As in caller_tree.ts. */
  interface Node {
    name: string;
    value: number;
    readonly children: Node[];
  }
  interface Drawn {
    readonly data: Node;
    readonly depth: number;
    readonly value: number;
  }
  interface FlameGraph {
    (selection: unknown): FlameGraph;
    width(pixels: number): this;
    height(pixels: number): this;
    minHeight(pixels: number): this;
    cellHeight(pixels: number): this;
    inverted(on: boolean): this;
    sort(on: boolean): this;
    transitionDuration(ms: number): this;
    title(text: string): this;
    setLabelHandler(label: (frame: Drawn) => string): this;
    setColorMapper(color: (frame: Drawn) => string): this;
    onHover(tell: (frame: Drawn) => void): this;
  }
  export default function flamegraph(): FlameGraph;
}

declare module 'd3-selection' {
  interface Selection {
    datum(data: unknown): this;
    call(draw: (selection: unknown) => unknown): this;
  }
  export function select(element: Element): Selection;
}
