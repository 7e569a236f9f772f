/**
 * What a password must be: NIST SP 800-63B-4, section 3.1.1.2. At least 15 characters where it stands alone, every character
 * counts as one, no rules of composition, and nothing that everybody tries first.
 */
import { PatronusError } from "../../model/error.ts";

/** In Unicode code points. The standard asks to allow 64; more than 256 is nobody's password and costs time to hash. */
export const SHORTEST_PASSWORD = 15;
export const LONGEST_PASSWORD = 256;

/** What guessers put together first, beside the names of the user and of this program. */
const COMMON = [
  "administrator",
  "password",
  "passwort",
  "passw0rd",
  "firewall",
  "patronus",
  "changeme",
  "opnsense",
  "iloveyou",
  "letmein",
  "welcome",
  "default",
  "openwrt",
  "pfsense",
  "qwertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "qwerty",
  "qwertz",
  "router",
  "secret",
  "admin",
  "root",
];

/** So many characters must be left when common words, runs and repetitions are taken out. */
const LEAST_OWN = 8;

/** Throws an `input` error where a password is too short, too long, or too easy to guess for this user. */
export function refuseWeak(password: string, user: string): void {
  const length = [...password.normalize("NFKC")].length;
  if (length < SHORTEST_PASSWORD) {
    throw new PatronusError(
      "input",
      `the password is too short: ${length} of at least ${SHORTEST_PASSWORD} characters`,
      {
        hint: "four or five words that have nothing to do with each other are long and easy to remember",
      },
    );
  }
  if (length > LONGEST_PASSWORD) {
    throw new PatronusError("input", `the password is too long: ${length} of at most ${LONGEST_PASSWORD} characters`);
  }
  if (ownCharacters(password, user) < LEAST_OWN) {
    throw new PatronusError("input", "the password is easy to guess: common words, runs or repetitions", {
      hint: "take words that have nothing to do with each other",
    });
  }
}

/** Characters that are left of a password without common words, runs as `1234`, and repetitions as `abcabc`. */
function ownCharacters(password: string, user: string): number {
  const words = [user, ...COMMON].filter((word) => word.length >= 3);
  const plain = words.reduce(
    (rest, word) => rest.replaceAll(word.toLowerCase(), ""),
    password.normalize("NFKC").toLowerCase(),
  );
  const once = plain.replace(/(.{1,8}?)\1+/gsu, "$1");
  const points = [...once].map((character) => character.codePointAt(0) ?? 0);
  return points.filter((point, index) => Math.abs(point - (points[index - 1] ?? -2)) > 1).length;
}
