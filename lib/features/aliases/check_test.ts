import { testFindings } from "../../../tests/check_cases.ts";

const alias = (type: string, members: string) => `[aliases.a]\ntype = "${type}"\nmembers = ${members}`;
testFindings("alias members", [
  [alias("host", '"10.0.0.0/8"'), "error aliases.a.members[0]: 10.0.0.0/8 is a network, and this a host alias"],
  [alias("host", '"10.0.0.300"'), "error aliases.a.members[0]: 10.0.0.300 is no address, network or range"],
  [alias("host", '"10.0.0.9-10.0.0.1"'), "error aliases.a.members[0]: the range 10.0.0.9-10.0.0.1 runs backwards"],
  [alias("host", '"10.0.0.9-fd00::1"'), "error aliases.a.members[0]: the range 10.0.0.9-fd00::1 mixes IPv4 and IPv6"],
  [
    alias("network", '"10.0.0.1/8"'),
    "error aliases.a.members[0]: 10.0.0.1/8 has host bits set (the network is 10.0.0.0/8)",
  ],
  [alias("host", '"!10.0.0.1"'), "error aliases.a.members[0]: an alias cannot exclude 10.0.0.1"],
  [alias("port", '["70000"]'), "error aliases.a.members[0]: 70000 is no port"],
  [alias("port", '["90-80"]'), "error aliases.a.members[0]: 90-80 is no port"],
  [alias("host", '"wbe"'), "error aliases.a.members[0]: there is no alias wbe (did you mean web?)"],
  [alias("host", '"lan"'), "error aliases.a.members[0]: lan is an interface, where an alias stands"],
  [alias("host", '"six"'), "error aliases.a.members[0]: six is a network alias, and this a host alias"],
  [alias("port", '"web"'), "error aliases.a.members[0]: web is a host alias, and this a port alias"],
  [alias("host", '"services"'), "error aliases.a.members[0]: services is a port alias, and this a host alias"],
  [alias("host", '"a"'), "error aliases.a.members: the alias a holds itself: a → a"],
  [
    `${alias("host", '"b"')}\n[aliases.b]\ntype = "host"\nmembers = "a"`,
    "error aliases.a.members: the alias a holds itself: a → b → a",
  ],
  [
    Array.from({ length: 33 }, (_, n) => `[aliases.n${n}]\ntype = "host"\n${n > 0 ? `members = "n${n - 1}"` : ""}`)
      .join("\n"),
    "error aliases.n32.members: aliases are nested more than 32 deep here",
  ],
]);

testFindings("alias members that overlap", [
  [
    alias("network", '["10.0.0.0/8", "10.0.0.5"]'),
    "note aliases.a.members[1]: 10.0.0.5 is inside 10.0.0.0/8",
  ],
  [
    alias("network", '["10.0.0.5", "10.0.0.0/8"]'),
    "note aliases.a.members[0]: 10.0.0.5 is inside 10.0.0.0/8",
  ],
  [
    alias("host", '["10.0.0.1-10.0.0.5", "10.0.0.3-10.0.0.9"]'),
    "note aliases.a.members[1]: 10.0.0.3-10.0.0.9 overlaps 10.0.0.1-10.0.0.5; they are merged",
  ],
  [alias("host", '["fd00::1", "fd00::1"]'), "note aliases.a.members[1]: fd00::1 stands here twice"],
  [alias("host", '["fd00::1", "fd00:0::1"]'), "note aliases.a.members[1]: fd00:0::1 is the same as fd00::1"],
  [alias("port", '["8000-8100", 8080]'), "note aliases.a.members[1]: 8080 is inside 8000-8100"],
  [alias("port", "[1, 1, 1, 1, 1, 1, 1, 1]"), "note aliases.a.members: 2 more members overlap others"],
]);
