import { PatronusError } from "../../model/error.ts";
import { assertThrows } from "../../std/assert.ts";
import { refuseWeak } from "./password_rules.ts";

const FINE = [
  "correct horse battery staple",
  "all lower case, no digit",
  "日本語のパスワードは長くても良いです",
  "kXq7vPz2mLw9sRt",
  "7 dwarfs & 1 snow-white",
  "wet umbrella sings bass".padEnd(256, "!"),
];

const REFUSED: readonly (readonly [password: string, why: string])[] = [
  ["", "too short"],
  ["fourteen chars", "too short"],
  // Seven people of two UTF-16 units each are seven characters.
  ["👩👩👩👩👩👩👩👩", "too short"],
  ["ab".repeat(129), "too long"],
  ["aaaaaaaaaaaaaaaaaaaa", "easy to guess"],
  ["123456789012345", "easy to guess"],
  ["abcabcabcabcabcabc", "easy to guess"],
  ["PasswordPassword1!", "easy to guess"],
  ["patronus-admin-2026", "easy to guess"],
  ["qwertyuiopasdfghjkl", "easy to guess"],
  ["annabelle-annabelle!", "easy to guess"],
];

Deno.test("passwords are held to their length and to being nobody's first guess", () => {
  for (const password of FINE) refuseWeak(password, "annabelle");
  for (const [password, why] of REFUSED) assertThrows(() => refuseWeak(password, "annabelle"), PatronusError, why);
});
