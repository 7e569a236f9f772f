/** What a run of tests adds up to. */
export class Tally {
  #passed = 0;
  #failed = 0;
  readonly #skips: string[] = [];

  /** `strict`: nothing may be skipped, as in CI, and each skip is a failure. */
  constructor(readonly strict: boolean) {}

  /** Adds what one `deno test` printed, without colours, and whether it ended well. */
  add(output: string, success: boolean): void {
    const [, passed = 0, failed = 0] = /(\d+) passed(?: \([^)]*\))? \| (\d+) failed/.exec(output) ?? [];
    this.#passed += Number(passed);
    // A file that does not load, or a run that was ended, is a failure even where no test was counted as one.
    this.#failed += success ? 0 : Math.max(1, Number(failed));
    for (const [line] of output.matchAll(/^.*\.\.\. ignored.*$/gm)) this.#skips.push(line.trim());
  }

  /** Adds tests that cannot run here. */
  skip(what: string, reason: string): void {
    this.#skips.push(`${what}: ${reason}`);
  }

  /** Adds a failure that is no test's. */
  fail(): void {
    this.#failed++;
  }

  get succeeded(): boolean {
    return this.#failures === 0;
  }

  /** What was skipped, and on the last line the count. */
  report(): string {
    const skipped = this.strict ? 0 : this.#skips.length;
    const note = this.strict ? " (a failure in CI)" : "";
    const list = this.#skips.length > 0 ? `\nSkipped${note}:\n  ${this.#skips.join("\n  ")}\n` : "";
    return `${list}\n${this.#passed} passed, ${this.#failures} failed, ${skipped} skipped`;
  }

  get #failures(): number {
    return this.#failed + (this.strict ? this.#skips.length : 0);
  }
}
