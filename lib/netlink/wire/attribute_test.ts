import { assertEquals } from "../../std/assert.ts";
import { AttributeReader, AttributeWriter, MESSAGE_HEADER } from "./attribute.ts";

/** Writes forty attributes into a writer that begins too small for two. */
function grown(write: (writer: AttributeWriter, value: number) => void): AttributeReader {
  const writer = new AttributeWriter(24);
  writer.message(1, 0, []);
  for (let value = 1; value <= 40; value++) write(writer, value);
  return new AttributeReader(writer.finish(), MESSAGE_HEADER);
}

function read<T>(reader: AttributeReader, value: (reader: AttributeReader) => T): T[] {
  const values: T[] = [];
  while (reader.next()) values.push(value(reader));
  return values;
}

const numbers = Array.from({ length: 40 }, (_, index) => index + 1);

Deno.test("values survive the growth of the writer's memory", () => {
  assertEquals(read(grown((writer, value) => writer.u8(1, value)), (reader) => reader.u8()), numbers);
  assertEquals(read(grown((writer, value) => writer.u16(1, value)), (reader) => reader.u16()), numbers);
  assertEquals(read(grown((writer, value) => writer.u32(1, value)), (reader) => reader.u32()), numbers);
  assertEquals(read(grown((writer, value) => writer.be16(1, value)), (reader) => reader.be16()), numbers);
  assertEquals(read(grown((writer, value) => writer.be32(1, value)), (reader) => reader.be32()), numbers);
  assertEquals(
    read(grown((writer, value) => writer.be64(1, BigInt(value))), (reader) => Number(reader.be64())),
    numbers,
  );
  assertEquals(
    read(grown((writer, value) => writer.string(1, `größe ${value}`)), (reader) => reader.string()),
    numbers.map((value) => `größe ${value}`),
  );
  assertEquals(
    read(grown((writer, value) => writer.bytes(1, new Uint8Array([value]))), (reader) => reader.bytes()[0]),
    numbers,
  );
});
