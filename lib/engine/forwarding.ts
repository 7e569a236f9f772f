/**
 * Forwarding between interfaces, as two steps around the firewall's: what is to be turned off goes first, what is to be
 * turned on comes last. So nothing is ever forwarded without the rules for it.
 */
import type { Desired } from "../features/desired.ts";
import { readSysctl, writeSysctl } from "../services/sysctl.ts";
import type { Change, PlannedStep, StepDriver } from "./step.ts";

/** Whether this machine forwards, for each family. */
export function readForwarding(): { readonly ipv4: boolean; readonly ipv6: boolean } {
  const on = (name: string) => readSysctl(name) === "1";
  return { ipv4: on("net.ipv4.ip_forward"), ipv6: on("net.ipv6.conf.all.forwarding") };
}

type Values = Readonly<Record<string, string>>;

class ForwardingDriver implements StepDriver<Desired> {
  constructor(readonly kind: string, readonly order: number, readonly value: "0" | "1") {}

  plan(desired: Desired): Promise<PlannedStep | null> {
    const different = this.#different(desired);
    if (different.length === 0) return Promise.resolve(null);
    return Promise.resolve({
      kind: this.kind,
      title: `turn forwarding ${this.value === "1" ? "on" : "off"}`,
      changes: different.map(change),
      redo: Object.fromEntries(different.map(({ name, after }) => [name, after])),
      undo: Object.fromEntries(different.map(({ name, before }) => [name, before])),
    });
  }

  apply(redo: unknown): Promise<void> {
    return set(redo as Values);
  }

  undo(undo: unknown): Promise<void> {
    return set(undo as Values);
  }

  /** Sets what differs, if anything. */
  become(desired: Desired): Promise<void> {
    return set(Object.fromEntries(this.#different(desired).map(({ name, after }) => [name, after])));
  }

  verify(desired: Desired): Promise<readonly Change[]> {
    return Promise.resolve(this.#different(desired).map(change));
  }

  #different({ sysctls }: Desired): { name: string; before: string; after: string }[] {
    return Object.entries(sysctls).filter(([, value]) => value === this.value).flatMap(([name, after]) => {
      // A kernel without IPv6 forwards none, and has no file to say so.
      const before = readSysctl(name) ?? "0";
      return before === after ? [] : [{ name, before, after }];
    });
  }
}

function change({ name, before, after }: { name: string; before: string; after: string }): Change {
  return { action: "change", subject: `sysctl ${name}`, before, after };
}

function set(values: Values): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    if ((readSysctl(name) ?? "0") !== value) writeSysctl(name, value);
  }
  return Promise.resolve();
}

/** What turns off, and what turns on. */
export const FORWARDING: readonly [ForwardingDriver, ForwardingDriver] = [
  new ForwardingDriver("forwarding-off", 5, "0"),
  new ForwardingDriver("forwarding-on", 90, "1"),
];
