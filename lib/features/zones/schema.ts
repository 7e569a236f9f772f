/** `[zones.NAME]`: interfaces that rules treat alike. */
import { z } from "zod";
import { comment, id, name, oneOrMany } from "../fields.ts";

export const zone = z.strictObject({
  id,
  name,
  interfaces: oneOrMany(z.string()).describe("Interfaces in the zone"),
  comment,
});

export type Zone = z.infer<typeof zone>;
