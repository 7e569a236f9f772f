/** Recovery codes: for the day when the authenticator is lost. Each works once. */
import { encodeBase32 } from "./base32.ts";
import { hashBearer } from "./bearer.ts";
import type { People } from "./people.ts";

const COUNT = 10;
/** 80 bits, which nobody guesses, in 16 characters that somebody can type. */
const LENGTH = 10;

/** Makes new codes, as `k5wq-7hfn-2xea-m4dj`; those before are worth nothing from now on. Only hashes are kept. */
export function renewRecoveryCodes(people: People, user: number): string[] {
  const { database } = people;
  const codes = Array.from({ length: COUNT }, () => encodeBase32(people.random(LENGTH)).toLowerCase());
  database.write(() => {
    dropRecoveryCodes(people, user);
    for (const code of codes) {
      database.run("INSERT INTO recovery_codes (user, hash) VALUES (?, ?)", user, hashBearer(code));
    }
  });
  return codes.map((code) => code.replace(/(.{4})(?=.)/g, "$1-"));
}

/** Whether a code is one of a user's; it is used up then. */
export function useRecoveryCode({ database }: People, user: number, code: string): boolean {
  const plain = code.toLowerCase().replace(/[\s-]/g, "");
  return database.run("DELETE FROM recovery_codes WHERE user = ? AND hash = ?", user, hashBearer(plain)) === 1;
}

/** How many are left. */
export function recoveryCodesLeft({ database }: People, user: number): number {
  return Number(database.row("SELECT count(*) AS left FROM recovery_codes WHERE user = ?", user)?.left);
}

export function dropRecoveryCodes({ database }: People, user: number): void {
  database.run("DELETE FROM recovery_codes WHERE user = ?", user);
}
