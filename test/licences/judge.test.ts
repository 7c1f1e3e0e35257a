import { expect, test } from '@jest/globals';
import { refusedLicences, type Locked } from './judge.ts';

const cases: readonly [what: string, locked: Locked, does: boolean][] = [
  ['MIT', { license: 'MIT' }, true],
  ['one of two that does', { license: '(MIT OR GPL-3.0-only)' }, true],
  ['one of two that does, as older packages write it', { license: 'MIT or MPL-2.0' }, true],
  ['two that both do', { license: '(MIT AND BSD-3-Clause)' }, true],
  ['two of which one does not', { license: 'MIT AND GPL-3.0-only' }, false],
  ['what no program can decide', { license: 'MIT AND (ISC OR GPL-3.0-only)' }, false],
  ['copyleft at run time', { license: 'MPL-2.0' }, false],
  ['copyleft in a tool', { license: 'GPL-2.0-only', dev: true }, false],
  ['a licence for tools in a tool', { license: 'CC-BY-4.0', dev: true }, true],
  ['a licence for tools at run time', { license: 'CC-BY-4.0' }, false],
  ['Elastic 2.0', { license: 'Elastic-2.0', dev: true }, false],
  ['a text of its own', { license: 'SEE LICENSE IN LICENSE.md' }, false],
  ['none', {}, false],
];

test.each(cases)('%s', (_, locked, does) => {
  const refused = refusedLicences({ '': {}, 'node_modules/a/node_modules/@b/c': locked });
  expect(refused.map((sentence) => sentence.split(' ')[0])).toEqual(does ? [] : ['@b/c']);
});

test('the product itself is not looked at', () => {
  expect(refusedLicences({ '': {} })).toEqual([]);
});
