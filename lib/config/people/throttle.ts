/**
 * Slows down whoever tries passwords and codes, and locks nobody out for good: the wait grows to a cap, and no one who logged
 * in from a place before waits for what strangers did elsewhere.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { PatronusError } from "../../model/error.ts";
import type { People } from "./people.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** How failures of one kind slow down. */
interface Pace {
  /** Failures that cost nothing: people mistype. */
  readonly free: number;
  /** The longest wait, in milliseconds. */
  readonly cap: number;
}

/**
 * What failures are counted against. With a cap of five minutes an account takes at most 288 guesses a day, from however many
 * addresses: against a password of 15 characters nothing, against a code (three of a million are right) one success in three
 * years.
 */
const PACES = {
  /** A name that was typed, from places that its user never logged in from. */
  account: { free: 5, cap: 5 * MINUTE },
  /** The codes of a user whose password is known, from such places. */
  code: { free: 5, cap: 5 * MINUTE },
  /** Everything from an address that nobody it names logged in from; many people can share one. */
  address: { free: 10, cap: 15 * MINUTE },
  /** A user at a place that they logged in from before. */
  place: { free: 5, cap: MINUTE },
} as const satisfies Readonly<Record<string, Pace>>;

export interface Subject {
  readonly kind: keyof typeof PACES;
  readonly name: string;
}

/** After so long without another failure it is all forgotten. */
const MEMORY = DAY;
/** So many subjects are remembered: names can be made up without end. */
const MOST_SUBJECTS = 20_000;

/** An attempt that is under way. It counts as a failure until it turns out to be none. */
export interface Attempt {
  /** It succeeded: what its subjects did before is forgotten; an address, which is shared, only loses this attempt. */
  succeed(): void;
  /** It came to no decision, or was right as far as it went. */
  withdraw(): void;
}

/**
 * Begins an attempt. Throws `throttled` with the seconds to wait where one of the subjects has to; such an attempt counts for
 * nothing. It is counted before the password is looked at, so that a thousand at once are not one.
 */
export function beginAttempt(people: People, subjects: readonly Subject[]): Attempt {
  const { database } = people;
  const now = people.now();
  const keyed = subjects.map(({ kind, name }) => ({ kind, key: sha256(utf8ToBytes(`${kind}\n${name}`)) }));
  database.write(() => {
    const waits = keyed.map(({ kind, key }) => wait(people, kind, key));
    const longest = Math.max(0, ...waits);
    if (longest > 0) {
      const seconds = Math.ceil(longest / SECOND);
      throw new PatronusError("throttled", `too many failed logins; wait ${seconds} s`, {
        hint: "it goes at once from a browser that logged in before",
        retryAfter: seconds,
      });
    }
    for (const { key } of keyed) {
      database.run(
        `INSERT INTO login_failures (subject, count, last) VALUES (?, 1, ?)
         ON CONFLICT (subject) DO UPDATE SET count = iif(abs(excluded.last - last) < ${MEMORY}, count + 1, 1), last = excluded.last`,
        key,
        now,
      );
    }
    database.run(
      `DELETE FROM login_failures WHERE last <=
         max(?, ifnull((SELECT last FROM login_failures ORDER BY last DESC LIMIT 1 OFFSET ${MOST_SUBJECTS}), 0))`,
      now - MEMORY,
    );
  });
  const uncount = ({ key }: { readonly key: Uint8Array }) => {
    database.run("UPDATE login_failures SET count = count - 1 WHERE subject = ? AND count > 0", key);
  };
  return {
    withdraw: () => database.write(() => keyed.forEach(uncount)),
    succeed: () =>
      database.write(() => {
        for (const { kind, key } of keyed) {
          if (kind === "address") uncount({ key });
          else database.run("DELETE FROM login_failures WHERE subject = ?", key);
        }
      }),
  };
}

/** Milliseconds until a subject may try again. A clock that was set back makes nobody wait longer. */
function wait({ database, now }: People, kind: Subject["kind"], key: Uint8Array): number {
  const row = database.row("SELECT count, last FROM login_failures WHERE subject = ?", key);
  const since = row === null ? MEMORY : Math.abs(now() - Number(row.last));
  return since >= MEMORY ? 0 : Math.max(0, delay(kind, Number(row?.count)) - since);
}

/** Milliseconds that must pass after so many failures: 1, 2, 4 … seconds behind the free ones. */
export function delay(kind: Subject["kind"], failures: number): number {
  const { free, cap } = PACES[kind];
  return failures < free ? 0 : Math.min(cap, SECOND * 2 ** (failures - free));
}
