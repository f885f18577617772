/** What domain code needs of a translation bundle, so that it stays free of JupyterLab. */
export interface IWords {
  /** The translation of a message; `%1`, `%2` … stand for the arguments. */
  __(message: string, ...args: (string | number)[]): string;

  /** The same with a plural; `%1` stands for the number. */
  _n(
    singular: string,
    plural: string,
    n: number,
    ...args: (string | number)[]
  ): string;
}
