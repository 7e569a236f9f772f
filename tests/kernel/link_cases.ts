/** Links of each kind, made natively and held to what `ip` lists. A case runs where the kernel has the kind. */
import { deleteLink, findLink, listLinks } from "../../lib/netlink/socket/link.ts";
import { submit } from "../../lib/netlink/socket/submit.ts";
import type { LinkKind } from "../../lib/netlink/wire/kind.ts";
import { type LinkChange, type NewLink, newLink, setLink } from "../../lib/netlink/wire/link.ts";
import { assertEquals } from "../../lib/std/assert.ts";
import { assertListedAlike } from "./ip.ts";
import { routeLab } from "./route_lab.ts";

/** One link that is made, and what is changed about it then, step by step. */
export interface LinkCase {
  readonly title: string;
  readonly link: Omit<NewLink, "name" | "parent">;
  /** It is made on top of a veth that is up. */
  readonly below?: boolean;
  readonly changes?: readonly LinkChange[];
}

/** What is said is what is observed, field by field; what was not said is anybody's choice. */
function assertHolds(observed: object, said: object, where: string): void {
  const seen = observed as Record<string, unknown>;
  for (const [key, value] of Object.entries(said)) {
    if (value === undefined) continue;
    if (typeof value === "object" && !Array.isArray(value) && value !== null) {
      assertHolds(seen[key] as object ?? {}, value, `${where}.${key}`);
    } else assertEquals(seen[key], value, `${where}.${key}`);
  }
}

/** Kinds that this kernel has or loads. It looks for the kind first, and refuses an unknown one with EOPNOTSUPP. */
async function has(kind: LinkKind["kind"]): Promise<boolean> {
  await using lab = await routeLab();
  const [outcome] = await lab.netlink.change([newLink({ name: "asked", settings: { kind } as LinkKind })]);
  return outcome?.code !== "EOPNOTSUPP";
}

/** Registers one test for each case; those of kinds that this kernel lacks are ignored, and say so. */
export async function linkTests(cases: readonly LinkCase[]): Promise<void> {
  const there = new Map<string, boolean>();
  for (const { link } of cases) {
    const { kind } = link.settings;
    if (!there.has(kind)) there.set(kind, await has(kind));
  }
  for (const one of cases) linkTest(one, there.get(one.link.settings.kind) ?? false);
}

function linkTest({ title, link, below = false, changes = [] }: LinkCase, there: boolean): void {
  const { kind } = link.settings;
  Deno.test({ name: `${kind}: ${title}${there ? "" : `: this kernel has no ${kind}`}`, ignore: !there }, async () => {
    await using lab = await routeLab();
    const { netlink } = lab;
    const before = (await listLinks(netlink)).length;
    const cable: NewLink = { name: "below", up: true, settings: { kind: "veth", peer: { name: "far" } } };
    if (below) await submit(netlink, newLink(cable));
    const parent = below ? (await findLink(netlink, "below")).index : undefined;
    const wanted: NewLink = { name: "made", ...link, ...(parent === undefined ? {} : { parent }) };
    await submit(netlink, newLink(wanted));
    await assertListedAlike(netlink);
    // A veth is told its peer, and then lists it as a link of its own.
    const { settings, ...rest } = wanted;
    const own = settings.kind === "veth" ? { kind: settings.kind } : settings;
    const made = await findLink(netlink, "made");
    assertHolds(made, { ...rest, settings: own }, title);
    for (const change of changes) {
      await submit(netlink, setLink(made, change));
      await assertListedAlike(netlink);
      assertHolds(await findLink(netlink, made.index), change, `${title}, changed`);
    }
    await deleteLink(netlink, "made");
    assertEquals((await listLinks(netlink)).length, before + (below ? 2 : 0));
  });
}
