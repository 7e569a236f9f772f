/** The second factor at login: a code of an authenticator, or a recovery code. It counts once a first code was right. */
import { PatronusError } from "../../model/error.ts";
import type { Caller } from "./actor.ts";
import { record } from "./audit.ts";
import { encodeBase32 } from "./base32.ts";
import type { People } from "./people.ts";
import { dropRecoveryCodes, renewRecoveryCodes, useRecoveryCode } from "./recovery_codes.ts";
import { matchingStep, otpauthUri, TOTP_SECRET_LENGTH } from "./totp.ts";
import { objectOf, userNamed } from "./users.ts";

export interface Enrolment {
  /** To type into an authenticator, in base32. */
  readonly secret: string;
  /** To scan, as a QR code. */
  readonly uri: string;
}

/**
 * Makes a secret for an authenticator, which does not count yet. `host` is what the authenticator shows beside the user.
 * Throws `conflict` where a second factor counts already.
 */
export function beginTotp(people: People, name: string, host: string): Enrolment {
  const { database } = people;
  const secret = people.random(TOTP_SECRET_LENGTH);
  database.write(() => {
    const user = userNamed(people, name);
    if (user.totp) {
      throw new PatronusError("conflict", `${name} has an authenticator already`, { hint: "take that one away first" });
    }
    database.run("DELETE FROM totp WHERE user = ?", user.number);
    database.run("INSERT INTO totp (user) VALUES (?)", user.number);
    database.run(
      "INSERT INTO secrets (id, value, changed) VALUES (?, ?, ?)",
      secretId(user.number),
      secret,
      new Date(people.now()).toISOString(),
    );
  });
  return { secret: encodeBase32(secret), uri: otpauthUri(secret, name, host) };
}

/**
 * From now on the code counts. Gives the recovery codes, this once; the caller rotates the session. Throws `input` where the
 * code is wrong, `conflict` where nothing was begun.
 */
export function activateTotp(people: People, by: Caller, name: string, code: string): string[] {
  return people.database.write(() => {
    const { number, totp } = userNamed(people, name);
    if (totp || people.database.row("SELECT 1 FROM totp WHERE user = ?", number) === null) {
      throw new PatronusError("conflict", `${name} has no authenticator to be confirmed`, { hint: "begin again" });
    }
    if (!useTotp(people, number, code)) {
      throw new PatronusError("input", "the code is wrong", {
        hint: "codes change each 30 seconds; is the clock of this machine right, and that of the authenticator?",
      });
    }
    people.database.run("UPDATE totp SET active = 1 WHERE user = ?", number);
    record(people, by, { action: "user.totp.activate", object: objectOf(name) });
    return renewRecoveryCodes(people, number);
  });
}

/** New recovery codes instead of the old ones. Throws `conflict` where there is no second factor to recover from. */
export function replaceRecoveryCodes(people: People, by: Caller, name: string): string[] {
  return people.database.write(() => {
    const { number, totp } = userNamed(people, name);
    if (!totp) throw new PatronusError("conflict", `${name} has no authenticator, and needs no recovery codes`);
    record(people, by, { action: "user.recovery-codes", object: objectOf(name) });
    return renewRecoveryCodes(people, number);
  });
}

/** Takes the second factor away, with its recovery codes. Throws `nothing` where there is none. */
export function resetTotp(people: People, by: Caller, name: string): void {
  people.database.write(() => {
    const { number } = userNamed(people, name);
    if (people.database.run("DELETE FROM totp WHERE user = ?", number) === 0) {
      throw new PatronusError("nothing", `${name} has no authenticator`);
    }
    dropRecoveryCodes(people, number);
    record(people, by, { action: "user.totp.reset", object: objectOf(name) });
  });
}

/** Whether a code is right, of the authenticator or a recovery code; it is used up then. */
export function useSecondFactor(people: People, user: number, code: string): "totp" | "recovery" | null {
  return people.database.write(() =>
    useTotp(people, user, code) ? "totp" : useRecoveryCode(people, user, code) ? "recovery" : null
  );
}

function useTotp(people: People, user: number, code: string): boolean {
  const { database } = people;
  const row = database.row(
    "SELECT accepted, value FROM totp JOIN secrets ON secrets.id = 'totp:' || totp.user WHERE totp.user = ?",
    user,
  );
  if (row === null) return false;
  const step = matchingStep(row.value as Uint8Array, code.replace(/\s/g, ""), people.now(), Number(row.accepted));
  if (step === null) return false;
  database.run("UPDATE totp SET accepted = ? WHERE user = ?", step, user);
  return true;
}

/** Where the secret is in the table of secrets; no id of a document's object has a colon. */
function secretId(user: number): string {
  return `totp:${user}`;
}
