/** Candidates in the database: each user's edits as an overlay over a base version. */
import { COLLECTIONS, SCHEMA_VERSION, SINGLETONS } from "../features/collections.ts";
import type { Document } from "../features/document.ts";
import { EMPTY } from "../features/empty.ts";
import { PatronusError } from "../model/error.ts";
import type { Database, Row } from "./database.ts";
import { deltas } from "./delta.ts";
import { filled, lean } from "./lean.ts";
import { assemble, byName, freeze, type Part, parts, settings } from "./parts.ts";
import type { Candidate } from "./store.ts";
import { readRanks } from "./versions.ts";

/** What this process last saw of each user's candidate. The revision tells whether another process changed it since. */
export type Cache = Map<string, { readonly revision: string; readonly candidate: Candidate }>;

type Base = (number: number) => Document;

export function read(database: Database, cache: Cache, user: string, base: Base): Candidate | null {
  const row = database.row("SELECT base, revision, schema FROM candidates WHERE user = ?", user);
  if (row === null) return null;
  const known = cache.get(user);
  if (known !== undefined && known.revision === row.revision) return known.candidate;
  if (row.schema !== SCHEMA_VERSION) {
    throw new PatronusError("conflict", `the candidate of ${user} was made by another version of patronus`, {
      hint: "patronus discard drops it",
    });
  }
  const number = row.base === null ? null : Number(row.base);
  const overlay = database.rows("SELECT collection, id, rank, json FROM candidate_entries WHERE user = ?", user);
  const under = number === null ? EMPTY : base(number);
  const document = freeze(lay(database, number, under, overlay));
  const candidate = { base: number, document };
  cache.set(user, { revision: String(row.revision), candidate });
  return candidate;
}

/** Writes what differs from the candidate as it was, inside the caller's transaction. */
export function save(database: Database, cache: Cache, user: string, candidate: Candidate, base: Base): void {
  const before = read(database, cache, user, base);
  const revision = crypto.randomUUID();
  const fresh = before === null || before.base !== candidate.base;
  if (fresh) database.run("DELETE FROM candidates WHERE user = ?", user);
  database.run(
    `INSERT INTO candidates (user, base, schema, revision) VALUES (?, ?, ?, ?)
     ON CONFLICT (user) DO UPDATE SET schema = excluded.schema, revision = excluded.revision`,
    user,
    candidate.base,
    SCHEMA_VERSION,
    revision,
  );
  const start = !fresh ? before.document : candidate.base === null ? EMPTY : base(candidate.base);
  const ranks = (collection: string) => overlaidRanks(database, user, collection, candidate.base);
  for (const change of deltas(start, candidate.document, ranks)) {
    database.run(
      `INSERT INTO candidate_entries (user, collection, id, rank, json) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (user, collection, id) DO UPDATE SET
         json = excluded.json, rank = CASE WHEN excluded.json IS NULL THEN NULL ELSE coalesce(excluded.rank, rank) END`,
      user,
      change.collection,
      change.id,
      change.rank ?? null,
      change.object === null ? null : JSON.stringify(lean(change.collection, change.object)),
    );
  }
  cache.set(user, { revision, candidate: { base: candidate.base, document: freeze(candidate.document) } });
}

function overlaidRanks(database: Database, user: string, collection: string, base: number | null): Map<string, string> {
  const ranks = readRanks(database, collection, base);
  const rows = database.rows(
    "SELECT id, rank, json FROM candidate_entries WHERE user = ? AND collection = ?",
    user,
    collection,
  );
  for (const { id, rank, json } of rows) {
    if (json === null) ranks.delete(String(id));
    else if (rank !== null) ranks.set(String(id), String(rank));
  }
  return ranks;
}

/** Lays an overlay over a base document. */
function lay(database: Database, base: number | null, under: Document, overlay: readonly Row[]): Document {
  const lists = new Map<string, readonly Part[]>();
  for (const { path, ordered } of COLLECTIONS) {
    const rows = overlay.filter((row) => row.collection === path);
    const list = parts(under, path);
    if (rows.length === 0) {
      lists.set(path, list);
      continue;
    }
    const objects = new Map(list.map((part) => [part.id, part]));
    for (const { id, json } of rows) {
      if (json === null) objects.delete(String(id));
      else objects.set(String(id), filled(path, JSON.parse(String(json))) as Part);
    }
    const result = [...objects.values()];
    if (!ordered) result.sort(byName);
    else if (rows.some(({ rank }) => rank !== null)) {
      const ranks = readRanks(database, path, base);
      for (const { id, rank } of rows) if (rank !== null) ranks.set(String(id), String(rank));
      const rank = (part: Part) => ranks.get(part.id) ?? "";
      result.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
    }
    lists.set(path, result);
  }
  const singletons = new Map(SINGLETONS.map((singleton) => {
    const row = overlay.find(({ collection, id }) => collection === singleton.path && id === "");
    return [singleton.path, row === undefined ? settings(under, singleton) : JSON.parse(String(row.json)) as unknown];
  }));
  return assemble(lists, singletons);
}
