import { nat, plain, rule, testFindings } from "../../../tests/check_cases.ts";

const jumps = (...pairs: [from: string, to: string][]) =>
  [...new Set(pairs.flat())].filter((chain) => chain !== "input").map((chain) =>
    `[[firewall.chains]]\nname = "${chain}"\n`
  )
    .join("") +
  pairs.map(([from, to]) => `[[firewall.rules]]\nchain = "${from}"\naction = "jump"\ntarget = "${to}"\n`).join("");

testFindings("what a rule does", [
  [rule('chain = "inptu"'), "error firewall.rules[r].chain: there is no chain inptu (did you mean input?)"],
  [rule('target = "input"'), "error firewall.rules[r].target: action accept has no target"],
  [plain('action = "jump"'), "error firewall.rules[r].target: is missing"],
  [plain('action = "jump"', 'target = "input"'), "error firewall.rules[r].target: a rule cannot jump to input"],
  [plain('action = "jump"', 'target = "guests"'), "error firewall.rules[r].target: there is no chain guests"],
  [
    plain('action = "reject"', 'reject_with = "tcp-reset"', 'protocol = "udp"'),
    "error firewall.rules[r].reject_with: a reset answers TCP, and protocol is udp",
  ],
  [
    plain('action = "reject"', 'reject_with = "tcp-reset"'),
    "warning firewall.rules[r].reject_with: a reset answers TCP: this rule matches nothing else",
  ],
  [
    plain('action = "drop"', 'reject_with = "host-unreachable"'),
    "warning firewall.rules[r].reject_with: action drop sends no reply",
  ],
  [rule('state = ["new", "new"]'), "note firewall.rules[r].state[1]: new stands here twice"],
  [
    `${rule()}\n[[firewall.rules]]\naction = "drop"\n[[firewall.rules]]\naction = "drop"`,
    "warning firewall.rules[r]: takes every packet: what is behind it in forward (2 rules) never matches",
  ],
  ['[[firewall.rules]]\nid = "system-x"\naction = "drop"', "error firewall.rules[system-x].id: ids that begin with"],
  ['[[nat.rules]]\nid = "lockout"\ntype = "masquerade"', "error nat.rules[lockout].id: ids that begin with lockout"],
  [
    rule(
      ...["source", "destination"].map((field) =>
        `${field} = [${Array.from({ length: 32 }, (_, n) => `"n${n}"`).join(", ")}]`
      ),
      ...Array.from({ length: 32 }, (_, n) => `[aliases.n${n}]\ntype = "host"\nmembers = "10.0.0.1"`),
    ),
    "error firewall.rules[r]: this rule combines aliases in 1089 ways",
  ],
]);

testFindings("ways between chains", [
  [jumps(["input", "a"], ["a", "a"]), "error firewall.chains[a]: the chain a leads back to itself: a → a"],
  [
    jumps(["input", "a"], ["a", "b"], ["b", "a"]),
    "error firewall.chains[a]: the chain a leads back to itself: a → b → a",
  ],
  [
    jumps(["input", "c0"], ...Array.from({ length: 14 }, (_, n) => [`c${n}`, `c${n + 1}`] as [string, string])),
    "error firewall.chains[c0]: chains jump to chains more than 14 deep here",
  ],
  [
    '[[firewall.chains]]\nname = "a"\n[[firewall.rules]]\nchain = "a"\naction = "drop"',
    "warning firewall.chains[a]: no rule jumps to this chain: what is in it (1 rule) decides nothing",
  ],
]);

/** Snippets that go on inside `[firewall]`. */
testFindings("settings", [
  ["enabled = false", "warning firewall.enabled: the firewall is off: everything passes"],
  ["[firewall.anti_lockout]\nenabled = false", "warning firewall.anti_lockout.enabled: nothing keeps the way in"],
  ["[firewall.anti_lockout]\nports = []", "error firewall.anti_lockout.ports: there is no port"],
  ['[firewall.anti_lockout]\nin = "lan"', "error firewall.anti_lockout.in[0]: there is no interface or zone lan"],
  ['[firewall.anti_lockout]\nin = "z"\n[zones.z]', "error firewall.anti_lockout.in: it names no interface"],
  [
    `${rule()}\n${nat("masquerade")}`,
    "warning firewall.forwarding: forwarding is off: no packet comes to 1 rule in the chain forward and 1 NAT rule",
  ],
], "[firewall]\n");
