/** Shapes of what the API gives that is not of the document: the engine's types, declared. */
import { z } from "@hono/zod-openapi";

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(["failed", "input", "usage", "nothing", "conflict", "permission"]),
  hint: z.string().optional(),
  findings: z.array(z.object({
    severity: z.enum(["error", "warning", "note"]),
    path: z.string().describe("Place in the document"),
    message: z.string(),
    hint: z.string().optional(),
  })).optional(),
}).openapi("Problem");

export const finding = z.object({
  severity: z.enum(["error", "warning", "note"]),
  path: z.string().describe("Place in the document"),
  message: z.string(),
  hint: z.string().optional(),
}).openapi("Finding");

export const version = z.object({
  number: z.int(),
  parent: z.int().nullable(),
  author: z.string(),
  time: z.iso.datetime(),
  message: z.string(),
  confirmed: z.boolean(),
  digest: z.string().describe("SHA-256 over the parent's digest and what this version changed"),
}).openapi("Version");

export const pending = z.object({
  version: z.int(),
  user: z.string().describe("Who may confirm it"),
  secondsLeft: z.int(),
}).openapi("Pending");

const change = z.object({
  action: z.enum(["add", "change", "remove"]),
  subject: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
  drift: z.boolean().optional(),
}).openapi("Change");

const step = z.object({ kind: z.string(), title: z.string(), changes: z.array(change) }).openapi("Step");

const foreignChain = z.object({
  family: z.string(),
  table: z.string(),
  chain: z.string(),
  hook: z.string(),
  priority: z.int(),
  policy: z.enum(["accept", "drop"]),
}).openapi("ForeignChain");

export const lockout = z.object({
  connection: z.enum(["established", "new"]),
  from: z.string(),
  to: z.string(),
  port: z.int(),
  by: z.string().describe("What decides against it"),
}).openapi("Lockout");

const lease = z.object({
  device: z.string(),
  family: z.union([z.literal(4), z.literal(6)]),
  addresses: z.array(z.string()),
  gateways: z.array(z.string()),
  resolvers: z.array(z.string()),
  server: z.string().nullable(),
  expires: z.string().nullable(),
}).openapi("Lease");

export const status = z.object({
  version: version.nullable().describe("The newest"),
  confirmed: z.int().nullable().describe("Number of the newest confirmed version"),
  readOnly: z.string().nullable().describe("Why nothing can be changed"),
  pending: pending.nullable(),
  candidate: z.object({ base: z.int().nullable(), changes: z.int() }).nullable().optional(),
  kernel: z.object({
    state: z.enum(["in-sync", "drift", "missing", "unreadable", "none", "strange"]),
    version: z.int().nullable(),
    drift: z.array(change),
  }),
  rules: z.int(),
  forwarding: z.object({ ipv4: z.boolean(), ipv6: z.boolean() }),
  foreign: z.array(foreignChain),
  leases: z.array(lease),
  kept: z.boolean().nullable(),
  recovered: z.array(z.string()),
  asOf: z.iso.datetime(),
  busy: z.object({ operation: z.string(), user: z.string(), since: z.iso.datetime() }).nullable()
    .describe("What the engine is at, where it has not answered for now"),
}).openapi("Status");

const objectChange = z.object({
  path: z.string().describe("List or section"),
  id: z.string(),
  label: z.string(),
  kind: z.enum(["added", "removed", "changed"]),
  fields: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
  moved: z.object({ after: z.string().nullable() }).optional(),
}).openapi("ObjectChange");

export const plan = z.object({
  from: z.int().nullable(),
  document: z.array(objectChange).describe("Differences of the document"),
  words: z.array(z.string()).describe("The same in lines for people"),
  steps: z.array(step).describe("Differences of the machine, in the order in which they are made"),
  strange: z.boolean(),
  drift: z.array(change),
  findings: z.array(finding),
  lockouts: z.array(lockout),
  foreign: z.array(foreignChain),
}).openapi("Plan");

export const applied = z.object({
  version,
  steps: z.array(step),
  pending: pending.nullable(),
  problems: z.array(z.string()),
}).openapi("Applied");

export const diff = z.object({ changes: z.array(objectChange), words: z.array(z.string()) }).openapi("Diff");

/** Reading, with its problems: the same for every route. */
export function answers<S extends z.ZodType>(schema: S, description: string) {
  return { 200: json(schema, description), default: json(problem, "A problem (RFC 9457)", "application/problem+json") };
}

export function json<S extends z.ZodType>(schema: S, description: string, type = "application/json") {
  return { description, content: { [type as "application/json"]: { schema } } };
}
