/** Where the hook puts what dhcpcd says: one file a protocol, the newest word of each. */
import { type Environment, parseEnvironment } from "./environment.ts";

export class Inbox implements Disposable {
  readonly #watcher: Deno.FsWatcher;

  /** Makes the directory, or empties it of what an earlier client said. */
  constructor(readonly directory: string) {
    Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const { name } of Deno.readDirSync(directory)) Deno.removeSync(`${directory}/${name}`);
    this.#watcher = Deno.watchFs(directory, { recursive: false });
  }

  /** Each word once, until the inbox is disposed of. Where two of a protocol come in a rush, only the newer one is given. */
  async *words(protocols: readonly string[]): AsyncGenerator<Environment> {
    for await (const _ of this.#watcher) {
      for (const protocol of protocols) {
        const word = this.#take(protocol);
        if (word !== null) yield parseEnvironment(word);
      }
    }
  }

  /** Takes a file away before it is read, so that the next word cannot come between. */
  #take(protocol: string): Uint8Array | null {
    const taken = `${this.directory}/taken`;
    try {
      Deno.renameSync(`${this.directory}/${protocol}`, taken);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
    const word = Deno.readFileSync(taken);
    Deno.removeSync(taken);
    return word;
  }

  [Symbol.dispose](): void {
    this.#watcher.close();
  }
}
