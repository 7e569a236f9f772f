// needs: nft ip
/** What holds on this machine's kernel holds on Debian's, which is another version and has each part as a module. */
import "../kernel/nft_test.ts";
import "../kernel/packets_nat_test.ts";
import "../kernel/route_test.ts";
