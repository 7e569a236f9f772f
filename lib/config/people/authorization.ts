/** Who may do what: one table, and one function that reads it. */

/** From least to most: each may do what those before it may. */
export const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = typeof ROLES[number];

/** What an API token can be made for. */
export const SCOPES = ["read", "change", "users", "audit"] as const;
export type Scope = typeof SCOPES[number];

/** What an action takes. */
interface Rule {
  readonly role: Role;
  /** The scope with which a token may do it; null: no token, only somebody who logged in. */
  readonly scope: Scope | null;
}

export const ACTIONS = {
  /** See the configuration, its versions, plans and differences; without secrets. */
  "config.read": { role: "viewer", scope: "read" },
  /** See the machine: status, counters, connections, logs. */
  "status.read": { role: "viewer", scope: "read" },
  /** Edit one's own candidate. */
  "config.edit": { role: "operator", scope: "change" },
  /** Apply, confirm and roll back. */
  "config.apply": { role: "operator", scope: "change" },
  /** Act on the machine without changing the configuration: end connections, renew leases. */
  "status.change": { role: "operator", scope: "change" },
  /** Export the configuration with its keys and passwords, or make a backup of the store. */
  "config.export-secrets": { role: "admin", scope: null },
  "users.read": { role: "admin", scope: "users" },
  /** Add, change, disable and delete users; end their sessions and tokens. */
  "users.change": { role: "admin", scope: "users" },
  "audit.read": { role: "admin", scope: "audit" },
  /** One's own password, second factor, sessions and tokens: a token that leaked must not make others. */
  "account.change": { role: "viewer", scope: null },
} as const satisfies Readonly<Record<string, Rule>>;

export type Action = keyof typeof ACTIONS;

/** With what somebody comes: the role of the user, and with a token its scopes; null: logged in. */
export interface Authority {
  readonly role: Role;
  readonly scopes: readonly Scope[] | null;
}

/** Whether somebody may do something. A token never may more than its user. */
export function may({ role, scopes }: Authority, action: Action): boolean {
  const rule: Rule = ACTIONS[action];
  if (!reaches(role, rule.role)) return false;
  return scopes === null || (rule.scope !== null && scopes.includes(rule.scope));
}

/** The scopes that a user of this role can give a token: those with which it may do anything at all. */
export function scopesOf(role: Role): Scope[] {
  const rules: Rule[] = Object.values(ACTIONS);
  return SCOPES.filter((scope) => rules.some((rule) => rule.scope === scope && reaches(role, rule.role)));
}

function reaches(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}
