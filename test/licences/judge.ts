/** Licences that ask for nothing but their own text: what runs with the product has one of them. */
const free: ReadonlySet<string> = new Set([
  ...['MIT', 'ISC', '0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause'],
  // No conditions at all, and an MIT for lawyers.
  ...['Unlicense', 'CC0-1.0', 'BlueOak-1.0.0'],
]);

/** Besides these, for what only makes or tests the product, and is not handed on with it. */
const forTools: ReadonlySet<string> = new Set(['Python-2.0', 'CC-BY-4.0']);

/** One entry of `packages` in a lock file of npm. */
export interface Locked {
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
}

/** A sentence for each package whose licence does not do; the product itself, at the path '', is not looked at. Pure. */
export function refusedLicences(packages: Readonly<Record<string, Locked>>): readonly string[] {
  return Object.entries(packages).flatMap(([path, { license, dev, devOptional, link }]) => {
    if (path === '' || link) return [];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (license === undefined) return [`${name} says no licence; look at it and leave it out.`];
    const tool = dev === true || devOptional === true;
    if (suffices(license, (one) => free.has(one) || (tool && forTools.has(one)))) return [];
    return [`${name} is under ${license}, which is not for ${tool ? 'tools' : 'what runs'}; leave it out.`];
  });
}

/** Whether an SPDX expression lets us choose licences that all do: of `OR` one, of `AND` each. */
function suffices(expression: string, does: (licence: string) => boolean): boolean {
  const bare = expression.replaceAll(/[()]/g, ' ').trim();
  // With both words, which of them binds what is for a person to read.
  if (/ and /i.test(bare) && / or /i.test(bare)) return false;
  const any = bare.split(/ or /i).map((one) => one.trim());
  return any.length > 1 ? any.some(does) : bare.split(/ and /i).every((one) => does(one.trim()));
}
