/**
 * What Tab offers. The scripts for the shells know nothing: at each Tab they call the hidden `patronus complete`, which
 * answers from the command table, the document and the machine.
 */
import type { Argument, Command, Completion, Option } from "../model/command.ts";
import type { Session } from "../features/session.ts";
import { visible } from "../model/visible.ts";
import { findOption, optionsOf } from "./parse.ts";
import { locate, nextWords, type Table } from "./tree.ts";

/** What the store has beside the document, and is no part of `Session`. */
export interface StoreSource {
  /** The versions that exist, newest first. */
  history(limit: number): Promise<readonly { readonly number: number }[]>;
  /** Who can log in. */
  users(): Promise<readonly { readonly name: string; readonly role: string }[]>;
}

/** Versions that are offered. */
const MOST_VERSIONS = 100;

type Source = Session & StoreSource;

interface Offer {
  readonly word: string;
  readonly note?: string;
}

/** Told to the shell instead of words: complete file names. */
const FILES = ":files";

/**
 * Lines for the shell, `word` or `word<Tab>note`. `words` are those behind the program's name up to the cursor; the last
 * one, perhaps empty, is being typed.
 */
export async function completions<S extends Source>(
  table: Table<S>,
  words: readonly string[],
  source: S,
): Promise<string[]> {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const place = locate(table, before);
  const offers = place.command === undefined
    ? groupOffers(table, place.path)
    : await commandOffers(place.command, place.rest, typed, source);
  // A list's values may stand behind a comma; a negated name behind an exclamation mark.
  const head = /^(?:--[a-z-]+=)?(?:.*,)?!?/.exec(typed)?.[0] ?? "";
  const tail = typed.slice(head.length);
  return offers.flatMap(({ word, note }) => {
    if (word === FILES) return [`${FILES}\n`];
    const whole = word.startsWith(typed) ? word : word.startsWith(tail) && !word.startsWith("-") ? head + word : null;
    return whole === null ? [] : [note === undefined || note === "" ? `${whole}\n` : `${whole}\t${visible(note)}\n`];
  });
}

function groupOffers<S>(table: Table<S>, path: readonly string[]): Offer[] {
  return nextWords(table, path).map((word) => {
    const own = [...path, word].join(" ");
    const command = table.commands.find((each) => each.path.join(" ") === own);
    return { word, note: command?.summary ?? table.groups[own] ?? "" };
  });
}

async function commandOffers<S extends Source>(
  command: Command<S>,
  rest: readonly string[],
  typed: string,
  source: Source,
): Promise<Offer[]> {
  const options = await optionsOf(command);
  const last = rest.at(-1) ?? "";
  const open = last.startsWith("-") && !last.includes("=") ? findOption(options, last.replace(/^--?/, "")) : undefined;
  if (open !== undefined && open.option.type !== "flag") return await valueOffers(open.option, source);
  const assigned = /^--([a-z-]+)=/.exec(typed)?.[1];
  if (assigned !== undefined) {
    const option = findOption(options, assigned)?.option;
    return option === undefined ? [] : await valueOffers(option, source);
  }
  if (typed.startsWith("-")) return optionOffers(options, rest);
  const argument = argumentAt(command.arguments ?? [], positionals(options, rest));
  const values = argument === undefined ? [] : await valueOffers(argument, source);
  return values.length > 0 ? values : optionOffers(options, rest);
}

function optionOffers(options: readonly Option[], rest: readonly string[]): Offer[] {
  const given = new Set(rest.filter((word) => word.startsWith("-")).map((word) => word.split("=")[0]));
  return options
    .filter((option) => option.type === "list" || !given.has(`--${option.name}`))
    .flatMap((option) => {
      const offer = { word: `--${option.name}`, note: option.description };
      return option.type === "flag" && option.default === "yes"
        ? [{ ...offer, word: `--no-${option.name}` }, offer]
        : [offer];
    });
}

