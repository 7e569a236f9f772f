/** Versions in the database: reading the document at a number, writing the next one. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { COLLECTIONS, SCHEMA_VERSION, SINGLETONS } from "../features/collections.ts";
import type { Document } from "../features/document.ts";
import { PatronusError } from "../model/error.ts";
import type { Database } from "./database.ts";
import type { Delta } from "./delta.ts";
import { filled, lean } from "./lean.ts";
import { DOCUMENT_MIGRATIONS } from "./migrations.ts";
import { assemble, canonical } from "./parts.ts";
import { salvage } from "./salvage.ts";
import type { Commit, Version } from "./store.ts";

const utf8 = new TextEncoder();

const CURRENT = "e.to_version IS NULL AND ?1 = (SELECT max(number) FROM versions)";
const PAST = "e.from_version <= ?1 AND (e.to_version IS NULL OR e.to_version > ?1)";
/** Row by row: SQLite takes longer to sort and join a list of ten thousand than to hand it out in the index's order. */
const READ = (valid: string) =>
  `SELECT o.json FROM entries AS e JOIN objects AS o ON o.number = e.object
   WHERE ${valid} AND e.collection = ?2 ORDER BY e.rank`;

/** The document of an existing version. It was validated when it was committed, so only its schema version is checked. */
export function readDocument(database: Database, number: number): Document {
  const found = database.row(
    "SELECT schema, (SELECT max(number) FROM versions) AS head FROM versions WHERE number = ?",
    number,
  );
  const read = READ(found?.head === number ? CURRENT : PAST);
  const lists = new Map<string, readonly unknown[]>();
  try {
    for (const { path } of [...SINGLETONS, ...COLLECTIONS]) {
      const objects = database.column(read, number, path);
      if (objects.length > 0) lists.set(path, objects.map((json) => filled(path, JSON.parse(String(json)))));
    }
  } catch (cause) {
    throw new PatronusError("failed", `the store ${database.path} is damaged: version ${number} cannot be read`, {
      hint: salvage(database.path),
      cause,
    });
  }
  return upToDate(Number(found?.schema), lists, number);
}

/** Puts the parts together, and brings a document of an older schema up to date. */
export function upToDate(
  schema: number,
  lists: ReadonlyMap<string, readonly unknown[]>,
  number: number | null,
): Document {
  const singletons = new Map(SINGLETONS.map(({ path }) => [path, lists.get(path)?.[0]]));
  let document = assemble(lists, singletons) as unknown as Record<string, unknown>;
  for (let from = schema; from < SCHEMA_VERSION; from++) document = DOCUMENT_MIGRATIONS[from]?.(document) ?? document;
  if (schema > SCHEMA_VERSION) {
    throw new PatronusError(
      "failed",
      `version ${number ?? "of the candidate"} has document schema ${schema}; this program knows ${SCHEMA_VERSION}`,
      {
        hint: "install the newer patronus that wrote it",
      },
    );
  }
  return document as unknown as Document;
}

/** Ranks of a collection at a version, by id. */
export function readRanks(database: Database, collection: string, number: number | null): Map<string, string> {
  if (number === null) return new Map();
  const rows = database.rows(
    `SELECT id, rank FROM entries AS e WHERE ${PAST} AND e.collection = ?2`,
    number,
    collection,
  );
  return new Map(rows.map(({ id, rank }) => [String(id), String(rank)]));
}

/** Writes a version inside the caller's transaction. */
export function writeVersion(
  database: Database,
  head: Version | null,
  commit: Commit,
  changes: readonly Delta[],
): Version {
  const number = (head?.number ?? 0) + 1;
  const chain = sha256.create();
  chain.update(utf8.encode(canonical([head?.digest ?? "", number, commit.author, commit.time, commit.message])));
  const rows = changes.map((change) => ({
    ...change,
    json: change.object === null ? null : canonical(lean(change.collection, change.object)),
  }));
  for (const { collection, id, rank, json } of rows) {
    chain.update(utf8.encode(canonical([collection, id, rank ?? null, json])));
  }
  const digest = bytesToHex(chain.digest());
  const { parent, author, time, message, confirmed = false } = commit;
  database.run(
    "INSERT INTO versions (number, parent, author, time, message, schema, digest, confirmed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    number,
    parent,
    author,
    time,
    message,
    SCHEMA_VERSION,
    digest,
    confirmed ? 1 : 0,
  );
  for (const { collection, id, rank, json } of rows) {
    const ended = head === null ? null : database.row(
      "UPDATE entries SET to_version = ? WHERE collection = ? AND id = ? AND to_version IS NULL RETURNING rank",
      number,
      collection,
      id,
    );
    if (json === null) continue;
    const place = rank ?? ended?.rank;
    if (place === undefined) throw new PatronusError("failed", `the store has no place for ${collection}[${id}]`);
    database.run(
      "INSERT INTO entries (collection, id, rank, object, from_version) VALUES (?, ?, ?, ?, ?)",
      collection,
      id,
      place,
      keep(database, json),
      number,
    );
  }
  return { number, parent, author, time, message, confirmed, digest };
}

/** The row of an object, added where its content is new. */
function keep(database: Database, json: string): number {
  const hash = sha256(utf8.encode(json));
  const known = database.row("SELECT number FROM objects WHERE hash = ?", hash);
  if (known !== null) return Number(known.number);
  return Number(database.row("INSERT INTO objects (hash, json) VALUES (?, ?) RETURNING number", hash, json)?.number);
}
