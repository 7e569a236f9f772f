/** What a benchmark is: rows with their targets as data, and the work that measures them. */
import type { Samples } from "./measure.ts";
import type { Site } from "./site.ts";

/** What a row shall be. */
export type Target =
  /** Below so many of the row's unit. */
  | { readonly under: number }
  /** At most so many times the reference. */
  | { readonly times: number }
  /** Below the reference. */
  | { readonly faster: true };

export interface Row {
  /** What its samples are kept under. */
  readonly key: string;
  readonly title: string;
  readonly unit: "ms" | "MB" | "bytes";
  readonly targets?: readonly Target[];
}

export interface Benchmark {
  readonly title: string;
  /** What is measured and how, in whole sentences. */
  readonly explanation: string;
  readonly rows: readonly Row[];
  /** Key of the row that the others of its unit are compared with. */
  readonly reference?: string;
  readonly measure: (site: Site) => Promise<Samples>;
}
