/** `[system]`: the machine itself. */
import { z } from "zod";

export const system = z.strictObject({
  hostname: z.string()
    .regex(
      /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i,
      "not a host name",
    )
    .default("patronus").describe("Host name of this node").meta({ local: true }),
  description: z.string().max(500).default("").describe("What this machine is for"),
});

export type System = z.infer<typeof system>;
