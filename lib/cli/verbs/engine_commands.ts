/** Commands of the engine: look, apply, confirm, go back. */
import type { Command, Option } from "../../model/command.ts";
import type { Desk } from "../desk.ts";

const engine = () => import("./engine.ts");

/** How to come back, and how to insist. */
export const COMING_BACK: readonly Option[] = [
  {
    name: "confirm",
    type: "text",
    value: "DURATION",
    description: "Undo it unless patronus confirm comes within this time, as 60s or 5m",
  },
  { name: "force", type: "flag", description: "Even where it cuts the SSH session that you sit in" },
];

export const applyCommand: Command<Desk> = {
  path: ["apply"],
  summary: "Make your candidate the newest version and put it into effect",
  description: "Ends on the new version or on the old one, never between. With --confirm it undoes itself unless you " +
    "run patronus confirm in time, also across a crash and a reboot.\n\n" +
    "Where it would cut the SSH session that you sit in, or keep you from opening another, it refuses unless you give " +
    "--confirm, which brings you back, or --force.",
  options: [
    ...COMING_BACK,
    { name: "message", aliases: ["m"], type: "text", value: "TEXT", description: "Why, for the history" },
    { name: "boot", type: "flag", description: "Bring up the last confirmed version, as at boot; edits stay" },
  ],
  examples: [
    { command: 'patronus apply --confirm 60s -m "open the web server"', explanation: "with a way back" },
    { command: "patronus confirm", explanation: "still here? keep it" },
  ],
  run: async (input, desk) => (await engine()).apply(input, desk),
};

export const checkCommand: Command<Desk> = {
  path: ["check"],
  summary: "Say everything that is wrong with your candidate",
  reads: true,
  run: async (_input, desk) => (await engine()).check(desk),
};

export const engineCommands: readonly Command<Desk>[] = [
  {
    path: ["status"],
    summary: "Show what runs, what is pending, and whether the kernel has it",
    reads: true,
    run: async (_input, desk) => (await import("./status.ts")).status(desk),
  },
  checkCommand,
  {
    path: ["plan"],
    summary: "Show what applying your candidate would change",
    description: "In the words of the configuration and in those of the kernel, with what somebody changed behind " +
      "Patronus's back, and whether you would lock yourself out.",
    options: [{
      name: "full",
      type: "flag",
      description: "All of a long list, and nothing cut to the terminal's width",
    }],
    reads: true,
    run: async (input, desk) => (await import("./plan.ts")).plan(input, desk),
  },
  applyCommand,
  {
    path: ["confirm"],
    summary: "Keep what apply --confirm put into effect",
    run: async (_input, desk) => (await engine()).confirm(desk),
  },
  {
    path: ["rollback"],
    summary: "Go back to the version before, or to version N",
    description:
      "History is never rewritten: the old content becomes a new version, and what is undone comes back as " +
      "your candidate. So the version before a rollback's is the one that was undone. Like apply, it refuses to cut " +
      "the SSH session that you sit in.",
    arguments: [{ name: "N", description: "The version's number", optional: true, completes: "version" }],
    options: COMING_BACK,
    run: async (input, desk) => (await engine()).rollback(input, desk),
  },
  {
    path: ["discard"],
    summary: "Drop your candidate",
    run: async (_input, desk) => (await engine()).discard(desk),
  },
];
