import { IWords } from '../words';

/** English as it stands in the code. */
export const english: IWords = {
  __: fill,
  _n: (singular, plural, n, ...args) =>
    fill(n === 1 ? singular : plural, n, ...args)
};

function fill(message: string, ...args: (string | number)[]): string {
  return args.reduce<string>(
    (text, arg, index) => text.replaceAll(`%${index + 1}`, String(arg)),
    message
  );
}
