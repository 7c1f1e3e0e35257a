import { expect, test } from '@jest/globals';
import { requestContext, type RequestContext } from '../../runtime/context.ts';
import { Failure } from '../../runtime/failure.ts';
import { createGuard, type Guard } from '../../runtime/guard.ts';

const erp = (over: Partial<Parameters<typeof createGuard>[0]> = {}): Guard =>
  createGuard({
    system: 'erp',
    concurrency: 2,
    queue: 2,
    breaker: { failures: 3, openFor: 60_000 },
    attempts: 1,
    ...over,
  });
const request = (timeout = 5_000, signal = new AbortController().signal): RequestContext =>
  requestContext({ timeout, signal });
const read = { retry: true };
const never = (): Promise<never> => new Promise(() => undefined);
const failing = (): Promise<never> => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.1:80'));
const until = async (reached: () => boolean): Promise<void> => {
  while (!reached()) await new Promise((next) => setTimeout(next, 5));
};

test('an owner that never answers gives SYSTEM_UNAVAILABLE before the deadline of the request, and its call is aborted', async () => {
  const guard = erp();
  const context = request(300);
  let aborted = false;
  const call = guard(
    context,
    (signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return never();
    },
    read,
  );
  await expect(call).rejects.toMatchObject({ code: 'SYSTEM_UNAVAILABLE', extensions: { system: 'erp' } });
  expect(Date.now()).toBeLessThan(context.deadline);
  expect(aborted).toBe(true);
  await until(() => guard.state().running === 0);
});

test('a request without time left is not blamed on the owner, and the owner is not called', async () => {
  const guard = erp({ breaker: { failures: 1, openFor: 60_000 } });
  let calls = 0;
  const run = (): Promise<number> => Promise.resolve(++calls);
  const late = { code: 'DEADLINE_EXCEEDED', extensions: { system: 'erp' } };
  await expect(guard(request(-1), run, read)).rejects.toMatchObject(late);
  await expect(guard(request(1000, AbortSignal.abort()), run, read)).rejects.toMatchObject(late);
  expect(calls).toBe(0);
  await expect(guard(request(20), never, read)).rejects.toMatchObject(late);
  expect(guard.state().circuit).toBe('closed');
});

test('a caller that is gone frees the slot and says nothing about the owner', async () => {
  const guard = erp({ breaker: { failures: 1, openFor: 60_000 } });
  const gone = new AbortController();
  const call = guard(request(5000, gone.signal), never, read);
  // However long the owner had already: it might have answered a moment later.
  setTimeout(() => {
    gone.abort();
  }, 120);
  await expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  await until(() => guard.state().running === 0);
  expect(guard.state().circuit).toBe('closed');
});

test('an owner that fails again and again is left alone; one probe that succeeds brings it back', async () => {
  const guard = erp({ breaker: { failures: 3, openFor: 30 } });
  for (let n = 0; n < 3; n++)
    await expect(guard(request(), failing, read)).rejects.toMatchObject({ code: 'SYSTEM_UNAVAILABLE' });
  expect(guard.state().circuit).toBe('open');
  let calls = 0;
  const answering = (): Promise<number> => Promise.resolve(++calls);
  await expect(guard(request(), answering, read)).rejects.toMatchObject({
    code: 'SYSTEM_UNAVAILABLE',
    extensions: { system: 'erp', retryAfter: 1 },
  });
  expect(calls).toBe(0);
  await new Promise((due) => setTimeout(due, 40));
  const probe = Promise.withResolvers<string>();
  const probing = guard(request(), () => probe.promise, read);
  expect(guard.state().circuit).toBe('half-open');
  await expect(guard(request(), answering, read)).rejects.toMatchObject({ code: 'SYSTEM_UNAVAILABLE' });
  expect(calls).toBe(0);
  probe.resolve('back');
  expect(await probing).toBe('back');
  expect(guard.state().circuit).toBe('closed');
  expect(await guard(request(), answering, read)).toBe(1);
});

