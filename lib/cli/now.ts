/** `--now`: edit and apply in one go, for commands that change the network as one changes it with `ip`. */
import type { Command, Input, Option, Output } from "../model/command.ts";
import { PatronusError } from "../model/error.ts";
import type { Desk } from "./desk.ts";
import { COMING_BACK } from "./verbs/engine_commands.ts";

const NOW: Option = { name: "now", type: "flag", description: "Apply it at once; refused while you have other edits" };

/** The command with `--now`, and what `apply` takes with it; one that only reads stays as it is. */
export function withNow(command: Command<Desk>): Command<Desk> {
  if (command.reads) return command;
  return {
    ...command,
    options: async () => {
      const own = typeof command.options === "function" ? await command.options() : command.options ?? [];
      return [...own, NOW, ...COMING_BACK];
    },
    run: async (input, desk) => {
      if (input.flag("now")) return await editAndApply(command, input, desk);
      const stray = COMING_BACK.find(({ name }) => input.options[name] !== undefined);
      if (stray === undefined) return await command.run(input, desk);
      throw new PatronusError("usage", `--${stray.name} goes with --now`, {
        hint: "without it, nothing is applied yet",
      });
    },
  };
}

async function editAndApply(command: Command<Desk>, input: Input, desk: Desk): Promise<Output> {
  if (await desk.hasEdits()) {
    throw new PatronusError("conflict", "you have other edits, which --now would apply as well", {
      hint: "patronus plan shows them; apply them, or drop them with patronus discard; or leave out --now",
    });
  }
  const edited = await command.run(input, desk);
  const { apply } = await import("./verbs/engine.ts");
  const applied = await apply(input, desk);
  return { blocks: [...edited.blocks.filter(({ kind }) => kind !== "hint"), ...applied.blocks] };
}
