/** Who did something, and from where. */

export type Actor =
  | { readonly kind: "user"; readonly name: string }
  /** `prefix`: the part of the token that may be shown. */
  | { readonly kind: "token"; readonly user: string; readonly prefix: string }
  /** The local root, who says which person it is. */
  | { readonly kind: "root"; readonly claims: string }
  /** Somebody who has not logged in. */
  | { readonly kind: "stranger" }
  | { readonly kind: "system" };

/** An actor, and the address it came from; null: from this machine. */
export interface Caller {
  readonly actor: Actor;
  readonly address: string | null;
}

/** As the audit log has it: `user ann`, `token pat_4fG7kQ2x of ann`, `root (claims ann)`, `stranger`, `system`. */
export function actorText(actor: Actor): string {
  switch (actor.kind) {
    case "user":
      return `user ${actor.name}`;
    case "token":
      return `token ${actor.prefix} of ${actor.user}`;
    case "root":
      return `root (claims ${actor.claims})`;
    default:
      return actor.kind;
  }
}
