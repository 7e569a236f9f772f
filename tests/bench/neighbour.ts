/** Another private network: what `nft` changes there is no change to the engine here, whose reading of the kernel stays good. */
import { run } from "./program.ts";

export class Neighbour {
  readonly #holder: Deno.ChildProcess;

  private constructor(holder: Deno.ChildProcess) {
    this.#holder = holder;
  }

  static async open(): Promise<Neighbour> {
    // It ends when its input does: also when this process is killed.
    const command = new Deno.Command("unshare", { args: ["--net", "cat"], stdin: "piped", stdout: "piped" });
    const holder = command.spawn();
    // What comes back says that the network is there.
    const writer = holder.stdin.getWriter();
    await writer.write(new Uint8Array([10]));
    writer.releaseLock();
    const reader = holder.stdout.getReader();
    const { done } = await reader.read();
    reader.releaseLock();
    if (done) throw new Error("unshare made no second network");
    return new Neighbour(holder);
  }

  /** Runs `nft` on a file, in this network. */
  async nft(path: string): Promise<void> {
    await run(["nsenter", "--target", String(this.#holder.pid), "--net", "nft", "-f", path]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#holder.stdin.close();
    await this.#holder.stdout.cancel();
    await this.#holder.status;
  }
}
