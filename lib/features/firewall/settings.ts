/** Verbs that change `[firewall]` itself: settings, forwarding, flush. */
import type { Block, Input, Option, Output } from "../../model/command.ts";
import { PatronusError } from "../../model/error.ts";
import { SINGLETONS } from "../collections.ts";
import type { Document } from "../document.ts";
import { resolveNames } from "../names.ts";
import { givenFields, schemaOptions } from "../options.ts";
import type { Session } from "../session.ts";
import { valid } from "../valid.ts";
import { HINT_PLAN } from "../words.ts";
import { type Settings, settings } from "./schema.ts";

const REFERENCES = SINGLETONS.find(({ path }) => path === "firewall")?.references ?? {};

export function settingOptions(): Option[] {
  return schemaOptions(settings, { references: REFERENCES, edit: true });
}

/** `firewall set`: each option given becomes the setting's new value. */
export async function set(input: Input, session: Session): Promise<Output> {
  const given = givenFields(settings, input);
  if (Object.keys(given).length === 0) {
    throw new PatronusError("usage", "nothing to set", { hint: "patronus firewall set --help lists the settings" });
  }
  const before = await session.document();
  const after = await session.edit((document) => withSettings(document, given));
  return changed(before, after);
}

/** `firewall enable-forwarding` and `disable-forwarding`. */
export async function forwarding(value: Settings["forwarding"], session: Session): Promise<Output> {
  const before = await session.document();
  const after = await session.edit((document) => withSettings(document, { forwarding: value }));
  return changed(before, after);
}

/** `firewall flush`: takes all rules out; settings, NAT and aliases stay. */
export async function flush(session: Session): Promise<Output> {
  const count = (await session.document()).firewall.rules.length;
  if (count === 0) return { blocks: [{ kind: "line", text: ["there are no rules to flush"] }] };
  const after = await session.edit((document) => ({ ...document, firewall: { ...document.firewall, rules: [] } }));
  const many = count === 1 ? "1 rule" : `${count} rules`;
  const { default_input, default_forward, default_output } = after.firewall;
  return {
    blocks: [
      { kind: "line", text: [{ text: "flushed  ", tone: "bad" }, many] },
      {
        kind: "line",
        text: [
          `now only the defaults decide: input ${default_input}, forward ${default_forward}, output ${default_output}`,
        ],
      },
      HINT_PLAN,
    ],
  };
}

function withSettings(document: Document, given: Readonly<Record<string, unknown>>): Document {
  const { chains, rules, ...old } = document.firewall;
  const lockout = given["anti_lockout"];
  const merged = {
    ...old,
    ...given,
    ...(lockout === undefined ? {} : { anti_lockout: { ...old.anti_lockout, ...lockout } }),
  };
  const result = valid("setting", settings, resolveNames(document, REFERENCES, merged), "firewall");
  return { ...document, firewall: { ...result, chains, rules } };
}

function changed(before: Document, after: Document): Output {
  const lines: Block[] = [];
  const compare = (path: string, a: unknown, b: unknown) => {
    if (typeof a === "object" && a !== null && !Array.isArray(a)) {
      for (const [key, value] of Object.entries(a)) {
        compare(`${path}.${key}`, value, (b as Record<string, unknown>)[key]);
      }
    } else if (JSON.stringify(a) !== JSON.stringify(b)) {
      lines.push({ kind: "line", text: [{ text: "changed  ", tone: "good" }, `${path}: ${shown(a)} → ${shown(b)}`] });
    }
  };
  for (const [key, value] of Object.entries(before.firewall)) {
    if (key === "rules" || key === "chains") continue;
    compare(key, value, (after.firewall as unknown as Record<string, unknown>)[key]);
  }
  if (lines.length === 0) return { blocks: [{ kind: "line", text: ["it is so already"] }] };
  return { blocks: [...lines, HINT_PLAN] };
}

function shown(value: unknown): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  return Array.isArray(value) ? value.join(", ") || "any" : String(value);
}
