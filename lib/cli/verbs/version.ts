/** `version`. */
import type { Output } from "../../model/command.ts";
import settings from "../../../deno.json" with { type: "json" };

export function version(): Output {
  return {
    blocks: [{ kind: "line", text: [`patronus ${settings.version}`] }],
    json: { version: settings.version, deno: Deno.version.deno, arch: Deno.build.arch },
  };
}
