import { describe, expect, test } from '@jest/globals';
import type { Draft } from '../../events/change.ts';
import { decide, type Seen, type Verdict } from '../../events/decide.ts';
import { acme, draft, other } from './stage.ts';

const cause = { requestId: 'w-1', correlationId: 'c-1' };
/** The record as it was told at position 10 by the feed. */
const seen = (given: Partial<Seen> = {}): Seen => ({
  ...{ entityId: acme, version: '1', fingerprints: { name: 'n1', segment: 's1', website: '' } },
  ...{ toldPosition: '10', toldVersion: '1', toldBy: 'FEED', ownVersion: null, ...given },
});
const gone = seen({ version: null, toldVersion: null, fingerprints: {} });
const write = (given: Partial<Draft> = {}): Draft =>
  draft({
    source: 'WRITE',
    since: null,
    foundVersion: '1',
    version: '2',
    written: ['name'],
    cause,
    ...given,
  });

/** What is told, in short; or the verdict. */
function short(verdict: Verdict): string {
  if (verdict.verdict !== 'TOLD') return verdict.verdict;
  const { kind, attributes, previousVersion, version } = verdict.told;
  return `${kind} ${attributes.join()} ${previousVersion ?? '-'}>${version ?? '-'}${verdict.reread ? ' REREAD' : ''}`;
}
const renamed = { name: 'n2', segment: 's1', website: '' };
const moved = { name: 'n1', segment: 's2', website: '' };
const both = { name: 'n2', segment: 's2', website: '' };

describe('what is told of a draft', () => {
  test.each<[about: string, seen: Seen | null, draft: Draft, told: string]>([
    ['a record nobody knew, with what it has', null, draft(), 'CREATED name,segment ->1'],
    ['a record that came back', gone, draft({ version: '3', since: '10' }), 'CREATED name,segment ->3'],
    [
      'a record that came back, with a list below it',
      gone,
      draft({ since: '10', touched: ['contacts'] }),
      'CREATED contacts,name,segment ->1',
    ],
    [
      'a record that is gone, with what it had',
      seen(),
      draft({ fingerprints: null, version: null, since: '10' }),
      'DELETED name,segment 1>-',
    ],
    [
      'a record that is gone for long',
      gone,
      draft({ fingerprints: null, version: null, since: '10' }),
      'UNCHANGED',
    ],
    ['a record that came and went unseen', null, draft({ fingerprints: null, version: null }), 'UNCHANGED'],
    [
      'another value',
      seen(),
      draft({ version: '2', fingerprints: renamed, since: '10' }),
      'UPDATED name 1>2',
    ],
    [
      'a value that was cleared',
      seen(),
      draft({ version: '2', fingerprints: { ...renamed, name: '' }, since: '10' }),
      'UPDATED name 1>2',
    ],
    [
      'a first value',
      seen(),
      draft({ version: '2', fingerprints: { name: 'n1', segment: 's1', website: 'w' }, since: '10' }),
      'UPDATED website 1>2',
    ],
    ['the same again', seen(), draft({ since: '10' }), 'UNCHANGED'],
    ['the same with another version', seen(), draft({ version: '2', since: '10' }), 'UNCHANGED'],
    [
      'an attribute without a value that is new in the contract',
      seen(),
      draft({ fingerprints: { ...seen().fingerprints, fax: '' }, since: '10' }),
      'UNCHANGED',
    ],
    [
      'an attribute that has left the contract',
      seen(),
      draft({ fingerprints: { name: 'n1', segment: 's1' }, since: '10' }),
      'UNCHANGED',
    ],
    ['a list below it', seen(), draft({ touched: ['contacts'], since: '10' }), 'UPDATED contacts 1>1'],
    [
      'a list below it, and another value',
      seen(),
      draft({ version: '2', touched: ['contacts'], fingerprints: renamed, since: '10' }),
      'UPDATED contacts,name 1>2',
    ],
  ])('%s', (_, before, given, told) => {
    expect(short(decide(before, given, '11'))).toBe(told);
  });
});

describe('what is told of a write of ours', () => {
  test.each<[about: string, seen: Seen | null, draft: Draft, told: string]>([
    ['what it changed', seen(), write({ fingerprints: renamed }), 'UPDATED name 1>2'],
    ['what the owner derived from it', seen(), write({ fingerprints: both }), 'UPDATED name,segment 1>2'],
    [
      'not what others changed meanwhile',
      seen(),
      write({ foundVersion: '1b', fingerprints: both }),
      'UPDATED name 1>2',
    ],
    [
      'nothing where it had the value already',
      seen(),
      write({ fingerprints: seen().fingerprints }),
      'UNCHANGED',
    ],
    [
      'what is no part of the record',
      seen(),
      write({ written: ['name', 'contacts'], fingerprints: renamed }),
      'UPDATED contacts,name 1>2',
    ],
    [
      'of a record nobody has looked at, what it wrote',
      null,
      write({ fingerprints: both, known: true }),
      'UPDATED name ->2',
    ],
    ['of a record that it made, all of it', null, write({ fingerprints: both }), 'CREATED name,segment ->2'],
    [
      'of a record that was gone, all of it',
      gone,
      write({ fingerprints: renamed }),
      'CREATED name,segment ->2',
    ],
  ])('%s', (_, before, given, told) => {
    const verdict = decide(before, given, '11');
    expect(short(verdict)).toBe(told);
    if (verdict.verdict === 'TOLD') expect(verdict.told.cause).toEqual(cause);
  });
});

