/** Benchmarks as tables: on the terminal while they run, and in docs/benchmarks.md. */
import type { Column, Output, Text } from "../../lib/model/command.ts";
import type { Benchmark, Row, Target } from "./benchmark.ts";
import { median, quantile, type Samples } from "./measure.ts";

/** A benchmark that has run, or why it cannot run here. */
export type Result =
  | { readonly benchmark: Benchmark; readonly samples: Samples }
  | { readonly benchmark: Benchmark; readonly obstacle: string };

const COLUMNS: readonly Column[] = [
  { title: "what", least: 20 },
  { title: "median", align: "right" },
  { title: "unit" },
  { title: "quartiles", align: "right", drop: 2 },
  { title: "min-max", align: "right", drop: 1 },
  { title: "samples", align: "right", drop: 3 },
  { title: "ratio", align: "right" },
  { title: "target", least: 30 },
];

/** One benchmark for the terminal. */
export function forTerminal(result: Result): Output {
  const { benchmark } = result;
  const blocks: Output["blocks"] = "obstacle" in result
    ? [{ kind: "line", text: [{ text: result.obstacle, tone: "warn" }] }]
    : [{ kind: "table", columns: COLUMNS, rows: benchmark.rows.map((row) => cells(benchmark, row, result.samples)) }];
  return { blocks: [{ kind: "heading", text: benchmark.title }, ...blocks, { kind: "line", text: [] }] };
}

/** The page docs/benchmarks.md. `facts` say what was measured on. */
export function page(results: readonly Result[], facts: readonly (readonly [string, string])[]): string {
  const parts = [
    "# Benchmarks\n",
    "_Written by `deno task bench`; run that, do not edit this page._\n",
    `| | |\n|---|---|\n${facts.map(([name, value]) => `| ${name} | ${value} |`).join("\n")}\n`,
    "Everything runs in a private network namespace. Contenders take turns within one loop, so that whatever else the " +
    "machine does hits all of them alike; one round for warming up does not count. Ratios are between medians of the " +
    "same run, to the row marked 1x. `patronus` is started as the task of that name does, from source, but for the task " +
    "runner's own start.\n",
  ];
  for (const result of results) {
    const { benchmark } = result;
    parts.push(`## ${benchmark.title}\n`, `${benchmark.explanation}\n`);
    if ("obstacle" in result) {
      parts.push(`Not measured: ${result.obstacle}.\n`);
      continue;
    }
    const { samples } = result;
    const lines = [
      COLUMNS.map(({ title }) => title),
      COLUMNS.map(({ align }) => align === "right" ? "---:" : "---"),
      ...benchmark.rows.map((row) => cells(benchmark, row, samples).map((text) => marked(text))),
    ];
    parts.push(`${lines.map((line) => `| ${line.join(" | ")} |`).join("\n")}\n`);
  }
  return parts.join("\n");
}

function marked(text: Text): string {
  if (typeof text === "string") return text.replaceAll("|", "\\|");
  return text.tone === "bad" ? `**${text.text}**` : text.text;
}

function cells({ rows, reference }: Benchmark, row: Row, samples: Samples): Text[] {
  const values = valuesOf(samples, row.key);
  const number = (value: number) => format(value, row.unit);
  const base = rows.find(({ key, unit }) => key === reference && unit === row.unit);
  const ratio = base === undefined ? null : median(values) / median(valuesOf(samples, base.key));
  return [
    row.title,
    number(median(values)),
    row.unit,
    `${number(quantile(values, 0.25))}-${number(quantile(values, 0.75))}`,
    `${number(Math.min(...values))}-${number(Math.max(...values))}`,
    String(values.length),
    ratio === null ? "" : base === row ? "1x" : `${ratio < 0.1 ? ratio.toPrecision(2) : ratio.toFixed(2)}x`,
    verdicts(row, median(values), ratio ?? NaN),
  ];
}

function verdicts({ targets = [], unit }: Row, value: number, ratio: number): Text {
  const results = targets.map((target) => ({ words: words(target, unit), met: isMet(target, value, ratio) }));
  const text = results.map(({ words, met }) => `${words}: ${met ? "met" : "missed"}`).join(", ");
  return { text, tone: text === "" ? "plain" : results.every(({ met }) => met) ? "good" : "bad" };
}

function isMet(target: Target, value: number, ratio: number): boolean {
  if ("under" in target) return value < target.under;
  return "times" in target ? ratio <= target.times : ratio < 1;
}

function words(target: Target, unit: string): string {
  if ("under" in target) return `under ${target.under} ${unit}`;
  return "times" in target ? `at most ${target.times}x` : "faster";
}

/** Throws where a row was not measured. */
function valuesOf(samples: Samples, key: string): readonly number[] {
  const values = samples.get(key);
  if (values === undefined) throw new Error(`nothing was measured for ${key}`);
  return values;
}

function format(value: number, unit: Row["unit"]): string {
  if (unit === "bytes") return Math.round(value).toLocaleString("en");
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
