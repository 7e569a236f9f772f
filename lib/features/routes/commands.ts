/** The `route` commands. */
import type { Argument, Command } from "../../model/command.ts";
import type { Session } from "../session.ts";

const SEVERAL: Argument = {
  name: "ROUTE",
  description: "Routes by id or destination",
  repeated: true,
  completes: "route",
};
const verbs = () => import("./verbs.ts");

export const routeCommands: readonly Command<Session>[] = [
  {
    path: ["route", "list"],
    summary: "List the static routes of your candidate, and the routes that the kernel has",
    reads: true,
    run: async (_input, session) => (await import("./list.ts")).list(session),
  },
  {
    path: ["route", "add"],
    summary: "Add a static route",
    arguments: [{ name: "DESTINATION", description: "A network as 10.8.0.0/16, or default" }],
    options: async () => (await verbs()).options("add"),
    examples: [
      { command: "patronus route add 10.8.0.0/16 --via 192.168.1.254", explanation: "by a router on the LAN" },
      { command: "patronus route add 10.0.0.0/8 --type unreachable", explanation: "nowhere, said with an ICMP error" },
    ],
    run: async (input, session) => (await verbs()).add(input, session),
  },
  {
    path: ["route", "default"],
    summary: "Set the default gateway: what no other route knows goes there",
    arguments: [{ name: "GATEWAY", description: "The router's address, IPv4 or IPv6" }],
    options: async () => (await verbs()).defaultOptions(),
    examples: [
      { command: "patronus route default 203.0.113.1", explanation: "the provider's router" },
      { command: "patronus route default fe80::1 --interface wan", explanation: "and for IPv6" },
    ],
    run: async (input, session) => (await verbs()).setDefault(input, session),
  },
  {
    path: ["route", "set"],
    summary: "Change a static route",
    arguments: [{ name: "ROUTE", description: "The route's id", completes: "route" }],
    options: async () => (await verbs()).options("edit"),
    run: async (input, session) => (await verbs()).set(input, session),
  },
  {
    path: ["route", "enable"],
    summary: "Let static routes take effect again",
    arguments: [SEVERAL],
    run: async (input, session) => (await verbs()).toggle(input, true, session),
  },
  {
    path: ["route", "disable"],
    summary: "Keep static routes in the configuration, without effect",
    arguments: [SEVERAL],
    run: async (input, session) => (await verbs()).toggle(input, false, session),
  },
  {
    path: ["route", "delete"],
    summary: "Delete static routes",
    arguments: [SEVERAL],
    run: async (input, session) => (await verbs()).remove(input, session),
  },
  {
    path: ["route", "flush"],
    summary: "Delete all static routes",
    run: async (_input, session) => (await verbs()).flush(session),
  },
];
