/** Typed door to `@std/assert`, whose npm build carries no types. */
import * as std from "@std/assert";

type Constructor<E> = new (...args: never[]) => E;

interface Assertions {
  assert(condition: unknown, message?: string): asserts condition;
  assertEquals<T>(actual: T, expected: T, message?: string): void;
  assertNotEquals<T>(actual: T, expected: T, message?: string): void;
  assertStrictEquals<T>(actual: T, expected: T, message?: string): void;
  assertExists<T>(actual: T, message?: string): asserts actual is NonNullable<T>;
  assertMatch(actual: string, expected: RegExp, message?: string): void;
  assertStringIncludes(actual: string, expected: string, message?: string): void;
  assertThrows<E extends Error>(fn: () => unknown, type: Constructor<E>, includes?: string): E;
  equal(a: unknown, b: unknown): boolean;
  assertRejects<E extends Error>(fn: () => Promise<unknown>, type: Constructor<E>, includes?: string): Promise<E>;
}

const assertions = std as unknown as Assertions;
export const assert: Assertions["assert"] = assertions.assert;
export const assertEquals: Assertions["assertEquals"] = assertions.assertEquals;
export const assertNotEquals: Assertions["assertNotEquals"] = assertions.assertNotEquals;
export const assertStrictEquals: Assertions["assertStrictEquals"] = assertions.assertStrictEquals;
export const assertExists: Assertions["assertExists"] = assertions.assertExists;
export const assertMatch: Assertions["assertMatch"] = assertions.assertMatch;
export const assertStringIncludes: Assertions["assertStringIncludes"] = assertions.assertStringIncludes;
export const assertThrows: Assertions["assertThrows"] = assertions.assertThrows;
/** Whether two values are equal to `assertEquals`. */
export const equal: Assertions["equal"] = assertions.equal;
export const assertRejects: Assertions["assertRejects"] = assertions.assertRejects;
