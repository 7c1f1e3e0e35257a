/** The part of a crossing that no test of reads ever uses. */
export const noLinks = {
  everOf: () => Promise.resolve([]),
  seesAll: () => true,
  link: () => Promise.reject(new Error('nothing is linked here')),
  unlink: () => Promise.reject(new Error('nothing is linked here')),
};
