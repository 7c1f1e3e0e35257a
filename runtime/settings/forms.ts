import { z } from 'zod';

/** A setting, as the environment has it. */
export interface Setting {
  readonly parse: z.ZodType<unknown, string>;
  /** What a value must be, to follow "must be". */
  readonly form: string;
  /** As it would be written; without one the setting is simply absent. */
  readonly initial?: string;
  readonly about: string;
  /** Never printed, and also read from the file that `<NAME>_FILE` names. */
  readonly secret?: true;
}

export const whole = (min: number, max: number, unit = '') => ({
  parse: z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max)),
  form: `a whole number${unit && ` of ${unit}`} from ${min} to ${max}`,
});
export const oneOf = <const T extends string>(...words: T[]) => ({
  parse: z.enum(words),
  form: `one of ${words.join(', ')}`,
});
export const onOff = {
  parse: z.enum(['on', 'off']).transform((word) => word === 'on'),
  form: 'on or off',
};
export const text = { parse: z.string().min(1), form: 'a text' };
export const httpUrl = {
  parse: z.url({ protocol: /^https?$/ }),
  form: 'an http or https URL',
};
/** A comma list; blanks around its members do not count. */
export const listOf = <T extends z.ZodType<unknown, string>>(member: T) =>
  z
    .string()
    .transform((list) => list.split(',').map((one) => one.trim()))
    .pipe(z.array(member).min(1));
