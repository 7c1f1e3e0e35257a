import { invalid, isMembers, tooLarge, well, within, wrong, type MembersRule, type Rule } from './rule.ts';

/** Most items of a list. */
const itemLimit = 100;

/** Null is well, anything else as the rule says. */
export function nullable(rule: Rule): Rule {
  return (value) => (value == null ? well(null) : rule(value));
}

/** There must be a value. */
export function required(rule: Rule): Rule {
  return (value) =>
    value == null ? wrong(value, 'This cannot be null or left out: give a value.') : rule(value);
}

export function oneOf(words: readonly string[]): Rule {
  return (value) =>
    typeof value === 'string' && words.includes(value)
      ? well(value)
      : wrong(value, `Give one of ${words.join(', ')}.`);
}

export function listOf(item: Rule): Rule {
  return (value) => {
    if (!Array.isArray(value)) return wrong(value, 'Give a list.');
    if (value.length > itemLimit)
      return { value, complaints: [tooLarge(`Give at most ${itemLimit} items.`)] };
    const items = value.map(item);
    const complaints = items.flatMap(({ complaints }, place) => within(place, complaints));
    return { value: complaints.length > 0 ? value : items.map((one) => one.value), complaints };
  };
}

/** Each member by its own rule, an absent one being null; then what holds between them. */
export function objectOf(members: ReadonlyMap<string, Rule>, between: readonly MembersRule[]): Rule {
  return (value) => {
    if (!isMembers(value)) return wrong(value, 'Give an object.');
    const parts = [...members].map(([name, rule]) => ({
      name,
      ...rule(Object.hasOwn(value, name) ? value[name] : null),
    }));
    const own = parts.flatMap(({ name, complaints }) => within(name, complaints));
    const unknown = Object.keys(value).every((name) => members.has(name))
      ? []
      : [invalid(`Give no other members than ${[...members.keys()].join(', ')}.`)];
    const written = Object.fromEntries(parts.map((part) => [part.name, part.value]));
    const unwell = new Set(own.map(({ path: [name] }) => name));
    const found = between
      .filter(({ reads }) => !reads.some((name) => unwell.has(name)))
      .map(({ check }) => check(written));
    const complaints = [...unknown, ...own, ...found.flatMap((one) => one.complaints)];
    if (complaints.length > 0) return { value, complaints };
    return well(Object.assign(written, ...found.map((one) => one.written)));
  };
}
