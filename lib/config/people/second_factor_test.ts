import { PatronusError } from "../../model/error.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "../../std/assert.ts";
import type { People } from "./people.ts";
import { recoveryCodesLeft } from "./recovery_codes.ts";
import { addPeople, enrol, ROOT, withPeople } from "./sample.ts";
import { activateTotp, beginTotp, replaceRecoveryCodes, resetTotp, useSecondFactor } from "./second_factor.ts";
import { codeOf, stepAt } from "./totp.ts";
import { deleteUser, userNamed } from "./users.ts";

const secrets = ({ database }: People) => database.rows("SELECT id FROM secrets").map(({ id }) => id);

Deno.test(
  "an authenticator counts once a code of it was right",
  withPeople(async ({ people, pass }) => {
    await addPeople(people);
    assertThrows(() => activateTotp(people, ROOT, "ann", "123456"), PatronusError, "no authenticator");
    const first = beginTotp(people, "ann", "edge");
    assertMatch(first.secret, /^[A-Z2-7]{32}$/);
    const second = beginTotp(people, "ann", "edge");
    assert(first.secret !== second.secret && second.uri.includes(second.secret));
    const error = assertThrows(() => activateTotp(people, ROOT, "ann", "12345"), PatronusError, "the code is wrong");
    assertEquals([error.code, userNamed(people, "ann").totp], ["input", false]);
    const { secret, codes } = enrol(people, "ann");
    assertEquals([userNamed(people, "ann").totp, userNamed(people, "bob").totp], [true, false]);
    assertEquals([codes.length, new Set(codes).size, recoveryCodesLeft(people, 1)], [10, 10, 10]);
    assertThrows(() => beginTotp(people, "ann", "edge"), PatronusError, "already");
    const code = () => codeOf(secret, stepAt(people.now()));
    assertEquals(useSecondFactor(people, 1, code()), null, "the code that activated it was taken");
    pass(30_000);
    const typed = `${code().slice(0, 3)} ${code().slice(3)}`;
    assertEquals([useSecondFactor(people, 2, typed), useSecondFactor(people, 1, typed)], [null, "totp"]);
    assertEquals(useSecondFactor(people, 1, typed), null, "no code is good twice");
  }),
);

Deno.test(
  "a recovery code works once, however it is typed, and new ones end the old",
  withPeople(async ({ store, people }) => {
    await addPeople(people);
    const [first = "", second = "", third = ""] = enrol(people, "ann").codes;
    assertMatch(first, /^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
    assert(!JSON.stringify(store.database.rows("SELECT * FROM recovery_codes")).includes(first));
    const use = (code: string, user = 1) => useSecondFactor(people, user, code);
    assertEquals([use(first, 2), use(first), use(first)], [null, "recovery", null]);
    assertEquals([use(` ${second.toUpperCase().replaceAll("-", " ")}`), recoveryCodesLeft(people, 1)], ["recovery", 8]);
    const [fresh = ""] = replaceRecoveryCodes(people, ROOT, "ann");
    assertEquals([use(third), use(fresh), recoveryCodesLeft(people, 1)], [null, "recovery", 9]);
    assertThrows(() => replaceRecoveryCodes(people, ROOT, "bob"), PatronusError, "needs no recovery codes");
  }),
);

Deno.test(
  "a reset, and the end of the user, take secret and codes away",
  withPeople(async ({ people }) => {
    await addPeople(people);
    const { codes: [code = ""] } = enrol(people, "ann");
    enrol(people, "bob");
    assertEquals(secrets(people), ["totp:1", "totp:2"]);
    resetTotp(people, ROOT, "ann");
    assertEquals([userNamed(people, "ann").totp, useSecondFactor(people, 1, code)], [false, null]);
    assertThrows(() => resetTotp(people, ROOT, "ann"), PatronusError, "no authenticator");
    deleteUser(people, ROOT, "bob");
    assertEquals([secrets(people), recoveryCodesLeft(people, 2)], [[], 0]);
    enrol(people, "ann");
  }),
);