test('a probe that fails, or that nobody waited for, keeps the circuit open', async () => {
  const guard = erp({ breaker: { failures: 1, openFor: 20 } });
  await expect(guard(request(), failing, read)).rejects.toBeInstanceOf(Failure);
  await new Promise((due) => setTimeout(due, 30));
  await expect(guard(request(), failing, read)).rejects.toBeInstanceOf(Failure);
  expect(guard.state().circuit).toBe('open');
  await new Promise((due) => setTimeout(due, 30));
  const gone = new AbortController();
  const probing = guard(request(5000, gone.signal), never, read);
  gone.abort();
  await expect(probing).rejects.toBeInstanceOf(Failure);
  await until(() => guard.state().running === 0);
  expect(guard.state().circuit).toBe('open');
});

test('what an owner refuses is no failure of the owner', async () => {
  const guard = erp({ breaker: { failures: 1, openFor: 60_000 } });
  const refusal = new Failure('BAD_USER_INPUT', 'No such field.');
  await expect(guard(request(), () => Promise.reject(refusal), read)).rejects.toBe(refusal);
  expect(guard.state().circuit).toBe('closed');
});

test('a slow owner holds no more than its slots and its queue, and nothing of the others', async () => {
  const slow = erp();
  const other = createGuard({
    system: 'crm',
    concurrency: 2,
    queue: 2,
    breaker: { failures: 3, openFor: 60_000 },
    attempts: 1,
  });
  const gate = Promise.withResolvers<string>();
  const held = Array.from({ length: 4 }, () => slow(request(), () => gate.promise, read));
  expect(slow.state()).toMatchObject({ running: 2, queued: 2 });
  await expect(slow(request(), () => gate.promise, read)).rejects.toMatchObject({
    code: 'SYSTEM_UNAVAILABLE',
    extensions: { system: 'erp', retryAfter: 1 },
  });
  expect(
    await Promise.all(
      Array.from({ length: 2 }, () => other(request(), () => Promise.resolve('quick'), read)),
    ),
  ).toEqual(['quick', 'quick']);
  gate.resolve('at last');
  expect(await Promise.all(held)).toEqual(['at last', 'at last', 'at last', 'at last']);
  expect(slow.state()).toMatchObject({ circuit: 'closed', running: 0, queued: 0 });
});

test('a call that waited for its turn in vain is answered in time and never made', async () => {
  const guard = erp({ concurrency: 1 });
  const gate = Promise.withResolvers<string>();
  const first = guard(request(), () => gate.promise, read);
  let made = false;
  const second = guard(
    request(200),
    () => {
      made = true;
      return Promise.resolve();
    },
    read,
  );
  await expect(second).rejects.toMatchObject({ code: 'SYSTEM_UNAVAILABLE' });
  gate.resolve('done');
  expect(await first).toBe('done');
  await until(() => guard.state().queued === 0);
  expect(made).toBe(false);
});

test('a read is tried again, a write never', async () => {
  const guard = erp({ attempts: 3, breaker: { failures: 10, openFor: 60_000 } });
  let calls = 0;
  const second = (): Promise<string> => (++calls % 2 === 1 ? failing() : Promise.resolve('read'));
  expect(await guard(request(), second, read)).toBe('read');
  expect(calls).toBe(2);
  calls = 0;
  await expect(guard(request(), second, { retry: false })).rejects.toMatchObject({
    code: 'SYSTEM_UNAVAILABLE',
  });
  expect(calls).toBe(1);
});

test('an owner that limits the rate is not called before it allows it, and is not taken for broken', async () => {
  const guard = erp({ attempts: 3, breaker: { failures: 1, openFor: 60_000 } });
  let calls = 0;
  const limited = (): Promise<never> => {
    calls++;
    return Promise.reject(new Failure('RATE_LIMITED', 'Too many requests.', { retryAfter: 30 }));
  };
  await expect(guard(request(), limited, read)).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    extensions: { system: 'erp', retryAfter: 30 },
  });
  await expect(guard(request(), limited, read)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  expect(calls).toBe(1);
  expect(guard.state()).toMatchObject({ circuit: 'closed', throttled: 30 });
});

test('what went wrong underneath stays out of the message', async () => {
  const failure = await erp()(request(), failing, read).catch((error: unknown) => error);
  expect(failure).toMatchObject({ message: 'The system erp failed; try again later.' });
  expect(JSON.stringify((failure as Failure).extensions)).not.toContain('10.0.0.1');
});
