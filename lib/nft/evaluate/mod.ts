/**
 * The evaluator: what a ruleset does with a packet. It follows the kernel's semantics (net/netfilter/nf_tables_core.c,
 * nft_*.c, nf_nat_core.c), guesses nothing, and is held to the real kernel by tests/kernel/evaluate_test.ts.
 */
export type { RulePlace } from "./chain.ts";
export type { Destination, Facts } from "./facts.ts";
export type { Decision, Translation } from "./hook.ts";
export type { AddressValue, Connection, ConnectionState, Endpoint, Packet } from "./packet.ts";
export { type Evaluation, receive, send } from "./path.ts";