/** How many positional words were typed already. */
function positionals(options: readonly Option[], rest: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rest.length; index++) {
    const word = rest[index] ?? "";
    if (!word.startsWith("-")) count++;
    else if (!word.includes("=")) {
      const found = findOption(options, word.replace(/^--?/, ""));
      if (found !== undefined && found.option.type !== "flag") index++;
    }
  }
  return count;
}

function argumentAt(args: readonly Argument[], index: number): Argument | undefined {
  const last = args.at(-1);
  return args[index] ?? (last?.repeated ? last : undefined);
}

async function valueOffers(item: Option | Argument, source: Source): Promise<Offer[]> {
  const fixed = (item.values ?? []).map((word) => ({ word }));
  return item.completes === undefined ? fixed : [...fixed, ...await named(item.completes, source)];
}

async function named(completion: Completion, source: Source): Promise<Offer[]> {
  if (completion === "file") return [{ word: FILES }];
  if (completion === "device") {
    return (await source.devices()).map((device) => ({ word: device.name, note: device.addresses.join(" ") }));
  }
  if (completion === "version") {
    return (await source.history(MOST_VERSIONS)).map(({ number }) => ({ word: String(number) }));
  }
  if (completion === "user") return (await source.users()).map(({ name, role }) => ({ word: name, note: role }));
  const document = await source.document();
  const commented = (item: { id: string; name?: string; comment: string }) => ({
    word: item.name ?? item.id,
    note: item.comment,
  });
  const interfaces = () => document.interfaces.map(commented);
  const zones = () => document.zones.map(commented);
  switch (completion) {
    case "rule":
      return document.firewall.rules.map(commented);
    case "nat-rule":
      return document.nat.rules.map(commented);
    case "route":
      return document.routes.map(({ id, destination }) => ({ word: id, note: destination }));
    case "chain":
      return [...["input", "forward", "output"].map((word) => ({ word })), ...document.firewall.chains.map(commented)];
    case "interface":
      return interfaces();
    case "zone":
      return zones();
    case "place":
      return [...interfaces(), ...zones()];
    case "alias":
      return document.aliases.map(commented);
    case "address-alias":
      return document.aliases.filter((alias) => alias.type !== "port").map(commented);
    case "port-alias":
      return document.aliases.filter((alias) => alias.type === "port").map(commented);
  }
}

/** Scripts by shell; each only asks `patronus complete`. */
export const SCRIPTS = {
  bash: `# Completion of patronus for bash: source <(patronus completion bash)
_patronus() {
  local cur prev words cword line
  if declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref -n := cur prev words cword
  else
    words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD cur=\${COMP_WORDS[COMP_CWORD]}
  fi
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o default 2>/dev/null
      COMPREPLY+=($(compgen -f -- "$cur"))
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <("\${words[0]}" complete -- "\${words[@]:1:cword}" 2>/dev/null)
  if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$cur"; fi
}
complete -F _patronus patronus
`,
  zsh: `#compdef patronus
# Completion of patronus for zsh: patronus completion zsh > "\${fpath[1]}/_patronus"
_patronus() {
  local line word
  local -a offers
  for line in "\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -z $line ]] && continue
    if [[ $line == :files ]]; then
      _files
      continue
    fi
    word=\${line%%$'\\t'*}
    word=\${word//:/\\\\:}
    if [[ $line == *$'\\t'* ]]; then offers+=("$word:\${line#*$'\\t'}"); else offers+=("$word"); fi
  done
  (( \${#offers} )) && _describe 'patronus' offers
}
if [[ $funcstack[1] == _patronus ]]; then _patronus "$@"; else compdef _patronus patronus; fi
`,
  fish: `# Completion of patronus for fish: patronus completion fish > ~/.config/fish/completions/patronus.fish
function __patronus_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] complete -- $words[2..-1] 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c patronus -f -a '(__patronus_complete)'
`,
} as const;
