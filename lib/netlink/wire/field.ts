/**
 * Attributes as tables: each field of a value stands beside the attribute that carries it, and the one table both
 * writes and reads. So what is written is what is read, whichever fields there are.
 */
import type { Address } from "../../model/address.ts";
import type { AttributeReader, AttributeWriter } from "./attribute.ts";
import { addressBytes, readInet } from "./inet.ts";
import { formatMac, macBytes } from "./mac.ts";

/** How one field is carried. */
export interface Field<T> {
  /** The attribute's type; two where IPv4 and IPv6 have their own. */
  readonly types: readonly number[];
  write(writer: AttributeWriter, value: T): void;
  /** Undefined for what this program has no word for, as a mode of a newer kernel: the field is then left out. */
  read(reader: AttributeReader): T | undefined;
}

/** A field for each key. */
export type Fields<T> = { readonly [Key in keyof T]-?: Field<Exclude<T[Key], undefined>> };

/** Writes and reads values whose fields are attributes side by side. Fields that are undefined are not written. */
export class FieldTable<T extends object> {
  readonly #fields: readonly (readonly [key: string, field: Field<unknown>])[];
  readonly #byType = new Map<number, readonly [key: string, field: Field<unknown>]>();
  readonly #unsaid: Partial<T>;

  /** `unsaid`: the values that the kernel leaves out of what it lists, as it does with empty lists. */
  constructor(fields: Fields<T>, unsaid: Partial<T> = {}) {
    this.#unsaid = unsaid;
    this.#fields = Object.entries(fields as Record<string, Field<unknown>>);
    for (const entry of this.#fields) for (const type of entry[1].types) this.#byType.set(type, entry);
  }

  /** Writes the fields that are there, in the table's order. */
  write(writer: AttributeWriter, value: T): void {
    const values = value as Record<string, unknown>;
    for (const [key, field] of this.#fields) if (values[key] !== undefined) field.write(writer, values[key]);
  }

  /** Whether there is anything to write. */
  has(value: T): boolean {
    const values = value as Record<string, unknown>;
    return this.#fields.some(([key]) => values[key] !== undefined);
  }

  /** Reads the fields that are there, and those that stand for themselves when they are not; skips attributes that the table does not know. Throws a `NetlinkDecodeError`. */
  read(reader: AttributeReader): Partial<T> {
    const values: Record<string, unknown> = { ...this.#unsaid };
    while (reader.next()) {
      const entry = this.#byType.get(reader.type);
      if (entry === undefined) continue;
      const value = entry[1].read(reader);
      if (value !== undefined) values[entry[0]] = value;
    }
    return values as Partial<T>;
  }
}

/** Integers in host order, by the bytes they take; `be16` in network order. */
type Width = "u8" | "u16" | "u32" | "i32" | "be16";

/** A number. */
export function number(type: number, width: Width): Field<number> {
  return {
    types: [type],
    write: (writer, value) => writer[width](type, value),
    read: (reader) => reader[width](),
  };
}

/** Yes or no, as 1 or 0. */
export function flag(type: number, width: Width = "u8"): Field<boolean> {
  return {
    types: [type],
    write: (writer, value) => writer[width](type, value ? 1 : 0),
    read: (reader) => reader[width]() !== 0,
  };
}

/** One of several words, each with its number. */
export function choice<Word extends string>(
  type: number,
  width: Width,
  numbers: Readonly<Record<Word, number>>,
): Field<Word> {
  const words = new Map(Object.entries<number>(numbers).map(([word, number]) => [number, word as Word]));
  return {
    types: [type],
    write: (writer, value) => writer[width](type, numbers[value]),
    read: (reader) => words.get(reader[width]()),
  };
}

/** The numbers of words that are counted from zero. */
export function counted<Word extends string>(...words: readonly Word[]): Readonly<Record<Word, number>> {
  return Object.fromEntries(words.map((word, index) => [word, index])) as Record<Word, number>;
}

/** Seconds, in the hundredths that the kernel tells user space its clock in (USER_HZ). */
export function centiseconds(type: number): Field<number> {
  return {
    types: [type],
    write: (writer, value) => writer.u32(type, Math.round(value * 100)),
    read: (reader) => reader.u32() / 100,
  };
}

/** An Ethernet address. */
export function mac(type: number): Field<string> {
  return {
    types: [type],
    write: (writer, value) => writer.bytes(type, macBytes(value)),
    read: (reader) => formatMac(reader.bytes()),
  };
}

/** An address, in an attribute of its own for each IP version. */
export function inet(types: Readonly<Record<4 | 6, number>>): Field<Address> {
  return {
    types: [types[4], types[6]],
    write: (writer, value) => writer.bytes(types[value.family], addressBytes(value)),
    read: (reader) => readInet(reader.bytes()),
  };
}

/** Several values in a nest, numbered from `first`. */
export function list<T>(type: number, element: (type: number) => Field<T>, first = 0): Field<readonly T[]> {
  const reading = element(first);
  return {
    types: [type],
    write: (writer, values) => {
      const nest = writer.nest(type);
      for (const [index, value] of values.entries()) element(first + index).write(writer, value);
      writer.end(nest);
    },
    read: (reader) => {
      const values: T[] = [];
      const inner = reader.nested();
      while (inner.next()) {
        const value = reading.read(inner);
        if (value !== undefined) values.push(value);
      }
      return values;
    },
  };
}
