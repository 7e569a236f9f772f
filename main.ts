/** The one entry: hands the command line to lib/cli. */
import { run } from "./lib/cli/mod.ts";
import { processIo } from "./lib/cli/io.ts";

Deno.exitCode = await run(Deno.args[0] === "--" ? Deno.args.slice(1) : Deno.args, processIo());
