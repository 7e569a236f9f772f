/** The script that dhcpcd calls at each event, with all it has to say in the environment (dhcpcd-run-hooks(8)). */
import { PatronusError } from "../../model/error.ts";
import { systemError } from "../../model/system_error.ts";
import { atomicWrite } from "../file.ts";

/** Variables that we add: the directory for what dhcpcd says, and how the kernel makes link-local addresses. */
export const INBOX_VARIABLE = "patronus_inbox";
export const ADDRESSING_VARIABLE = "patronus_addr_gen_mode";

/**
 * It looks at nothing that a server says: it puts down its environment as the kernel has it, whole or not at all, under the
 * name of the protocol. Before it says anything of a device or its carrier, dhcpcd turns off the kernel's link-local
 * addresses, also where it is not to configure anything, and nobody would then make one: that is set back each time.
 */
const HOOK = `#!/bin/sh
# Called by dhcpcd for Patronus, which writes this file.
umask 077
if [ -n "$${ADDRESSING_VARIABLE}" ]; then
  echo "$${ADDRESSING_VARIABLE}" >"/proc/sys/net/ipv6/conf/$interface/addr_gen_mode"
fi 2>/dev/null
case $protocol in
dhcp | dhcp6) ;;
*) exit 0 ;;
esac
cat "/proc/$$/environ" >"$${INBOX_VARIABLE}/$protocol.$$" &&
  mv -f "$${INBOX_VARIABLE}/$protocol.$$" "$${INBOX_VARIABLE}/$protocol"
`;

/**
 * Writes the script where it is not there already: a full or read-only disk does no harm later. Throws a `PatronusError`
 * where it cannot be written, or not be run from there.
 */
export async function installHook(file: string): Promise<void> {
  if (read(file) !== HOOK) atomicWrite(file, HOOK, 0o700);
  try {
    await new Deno.Command(file, { clearEnv: true, stdin: "null", stdout: "null", stderr: "null" }).output();
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw systemError(error, `cannot run ${file}`);
    throw new PatronusError("failed", `cannot run ${file}: its file system lets no programs run`, {
      hint: "mount it without noexec, or set PATRONUS_STATE_DIR to a directory elsewhere",
      cause: error,
    });
  }
}

function read(file: string): string | null {
  try {
    return Deno.readTextFileSync(file);
  } catch {
    return null;
  }
}
