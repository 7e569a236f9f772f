/** The one entry: hands the command line to lib/cli. */
import { run } from "./lib/cli/mod.ts";
import { processIo } from "./lib/cli/io.ts";

Deno.exitCode = await run(Deno.args, processIo());