describe('what was read before something newer was told is read again', () => {
  const ours = seen({ toldBy: 'WRITE', version: '2', toldVersion: '2', ownVersion: '2' });
  test.each<[about: string, seen: Seen | null, draft: Draft, told: string]>([
    ['a feed that was behind our write', ours, draft({ fingerprints: renamed, since: '9' }), 'REREAD'],
    [
      'a feed that was asked after our write',
      ours,
      draft({ version: '3', fingerprints: renamed, since: '10' }),
      'UPDATED name 2>3',
    ],
    [
      'a feed is in order in itself',
      seen(),
      draft({ version: '2', fingerprints: renamed, since: '9' }),
      'UPDATED name 1>2',
    ],
    [
      'a late reading beside the feed',
      seen(),
      draft({ source: 'WEBHOOK', fingerprints: renamed, since: '9' }),
      'REREAD',
    ],
    [
      'a feed behind a reading beside it',
      seen({ toldBy: 'WEBHOOK' }),
      draft({ fingerprints: renamed, since: '9' }),
      'REREAD',
    ],
    ['a late reading of what is gone', gone, draft({ source: 'SWEEP', since: '9' }), 'REREAD'],
    [
      'a late reading that it is gone',
      ours,
      draft({ fingerprints: null, version: null, since: '9' }),
      'REREAD',
    ],
    ['a late reading without a difference', ours, draft({ since: '9' }), 'UNCHANGED'],
    [
      'that a list was touched is true though',
      ours,
      draft({ touched: ['contacts'], fingerprints: renamed, since: '9' }),
      'UPDATED contacts 2>2 REREAD',
    ],
    [
      'numbers are not compared as texts',
      seen({ toldPosition: '9', toldBy: 'WRITE' }),
      draft({ fingerprints: renamed, since: '10' }),
      'UPDATED name 1>1',
    ],
  ])('%s', (_, before, given, told) => {
    expect(short(decide(before, given, '11'))).toBe(told);
  });

  test('a touched list does not make a reading from before our write pass as newer', () => {
    const first = decide(ours, draft({ touched: ['contacts'], since: '9' }), '11');
    expect(short(first)).toBe('UPDATED contacts 2>2');
    const after = first.verdict === 'TOLD' ? first.seen : null;
    expect(short(decide(after, draft({ fingerprints: renamed, since: '9' }), '12'))).toBe('REREAD');
  });
});

describe('the echo of our own write', () => {
  const told = decide(seen(), write({ fingerprints: renamed }), '11');
  const ours = told.verdict === 'TOLD' ? told.seen : null;

  test('is dropped, and known as one, however often it comes', () => {
    const echo = draft({ version: '2', fingerprints: renamed, since: '11' });
    const first = decide(ours, echo, '12');
    expect(short(first)).toBe('ECHO');
    expect(short(decide(ours, { ...echo, since: '5' }, '12'))).toBe('ECHO');
    expect(short(decide(ours, { ...echo, version: '3' }, '12'))).toBe('UNCHANGED');
  });

  test('another edit by the same user right after is none, also of the same attribute', () => {
    const edit = draft({ version: '3', fingerprints: { ...renamed, name: 'n3' }, since: '11' });
    expect(short(decide(ours, edit, '12'))).toBe('UPDATED name 2>3');
    const undone = draft({ version: '3', fingerprints: seen().fingerprints, since: '11' });
    expect(short(decide(ours, undone, '12'))).toBe('UPDATED name 2>3');
  });

  test('what others changed before our write is told as theirs when the feed shows it', () => {
    const mixed = decide(seen(), write({ foundVersion: '1b', version: '2', fingerprints: both }), '11');
    const after = mixed.verdict === 'TOLD' ? mixed.seen : null;
    const verdict = decide(after, draft({ version: '2', fingerprints: both, since: '11' }), '12');
    expect(short(verdict)).toBe('UPDATED segment 2>2');
    if (verdict.verdict === 'TOLD') expect(verdict.told.cause).toBeNull();
  });
});

test('what is known afterwards is what was seen, so that nothing is told twice', () => {
  const drafts = [
    draft(),
    write({ fingerprints: renamed }),
    draft({ version: '3', fingerprints: moved, since: '50', entityId: other }),
    draft({ version: null, fingerprints: null, since: '50' }),
    draft({ version: '4', since: '50' }),
  ];
  let known: Seen | null = null;
  for (const [n, given] of drafts.entries()) {
    const verdict: Verdict = decide(known, given, `${n + 1}`);
    expect(verdict.verdict).toBe('TOLD');
    if (verdict.verdict === 'REREAD') throw new Error('not told');
    known = verdict.seen;
    expect(known?.entityId).toBe(given.entityId);
    const again = decide(known, { ...given, since: `${n + 1}` }, `${n + 2}`);
    expect(['ECHO', 'UNCHANGED']).toContain(again.verdict);
  }
});
