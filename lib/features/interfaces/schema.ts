/** `[[interfaces]]`: names for the machine's devices. */
import { z } from "zod";
import { comment, device, id, name } from "../fields.ts";

export const networkInterface = z.strictObject({ id, name, device, comment });

export type NetworkInterface = z.infer<typeof networkInterface>;
